// DEFLATE as COMPRESS=DEFLATE uses it (RFC 4978, RFC 1951): raw, one endless stream in each direction.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"

namespace roost::net {

// What one compress() takes at most: about half a millisecond of work.
inline constexpr size_t kCompressBytesMax = 32 * 1024;
// Compressors (about 160 KB each) that one loop's streams share.
inline constexpr size_t kCompressorsPerLoopMax = 64;

class Inflater {
 public:
  struct Outcome {
    size_t consumed = 0;
    size_t produced = 0;
    bool broken = false;  // not DEFLATE, or its last block has ended: nothing more will come
  };

  Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater();

  // Never gives more than fits into `out`, however much `in` would grow, nor more than one block: what is behind the
  // block of a command may be no DEFLATE any more. With an empty `in`: what is left from before.
  Outcome inflate(BytesView in, std::span<char> out);
  // The last call filled `out`, so more may be left.
  bool holds_output() const { return holds_output_; }
  // The last call reached the end of a block, or of what can be read at all.
  bool between_blocks() const { return between_blocks_; }

 private:
  z_stream stream_{};
  bool holds_output_ = false;
  bool between_blocks_ = false;
};

// Where a stream ends behind which its peer goes on in clear (RFC 8437 4.1). The peer ended it with a last block, or
// with a flush; what is left of one is a few octets with which no command can begin.
class InflateEnd {
 public:
  // Takes from the front of `in` what is still the stream's, and drops it. True once nothing more of it can come.
  bool take(Inflater& inflater, BytesView& in);

 private:
  size_t flush_octets_ = 0;
};

// One stream's compressor, borrowed while the stream is busy: the loop has a bounded number, and the one that was used
// least recently goes to whoever needs one next. A stream that lost its own goes on with a fresh one, which knows no
// history; since every compress() ends on a byte boundary with all its output given, the peer cannot tell.
// Belongs to one loop's thread.
class Deflater {
 public:
  Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater();

  // Appends `data` (at most kCompressBytesMax) to `out`, compressed and flushed so that the peer can read all of it.
  void compress(BytesView data, std::string& out);

 private:
  friend class Compressors;
  struct Compressor;
  std::shared_ptr<class Compressors> pool_;
  Compressor* compressor_ = nullptr;  // owned by pool_
};

}  // namespace roost::net
