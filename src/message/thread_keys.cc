#include "message/thread_keys.h"

#include <bit>
#include <cstring>
#include <optional>

#include "message/header.h"
#include "message/lexer.h"

namespace roost::message {
namespace {

// SipHash-2-4 with a fixed key: the hashes are stored, so the key must never change. docs/formats/card.md names it.
constexpr uint64_t kKey0 = 0x0706050403020100ULL;
constexpr uint64_t kKey1 = 0x0f0e0d0c0b0a0908ULL;

class SipHash {
 public:
  uint64_t operator()(BytesView data) {
    size_t i = 0;
    for (; i + 8 <= data.size(); i += 8) block(load(data.substr(i, 8)));
    block(load(data.substr(i)) | (static_cast<uint64_t>(data.size()) << 56));
    v2_ ^= 0xff;
    for (int r = 0; r < 4; ++r) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  static uint64_t load(BytesView bytes) {
    uint64_t out = 0;
    for (size_t i = 0; i < bytes.size(); ++i)
      out |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return out;
  }
  void block(uint64_t m) {
    v3_ ^= m;
    round();
    round();
    v0_ ^= m;
  }
  void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  uint64_t v0_ = kKey0 ^ 0x736f6d6570736575ULL;
  uint64_t v1_ = kKey1 ^ 0x646f72616e646f6dULL;
  uint64_t v2_ = kKey0 ^ 0x6c7967656e657261ULL;
  uint64_t v3_ = kKey1 ^ 0x7465646279746573ULL;
};

// Reads "<" id-left "@" id-right ">" from `lexer`, quoting undone and white space dropped. What is not in angle
// brackets is passed over.
std::optional<Bytes> next_id(Lexer& lexer) {
  for (;;) {
    lexer.skip_cfws();
    if (lexer.at_end()) return std::nullopt;
    if (lexer.at('"')) {
      Bytes ignored;
      lexer.quoted_string(ignored);
      continue;
    }
    if (!lexer.accept('<')) {
      lexer.advance();
      continue;
    }
    Bytes id;
    while (!lexer.at_end() && !lexer.at('>') && !lexer.at('<')) {
      if (lexer.at('"')) {
        lexer.quoted_string(id);
      } else if (is_white_space(lexer.peek())) {
        lexer.advance();
      } else {
        id += lexer.peek();
        lexer.advance();
      }
    }
    if (lexer.accept('>') && !id.empty()) return id;
  }
}

uint64_t hash_normalised(BytesView id) {
  uint64_t hash = SipHash()(id);
  return hash == 0 ? 1 : hash;
}

// Keeps the first and the last ones: the thread's beginning, and the nearest ancestors.
void add_references(std::vector<uint64_t>& out, BytesView value) {
  Lexer lexer(value);
  while (auto id = next_id(lexer)) {
    if (out.size() == kReferencesMax) out.erase(out.begin() + 1);
    out.push_back(hash_normalised(*id));
  }
}

}  // namespace

uint64_t hash_message_id(BytesView id) {
  Bytes bracketed;
  if (!id.starts_with('<')) {
    bracketed = "<" + Bytes(id) + ">";
    id = bracketed;
  }
  Lexer lexer(id);
  return hash_normalised(next_id(lexer).value_or(Bytes(id)));
}

ThreadKeys make_thread_keys(std::span<const Field> fields) {
  ThreadKeys out;
  if (auto field = find_field(fields, "message-id")) {
    Lexer lexer(field->value);
    if (auto id = next_id(lexer)) out.message_id = hash_normalised(*id);
  }
  if (auto field = find_field(fields, "references")) add_references(out.references, field->value);
  if (!out.references.empty()) return out;
  if (auto field = find_field(fields, "in-reply-to")) {
    Lexer lexer(field->value);
    if (auto id = next_id(lexer)) out.references.push_back(hash_normalised(*id));
  }
  return out;
}

}  // namespace roost::message
