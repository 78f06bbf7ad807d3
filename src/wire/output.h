// Where replies gather before they are written. Pure: the owner writes, and waits when the reader is slow.
#pragma once

#include <cstddef>
#include <utility>

#include "base/bytes.h"

namespace roost::wire {

// Replies of pipelined commands leave in one write; a long reply is cut into batches. The owner's loop is:
//
//   write_fetch(output.buffer(), ...);
//   if (output.should_flush()) { co_await stream.write(output.view()); output.clear(); }
//
// and a last flush before it waits for input. The buffer keeps its storage between flushes; release() gives it up
// before a connection parks.
class OutputBuffer {
 public:
  static constexpr size_t kBatchBytes = 256 * 1024;

  explicit OutputBuffer(size_t batch_bytes = kBatchBytes) : batch_bytes_(batch_bytes) {}

  Bytes& buffer() { return bytes_; }
  BytesView view() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  bool should_flush() const { return bytes_.size() >= batch_bytes_; }

  // Hands over what there is, for a writer that outlives this call.
  Bytes take() { return std::exchange(bytes_, {}); }
  // A reply that made the buffer much larger than a batch does not keep that much for ever.
  void clear() {
    if (bytes_.capacity() > 2 * batch_bytes_) {
      release();
    } else {
      bytes_.clear();
    }
  }
  void release() { Bytes().swap(bytes_); }

 private:
  Bytes bytes_;
  size_t batch_bytes_;
};

}  // namespace roost::wire
