#include "imapd/input.h"

#include <string.h>

#include <span>

#include "sasl/secret.h"

namespace roost::imapd {

task<Result<>> Input::read(bool streaming) {
  size_t wanted = streaming ? kStreamedReadBytes : kReadBytes;
  if (!buffer_ || buffer_bytes_ != wanted) {
    buffer_ = std::make_unique_for_overwrite<char[]>(wanted);
    buffer_bytes_ = wanted;
  }
  ROOST_CO_TRY(size_t got, co_await stream_.read(std::span(buffer_.get(), wanted)));
  rest_ = BytesView(buffer_.get(), got);
  bytes_total_ += got;
  co_return Result<>{};
}

void Input::wipe_command() {
  wire::Frame& frame = framer_.frame();
  sasl::wipe(frame.text);
  for (wire::Literal& literal : frame.literals) sasl::wipe(literal.bytes);
  if (!buffer_) return;
  // What has been consumed of the buffer; the rest is still to be read.
  size_t consumed = rest_.empty() ? buffer_bytes_ : static_cast<size_t>(rest_.data() - buffer_.get());
  explicit_bzero(buffer_.get(), consumed);
}

}  // namespace roost::imapd
