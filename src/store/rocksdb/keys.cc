#include "store/rocksdb/keys.h"

namespace roost::store::keys {
namespace {

constexpr size_t kNumberBytes = 8;
constexpr size_t kKeyBytesMax = 1024;

void put_big_endian(std::string& out, uint64_t v) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(v >> shift));
}

uint64_t get_big_endian(BytesView in) {
  uint64_t v = 0;
  for (char c : in.substr(0, kNumberBytes)) v = (v << 8) | static_cast<uint8_t>(c);
  return v;
}

}  // namespace

std::string pair(AccountId account, uint64_t number) {
  std::string key;
  key.reserve(2 * kNumberBytes);
  put_big_endian(key, account.value);
  put_big_endian(key, number);
  return key;
}

std::string account(AccountId account) {
  std::string key;
  put_big_endian(key, account.value);
  return key;
}

std::string account_end(AccountId account) {
  // Nothing is longer than the longest follower's name, so that this stands above the last account's keys.
  if (account.next().value == 0) return std::string(kKeyBytesMax + 1, '\xff');
  return keys::account(account.next());
}

std::string follower(AccountId account, std::string_view follower) {
  std::string key = keys::account(account);
  key += follower;
  return key;
}

std::string name(std::string_view space, std::string_view name) {
  std::string key(space);
  key.push_back('\0');
  key += name;
  return key;
}

std::string space_end(std::string_view space) {
  std::string key(space);
  key.push_back('\1');
  return key;
}

std::optional<Pair> parse_pair(BytesView key) {
  if (key.size() != 2 * kNumberBytes) return std::nullopt;
  return Pair{AccountId(get_big_endian(key)), get_big_endian(key.substr(kNumberBytes))};
}

std::optional<AccountId> parse_account(BytesView key) {
  if (key.size() < kNumberBytes) return std::nullopt;
  return AccountId(get_big_endian(key));
}

}  // namespace roost::store::keys
