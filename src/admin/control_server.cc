#include "admin/control_server.h"

#include <unistd.h>

#include "base/log.h"

namespace roost::admin {
namespace {

class StreamOutput final : public Output {
 public:
  explicit StreamOutput(net::Stream& stream) : stream_(stream) {}

  // A command that went away does not stop the verb: it is done, or it failed, whoever looks.
  task<> write(Frame frame) override {
    Bytes encoded = encode_frame(frame);
    if (gone_) co_return;
    gone_ = !(co_await stream_.write(encoded)).has_value();
  }

 private:
  net::Stream& stream_;
  bool gone_ = false;
};

task<Result<Bytes>> read_exactly(net::Stream& stream, size_t size) {
  Bytes out(size, '\0');
  for (size_t at = 0; at < size;) {
    std::span<char> rest(out.data() + at, size - at);
    ROOST_CO_TRY(size_t n, co_await stream.read(rest));
    at += n;
  }
  co_return out;
}

task<Result<Request>> read_request(net::Stream& stream) {
  ROOST_CO_TRY(Bytes head, co_await read_exactly(stream, 4));
  uint32_t size = Decoder(head).u32();
  if (size > kRequestBytesMax) co_return fault("control request: too large");
  ROOST_CO_TRY(Bytes encoded, co_await read_exactly(stream, size));
  co_return decode_request(encoded);
}

bool may_command(const net::Peer& peer) { return peer.uid && (*peer.uid == 0 || *peer.uid == ::geteuid()); }

}  // namespace

task<> serve_control(std::unique_ptr<net::Stream> stream, Services& services) {
  StreamOutput output(*stream);
  if (!may_command(stream->peer())) {
    log::warn("control_refused", {{"uid", stream->peer().uid.value_or(UINT32_MAX)}});
    Frame refusal{Frame::Kind::standard_error, "Only root and the server's own user may do that.\n"};
    co_await output.write(std::move(refusal));
    Frame status{Frame::Kind::exit_status, Bytes(1, static_cast<char>(kFailed))};
    co_await output.write(std::move(status));
    co_await stream->close();
    co_return;
  }
  auto request = co_await read_request(*stream);
  if (request) {
    std::string verb = request->verb;
    int exit_status = co_await run_verb(services, *std::move(request), output);
    log::info("verb", {{"verb", verb}, {"exit_status", exit_status}});
    Frame status{Frame::Kind::exit_status, Bytes(1, static_cast<char>(exit_status))};
    co_await output.write(std::move(status));
  }
  co_await stream->close();
}

}  // namespace roost::admin
