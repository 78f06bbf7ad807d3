// A session's side of reading: the bytes that have arrived, and the framer that makes commands of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "net/stream.h"
#include "rt/task.h"
#include "wire/framer.h"

namespace roost::imapd {

class Input {
 public:
  static constexpr size_t kReadBytes = 16 * 1024;
  static constexpr size_t kStreamedReadBytes = 64 * 1024;  // while a message streams in

  Input(net::Stream& stream, wire::FramerLimits limits) : stream_(stream), framer_(limits) {}

  wire::Framer& framer() { return framer_; }
  const wire::Framer& framer() const { return framer_; }
  // Arrived, and not yet consumed by the framer.
  BytesView rest() const { return rest_; }
  uint64_t bytes_total() const { return bytes_total_; }

  // need_more where the bytes at hand are used up.
  wire::Framer::Event next() { return framer_.next(rest_); }
  // Once rest() is empty: at least one more octet.
  task<Result<>> read(bool streaming);
  // Gives the buffer up before the session parks. rest() is empty.
  void release() { buffer_.reset(); }
  // Overwrites the command that was read last, and the octets that it came in: a password was among them.
  void wipe_command();
  // What was received in clear before TLS is worth nothing (RFC 9051 6.2.1).
  void discard() { rest_ = {}; }

 private:
  net::Stream& stream_;
  wire::Framer framer_;
  std::unique_ptr<char[]> buffer_;
  size_t buffer_bytes_ = 0;
  BytesView rest_;
  uint64_t bytes_total_ = 0;
};

}  // namespace roost::imapd
