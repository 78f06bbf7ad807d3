#include "message/casemap.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <array>
#include <cstring>
#include <memory>

#include "base/utf8.h"
#include "message/ascii.h"

namespace roost::message {
namespace {

// Most text outside ASCII lies below this; its foldings are looked up.
constexpr uint32_t kTableSize = 0x3000;

struct Folding {
  uint8_t size = 0;  // 0: too long for the table
  std::array<char, 7> bytes{};
};

const UNormalizer2* nfkd() {
  static const UNormalizer2* instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    return unorm2_getNFKDInstance(&status);
  }();
  return instance;
}

// Steps (2a) and (2b) of RFC 5051 2.
void fold_code_point(uint32_t c, Bytes& out) {
  auto title = static_cast<UChar32>(u_totitle(static_cast<UChar32>(c)));
  std::array<UChar, 64> wide;
  UErrorCode status = U_ZERO_ERROR;
  int32_t n = unorm2_getDecomposition(nfkd(), title, wide.data(), wide.size(), &status);
  if (n < 0 || U_FAILURE(status)) {
    append_utf8(static_cast<uint32_t>(title), out);
    return;
  }
  for (int32_t i = 0; i < n;) {
    UChar32 decomposed = 0;
    U16_NEXT(wide.data(), i, n, decomposed);
    append_utf8(static_cast<uint32_t>(decomposed), out);
  }
}

using Table = std::array<Folding, kTableSize>;

const Table& table() {
  static const std::unique_ptr<const Table> made = [] {
    auto out = std::make_unique<Table>();
    Bytes folded;
    for (uint32_t c = 0; c < kTableSize; ++c) {
      folded.clear();
      fold_code_point(c, folded);
      if (folded.size() > Folding().bytes.size()) continue;
      (*out)[c].size = static_cast<uint8_t>(folded.size());
      folded.copy((*out)[c].bytes.data(), folded.size());
    }
    return out;
  }();
  return *made;
}

// CJK ideographs (without the compatibility ones) fold to themselves.
bool is_plain_ideograph(uint32_t c) { return (c >= 0x3400 && c < 0x4dc0) || (c >= 0x4e00 && c < 0xa000); }

void append_upper(BytesView ascii, Bytes& out) {
  size_t before = out.size();
  // libstdc++ 12 may say more than was asked for, so the size that it passes is not used.
  out.resize_and_overwrite(before + ascii.size(), [&](char* data, size_t) {
    for (size_t i = 0; i < ascii.size(); ++i) data[before + i] = upper(ascii[i]);
    return before + ascii.size();
  });
}

// Gathers small foldings, so that the output grows in larger steps.
class Gather {
 public:
  explicit Gather(Bytes& out) : out_(out) {}
  ~Gather() { flush(); }
  void put(const Folding& folding) {
    std::memcpy(buffer_.data() + size_, folding.bytes.data(), folding.bytes.size());
    advance(folding.size);
  }
  void put(BytesView sequence) {  // of at most four octets
    std::memcpy(buffer_.data() + size_, sequence.data(), sequence.size());
    advance(sequence.size());
  }
  void put_by_icu(uint32_t c) {
    flush();
    fold_code_point(c, out_);
  }
  void put_upper(BytesView ascii) {
    if (ascii.size() > kRoom) {
      flush();
      append_upper(ascii, out_);
      return;
    }
    for (char c : ascii) {
      buffer_[size_] = upper(c);
      advance(1);
    }
  }

 private:
  static constexpr size_t kRoom = 8;
  void advance(size_t n) {
    size_ += n;
    if (size_ + kRoom > buffer_.size()) flush();
  }
  void flush() {
    out_.append(buffer_.data(), size_);
    size_ = 0;
  }

  Bytes& out_;
  std::array<char, 1024> buffer_;
  size_t size_ = 0;
};

void fold_sequence(BytesView bytes, uint32_t c, const Table& foldings, Gather& out) {
  if (c < kTableSize && foldings[c].size != 0) {
    out.put(foldings[c]);
  } else if (is_plain_ideograph(c)) {
    out.put(bytes);
  } else {
    out.put_by_icu(c);
  }
}

}  // namespace

void search_fold(BytesView text, Bytes& out) {
  size_t ascii = ascii_prefix(text);
  append_upper(text.substr(0, ascii), out);
  text.remove_prefix(ascii);
  if (text.empty()) return;
  const Table& foldings = table();
  Gather gather(out);
  while (!text.empty()) {
    ascii = ascii_prefix(text);
    gather.put_upper(text.substr(0, ascii));
    text.remove_prefix(ascii);
    if (text.empty()) return;
    Utf8Sequence sequence = utf8_sequence(text);
    BytesView bytes = text.substr(0, sequence.size);
    if (sequence.valid) {
      fold_sequence(bytes, sequence.code_point, foldings, gather);
    } else {
      gather.put(bytes);
    }
    text.remove_prefix(bytes.size());
  }
}

Bytes search_fold(BytesView text) {
  Bytes out;
  out.reserve(text.size());
  search_fold(text, out);
  return out;
}

}  // namespace roost::message
