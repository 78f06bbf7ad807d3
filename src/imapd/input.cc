#include "imapd/input.h"

#include <span>

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

}  // namespace roost::imapd
