// OpenSSL's newer interface cannot take a hash up where it was left, which is what is kept here; its older one can.
#define OPENSSL_SUPPRESS_DEPRECATED  // NOLINT: OpenSSL's name
#include "sasl/cram_md5.h"

#include <openssl/crypto.h>
#include <openssl/md5.h>

#include <algorithm>

#include "sasl/base64.h"

namespace roost::sasl {
namespace {

constexpr std::string_view kPrefix = "$cram-md5$";
constexpr size_t kStateBytes = 16;
constexpr size_t kDigestDigits = 32;
using State = std::array<uint8_t, kStateBytes>;
using Block = std::array<uint8_t, MD5_CBLOCK>;

State state_of(const MD5_CTX& context) {
  State out;
  size_t at = 0;
  for (MD5_LONG word : {context.A, context.B, context.C, context.D}) {
    for (int shift = 0; shift < 32; shift += 8) out[at++] = static_cast<uint8_t>(word >> shift);
  }
  return out;
}

// As it was after one block.
MD5_CTX context_of(const State& state) {
  MD5_CTX out;
  MD5_Init(&out);
  size_t at = 0;
  for (MD5_LONG* word : {&out.A, &out.B, &out.C, &out.D}) {
    *word = 0;
    for (int shift = 0; shift < 32; shift += 8) *word |= static_cast<MD5_LONG>(state[at++]) << shift;
  }
  out.Nl = MD5_CBLOCK * 8;
  return out;
}

// RFC 2104 2: the state after the key's block, masked.
State after_key(const Block& key, uint8_t mask) {
  Block masked;
  std::ranges::transform(key, masked.begin(), [mask](uint8_t octet) { return static_cast<uint8_t>(octet ^ mask); });
  MD5_CTX context;
  MD5_Init(&context);
  MD5_Update(&context, masked.data(), masked.size());
  State out = state_of(context);
  OPENSSL_cleanse(masked.data(), masked.size());
  OPENSSL_cleanse(&context, sizeof context);
  return out;
}

State finish(const State& state, const void* data, size_t size) {
  MD5_CTX context = context_of(state);
  State out;
  MD5_Update(&context, data, size);
  MD5_Final(out.data(), &context);
  return out;
}

BytesView view(const State& state) { return {reinterpret_cast<const char*>(state.data()), state.size()}; }

std::optional<State> parse_state(std::string_view text) {
  std::optional<Bytes> data = decode_base64(text);
  State out;
  if (!data || data->size() != out.size()) return std::nullopt;
  std::ranges::copy(*data, out.begin());
  return out;
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

}  // namespace

CramSecret derive_cram(std::string_view password) {
  Block key{};
  if (password.size() > key.size()) {
    MD5(reinterpret_cast<const unsigned char*>(password.data()), password.size(), key.data());
  } else {
    std::ranges::copy(password, key.begin());
  }
  CramSecret out{after_key(key, 0x36), after_key(key, 0x5c)};
  OPENSSL_cleanse(key.data(), key.size());
  return out;
}

Bytes cram_digest(const CramSecret& secret, BytesView challenge) {
  State inner = finish(secret.inner, challenge.data(), challenge.size());
  return Bytes(view(finish(secret.outer, inner.data(), inner.size())));
}

std::string format_cram(const CramSecret& secret) {
  return std::string(kPrefix) + encode_base64(view(secret.inner)) + "$" + encode_base64(view(secret.outer));
}

std::optional<CramSecret> parse_cram(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  size_t cut = text.find('$');
  if (cut == std::string_view::npos) return std::nullopt;
  std::optional<State> inner = parse_state(text.substr(0, cut));
  std::optional<State> outer = parse_state(text.substr(cut + 1));
  if (!inner || !outer) return std::nullopt;
  return CramSecret{*inner, *outer};
}

std::optional<CramResponse> parse_cram_response(BytesView text) {
  size_t space = text.rfind(' ');
  if (space == BytesView::npos || space == 0 || text.size() - space - 1 != kDigestDigits) return std::nullopt;
  CramResponse out{Bytes(text.substr(0, space)), {}};
  if (out.name.find('\0') != Bytes::npos) return std::nullopt;
  for (size_t i = space + 1; i < text.size(); i += 2) {
    int high = hex_value(text[i]);
    int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.digest.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

}  // namespace roost::sasl
