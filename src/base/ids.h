// Strong types for the numbers that IMAP and the store are made of: none converts to another by accident.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace roost {

template <class Tag, class Rep>
struct Id {
  using rep = Rep;
  Rep value{};

  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}
  constexpr Id next() const { return Id(static_cast<Rep>(value + 1)); }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using Uid = Id<struct UidTag, uint32_t>;                  // 1..2^32-1; 0 is none
using SeqNum = Id<struct SeqNumTag, uint32_t>;            // 1..2^32-1; lives only at the session's edge
using UidValidity = Id<struct UidValidityTag, uint32_t>;  // 1..2^32-1
using ModSeq = Id<struct ModSeqTag, uint64_t>;            // 1..2^63-1, account-wide (RFC 7162); 0 is before everything
using MailboxId = Id<struct MailboxIdTag, uint64_t>;      // never reused within an account
using AccountId = Id<struct AccountIdTag, uint64_t>;      // never reused within a store
using Position = Id<struct PositionTag, uint64_t>;        // of a record in an account's log; 0 is the empty log
using Generation = Id<struct GenerationTag, uint64_t>;    // of an account's checkpoint; 0 is none yet
using PageId = Id<struct PageIdTag, uint64_t>;            // of a checkpoint's page, within its account

// A body, or anything else stored beside the log. `owner` is the account that reserved it.
struct BlobId {
  AccountId owner;
  uint64_t serial = 0;  // 0 is none

  explicit operator bool() const { return serial != 0; }
  friend constexpr auto operator<=>(const BlobId&, const BlobId&) = default;
};

// 128 random bits made at arrival (RFC 8474): EMAILID and THREADID keep their value in every copy.
struct ObjectId {
  std::array<uint8_t, 16> bytes{};

  friend constexpr auto operator<=>(const ObjectId&, const ObjectId&) = default;
};

}  // namespace roost

template <class Tag, class Rep>
struct std::hash<roost::Id<Tag, Rep>> {
  size_t operator()(roost::Id<Tag, Rep> id) const noexcept { return std::hash<Rep>{}(id.value); }
};

template <>
struct std::hash<roost::BlobId> {
  size_t operator()(const roost::BlobId& id) const noexcept {
    return std::hash<uint64_t>{}(id.owner.value * 0x9E3779B97F4A7C15ULL ^ id.serial);
  }
};
