#include "main/listeners.h"

#include <fmt/format.h>

#include "rt/gather.h"

namespace roost::main {
namespace {

constexpr uint32_t kOwnerOnly = 0600;

task<bool> drain_one(net::Listener* listener, Millis grace) { co_return co_await listener->drain(grace); }

}  // namespace

Result<Listeners> Listeners::open(const Config& config, rt::Loops& loops, std::shared_ptr<net::TlsContext> tls,
                                  const Handlers& handlers) {
  Listeners listeners;
  auto admission = net::make_admission(config.admission);
  auto add = [&](std::string name, const std::string& where, bool implicit_tls, std::string refusal,
                 const net::Serve& handler) -> Result<> {
    ROOST_TRY(net::Endpoint endpoint, net::parse_endpoint(where));
    net::ListenerConfig lc;
    lc.name = name;
    lc.endpoint = endpoint;
    lc.admission = admission;
    lc.trusted_networks = config.trusted_networks;
    lc.refusal = std::move(refusal);
    lc.tls = tls;
    lc.implicit_tls = implicit_tls;
    lc.proxy_header = config.listen.proxy_header && name != "control";
    lc.timeouts = config.stream_timeouts;
    if (name == "control") lc.unix_mode = kOwnerOnly;
    auto made = net::make_listener(loops, std::move(lc), handler);
    if (!made) return no(Code::none, fmt::format("{}: {}", name, made.error().text));
    listeners.all_.push_back({std::move(name), *std::move(made)});
    return {};
  };
  const std::string bye = "* BYE [UNAVAILABLE] Too many connections\r\n";
  for (const std::string& where : config.listen.imap) ROOST_TRY_VOID(add("imap", where, false, bye, handlers.imap));
  for (const std::string& where : config.listen.imaps) ROOST_TRY_VOID(add("imaps", where, true, "", handlers.imap));
  for (const std::string& where : config.listen.lmtp) {
    ROOST_TRY_VOID(add("lmtp", where, false, "421 4.7.0 Too many connections\r\n", handlers.lmtp));
  }
  ROOST_TRY_VOID(add("control", "unix:" + config.data + "/control.sock", false, "", handlers.control));
  return listeners;
}

std::string Listeners::text() const {
  std::string out;
  for (const Named& named : all_) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", named.name, named.listener->endpoint().text());
  }
  return out;
}

std::vector<std::string> Listeners::unix_paths() const {
  std::vector<std::string> paths;
  for (const Named& named : all_) {
    const std::string& path = named.listener->endpoint().unix_path;
    if (!path.empty()) paths.push_back(path);
  }
  return paths;
}

void Listeners::stop() {
  for (const Named& named : all_) named.listener->stop();
}

void Listeners::for_each(const std::function<void(net::Stream&)>& visit) {
  for (const Named& named : all_) named.listener->for_each(visit);
}

task<> Listeners::drain(Millis grace) {
  std::vector<task<bool>> work;
  for (const Named& named : all_) work.push_back(drain_one(named.listener.get(), grace));
  (void)co_await rt::gather(std::move(work));
}

}  // namespace roost::main
