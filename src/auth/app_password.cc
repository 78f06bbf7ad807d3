#include "auth/app_password.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/utf8.h"
#include "sasl/base64.h"
#include "sasl/prepare.h"
#include "sasl/scram_crypto.h"

namespace roost::auth {
namespace {

constexpr std::string_view kPrefix = "$app$";
constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;
constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";  // no l and o, 0 and 1: five bits each
constexpr size_t kGroups = 4;
constexpr size_t kLettersPerGroup = 5;

static_assert(kLetters.size() == 32);

struct Parts {
  Bytes salt;
  Bytes hash;  // HMAC-SHA-256 of the prepared password under the salt
};

std::optional<Parts> parse(std::string_view verifier) {
  std::string_view main = verifier.substr(0, verifier.find(' '));
  if (!main.starts_with(kPrefix)) return std::nullopt;
  main.remove_prefix(kPrefix.size());
  size_t between = main.find('$');
  if (between == std::string_view::npos) return std::nullopt;
  std::optional<Bytes> salt = sasl::decode_base64(main.substr(0, between));
  std::optional<Bytes> hash = sasl::decode_base64(main.substr(between + 1));
  if (!salt || salt->size() != kSaltBytes || !hash || hash->size() != kHashBytes) return std::nullopt;
  return Parts{*std::move(salt), *std::move(hash)};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

uint64_t AppPassword::id() const {
  std::optional<Parts> parts = parse(verifier);
  std::array<char, sizeof(uint64_t)> octets{};
  if (parts) std::copy_n(parts->salt.begin(), octets.size(), octets.begin());
  uint64_t out = 0;
  std::memcpy(&out, octets.data(), octets.size());
  return out;
}

sasl::Secret random_app_password() {
  sasl::Secret random(random_octets(kGroups * kLettersPerGroup));
  std::string out;
  out.reserve(kGroups * (kLettersPerGroup + 1));
  for (size_t i = 0; i < random.view().size(); ++i) {
    if (i > 0 && i % kLettersPerGroup == 0) out += '-';
    out += kLetters[static_cast<unsigned char>(random.view()[i]) % kLetters.size()];
  }
  return sasl::Secret(std::move(out));
}

Result<> check_device(std::string_view device) {
  if (device.empty() || device.size() > kDeviceBytesMax) {
    return no(Code::cannot, "The name of a device is 1 to 64 octets.");
  }
  if (utf8_prefix(device) != device.size() || std::ranges::any_of(device, is_control)) {
    return no(Code::cannot, "The name of a device is UTF-8 without control characters.");
  }
  return {};
}

std::string make_app_verifier(const Recipe& recipe, std::string_view password, const Saltings& kept) {
  sasl::Secret prepared(sasl::prepare_password(password));
  Bytes salt = random_octets(kSaltBytes);
  std::string out(kPrefix);
  out += sasl::encode_base64(salt) + '$';
  out += sasl::encode_base64(view(sasl::hmac(sasl::ScramHash::sha_256, salt, prepared.view())));
  for (const std::string& part : challenge_parts(recipe, password, kept)) out += ' ' + part;
  return out;
}

std::string renewed_app_verifier(std::string_view verifier, const Recipe& recipe, std::string_view password,
                                 const Saltings& kept) {
  std::string out(verifier.substr(0, verifier.find(' ')));
  for (const std::string& part : challenge_parts(recipe, password, kept)) out += ' ' + part;
  return out;
}

bool is_app_verifier(std::string_view verifier) {
  if (!parse(verifier)) return false;
  size_t end = verifier.find(' ');
  return end == std::string_view::npos || scheme_of(verifier.substr(end + 1)) == Scheme::scram_sha_256;
}

const AppPassword* find_app_password(const std::vector<AppPassword>& passwords, std::string_view password) {
  if (passwords.empty()) return nullptr;
  sasl::Secret prepared(sasl::prepare_password(password));
  const AppPassword* found = nullptr;
  for (const AppPassword& app : passwords) {
    std::optional<Parts> parts = parse(app.verifier);
    if (!parts) continue;
    sasl::ScramKey hash = sasl::hmac(sasl::ScramHash::sha_256, parts->salt, prepared.view());
    if (sasl::equal_in_constant_time(view(hash), parts->hash)) found = &app;
  }
  return found;
}

}  // namespace roost::auth
