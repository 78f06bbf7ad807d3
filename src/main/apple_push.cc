#include "main/apple_push.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace roost::main {
namespace {

Result<std::string> read_pem(const std::string& option, const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || !text.contains("-----BEGIN ")) return no(Code::cannot, option + ": " + path + " is no file in PEM");
  return text;
}

}  // namespace

Result<std::optional<push::ApnsConfig>> read_apns_config(const ApplePushConfig& config) {
  if (config.certificate_file.empty()) return std::optional<push::ApnsConfig>();
  push::ApnsConfig apns{.endpoint = config.endpoint, .topic = config.topic, .request_ms_max = config.request_ms_max};
  ROOST_TRY(apns.certificate_pem, read_pem("apple_push.certificate_file", config.certificate_file));
  ROOST_TRY(apns.key_pem, read_pem("apple_push.key_file", config.key_file));
  if (!config.authorities_file.empty()) {
    ROOST_TRY(apns.authorities_pem, read_pem("apple_push.authorities_file", config.authorities_file));
  }
  while (apns.endpoint.ends_with('/')) apns.endpoint.pop_back();
  if (!apns.topic.empty()) return apns;
  auto topic = push::topic_of(apns.certificate_pem);
  if (!topic)
    return no(Code::cannot, "apple_push.certificate_file: " + config.certificate_file + " " + topic.error().text);
  apns.topic = *std::move(topic);
  return apns;
}

void add_resolver(const ApplePushConfig& config, std::vector<std::string>& readable) {
  if (config.certificate_file.empty()) return;
  for (const char* path : {"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
                           "/etc/services", "/run/systemd/resolve", "/run/resolvconf"}) {
    if (std::filesystem::exists(path)) readable.emplace_back(path);
  }
}

}  // namespace roost::main
