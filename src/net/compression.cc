#include "net/compression.h"

#include <array>
#include <new>
#include <utility>

#include "rt/link.h"

namespace roost::net {
namespace {

// Speed first. The windows are smaller than the peer's inflater must allow (32 KB): that costs little on IMAP's texts
// and keeps a compressor's tables near the processor.
constexpr int kLevel = 1;
constexpr int kCompressWindowBits = -14;  // negative: raw
constexpr int kCompressMemoryLevel = 7;
constexpr int kInflateWindowBits = -15;
constexpr int kEndOfBlock = 128;  // of z_stream::data_type
// Compressors that are kept although no stream has them.
constexpr size_t kIdleCompressorsMax = 8;
// A sync flush's marker, the rest of a block and what stored blocks add.
constexpr size_t kFlushBytes = 64;
// Of a flush, behind the last block that has content: an empty stored block (Z_SYNC_FLUSH) or what may have left the
// compressor of an empty one with fixed codes (Z_PARTIAL_FLUSH).
constexpr size_t kFlushOctetsMax = 5;

bool is_of_a_flush(char c) { return c == '\0' || c == '\1' || c == '\2' || c == '\xff'; }

void require(int zlib_result) {
  if (zlib_result != Z_OK) throw std::bad_alloc();
}

Bytef* octets(const char* data) { return reinterpret_cast<Bytef*>(const_cast<char*>(data)); }

}  // namespace

Inflater::Inflater() { require(inflateInit2(&stream_, kInflateWindowBits)); }
Inflater::~Inflater() { inflateEnd(&stream_); }

Inflater::Outcome Inflater::inflate(BytesView in, std::span<char> out) {
  stream_.next_in = octets(in.data());
  stream_.avail_in = static_cast<uInt>(in.size());
  stream_.next_out = octets(out.data());
  stream_.avail_out = static_cast<uInt>(out.size());
  const int result = ::inflate(&stream_, Z_BLOCK);
  // Z_BUF_ERROR: no progress was possible, which is no error of the stream's.
  const bool broken = result != Z_OK && result != Z_BUF_ERROR;
  holds_output_ = stream_.avail_out == 0;
  between_blocks_ = broken || (stream_.data_type & kEndOfBlock) != 0;
  return Outcome{
      .consumed = in.size() - stream_.avail_in, .produced = out.size() - stream_.avail_out, .broken = broken};
}

bool InflateEnd::take(Inflater& inflater, BytesView& in) {
  std::array<char, 64> unwanted;
  while (!inflater.between_blocks()) {
    const auto outcome = inflater.inflate(in, unwanted);
    in.remove_prefix(outcome.consumed);
    if (outcome.consumed == 0 && outcome.produced == 0 && !outcome.broken) return false;
  }
  while (flush_octets_ < kFlushOctetsMax && !in.empty() && is_of_a_flush(in.front())) {
    in.remove_prefix(1);
    ++flush_octets_;
  }
  return flush_octets_ == kFlushOctetsMax || !in.empty();
}

struct Deflater::Compressor : rt::Link {
  Compressor() {
    require(deflateInit2(&stream, kLevel, Z_DEFLATED, kCompressWindowBits, kCompressMemoryLevel, Z_DEFAULT_STRATEGY));
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ~Compressor() { deflateEnd(&stream); }

  z_stream stream{};
  Deflater* user = nullptr;
};

// The compressors of one loop: those in use in the order of their last use, and a few that are idle.
class Compressors {
 public:
  Compressors() = default;
  Compressors(const Compressors&) = delete;
  Compressors& operator=(const Compressors&) = delete;
  ~Compressors() {
    while (idle_.linked()) delete first(idle_);
  }

  static std::shared_ptr<Compressors> of_this_thread() {
    static thread_local auto all = std::make_shared<Compressors>();
    return all;
  }

  void lend(Deflater& user) {
    if (user.compressor_ == nullptr) {
      user.compressor_ = take();
      user.compressor_->user = &user;
    }
    user.compressor_->unlink();
    user.compressor_->insert_before(used_);
  }

  void give_back(Deflater& user) {
    auto* compressor = std::exchange(user.compressor_, nullptr);
    if (compressor == nullptr) return;
    --used_count_;
    if (idle_count_ == kIdleCompressorsMax) {
      delete compressor;
      return;
    }
    compressor->unlink();
    compressor->insert_before(idle_);
    ++idle_count_;
  }

 private:
  static Deflater::Compressor* first(rt::Link& list) { return static_cast<Deflater::Compressor*>(list.next); }

  Deflater::Compressor* take() {
    Deflater::Compressor* compressor = nullptr;
    if (used_count_ == kCompressorsPerLoopMax) {
      compressor = first(used_);
      compressor->user->compressor_ = nullptr;
    } else if (idle_count_ > 0) {
      compressor = first(idle_);
      --idle_count_;
      ++used_count_;
    } else {
      compressor = new Deflater::Compressor;
      ++used_count_;
      return compressor;
    }
    deflateReset(&compressor->stream);
    return compressor;
  }

  rt::Link used_;  // least recently used first
  rt::Link idle_;
  size_t used_count_ = 0;
  size_t idle_count_ = 0;
};

Deflater::Deflater() : pool_(Compressors::of_this_thread()) {}
Deflater::~Deflater() { pool_->give_back(*this); }

void Deflater::compress(BytesView data, std::string& out) {
  pool_->lend(*this);
  auto& stream = compressor_->stream;
  stream.next_in = octets(data.data());
  stream.avail_in = static_cast<uInt>(data.size());
  do {
    const size_t before = out.size();
    out.resize(before + stream.avail_in + stream.avail_in / 256 + kFlushBytes);
    stream.next_out = octets(out.data()) + before;
    stream.avail_out = static_cast<uInt>(out.size() - before);
    ::deflate(&stream, Z_SYNC_FLUSH);
    out.resize(out.size() - stream.avail_out);
  } while (stream.avail_out == 0);
}

}  // namespace roost::net
