// The keys of every column family: big-endian numbers, so that byte order is number order. See docs/formats/store.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"

namespace roost::store::keys {

// account, number: log (position), pages (page), blobs and sizes (serial).
std::string pair(AccountId account, uint64_t number);
// account alone: roots; and the first key of an account in any family.
std::string account(AccountId account);
// Above every key of the account, and of no other.
std::string account_end(AccountId account);
// account, follower's name.
std::string follower(AccountId account, std::string_view follower);
// space, zero octet, name: names.
std::string name(std::string_view space, std::string_view name);
// Above every name of the space, and of no other space.
std::string space_end(std::string_view space);

struct Pair {
  AccountId account;
  uint64_t number = 0;
};
std::optional<Pair> parse_pair(BytesView key);
// The account that a key of log, roots, pages, blobs, sizes or followers begins with.
std::optional<AccountId> parse_account(BytesView key);

}  // namespace roost::store::keys
