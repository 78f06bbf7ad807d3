#include "admin/request.h"

namespace roost::admin {

Bytes encode_request(const Request& request) {
  Bytes out;
  Encoder e(out);
  e.u8(1);  // version
  e.bytes(request.verb);
  e.varint(request.arguments.size());
  for (const std::string& argument : request.arguments) e.bytes(argument);
  e.varint(request.options.size());
  for (const auto& [name, value] : request.options) {
    e.bytes(name);
    e.bytes(value);
  }
  e.u8(request.json ? 1 : 0);
  e.bytes(request.input);
  return out;
}

Result<Request> decode_request(BytesView encoded) {
  Decoder d(encoded);
  if (d.u8() != 1) return fault("control request: unknown version");
  Request request;
  request.verb = d.bytes();
  for (uint64_t n = d.count(); n > 0; --n) request.arguments.emplace_back(d.bytes());
  for (uint64_t n = d.count(2); n > 0; --n) {
    std::string name(d.bytes());
    request.options[name] = d.bytes();
  }
  request.json = d.u8() != 0;
  request.input = d.bytes();
  ROOST_TRY_VOID(d.finish("control request"));
  return request;
}

Bytes encode_frame(const Frame& frame) {
  Bytes out;
  Encoder e(out);
  e.u32(static_cast<uint32_t>(frame.data.size() + 1));
  e.u8(static_cast<uint8_t>(frame.kind));
  e.raw(frame.data);
  return out;
}

Result<Frame> decode_frame(BytesView rest) {
  Decoder d(rest);
  uint8_t kind = d.u8();
  if (d.failed() || kind < 1 || kind > 3) return fault("control answer: unknown frame");
  Frame frame{static_cast<Frame::Kind>(kind), Bytes(d.raw(d.left()))};
  if (frame.kind == Frame::Kind::exit_status && frame.data.size() != 1) return fault("control answer: bad exit status");
  return frame;
}

}  // namespace roost::admin
