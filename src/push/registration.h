// Devices that asked to be woken when mail arrives (XAPPLEPUSHSERVICE). Each registration is a private annotation of
// its user on the server (RFC 5464), so that it lies in the account and its user can see it and take it away. Pure.
// docs/formats/push.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "mail/operation.h"
#include "mail/snapshot.h"

namespace roost::push {

inline constexpr std::string_view kEntries = "/private/vendor/roost/apple-push";
inline constexpr size_t kAccountIdBytesMax = 128;
inline constexpr size_t kDeviceTokenDigitsMax = 200;
inline constexpr size_t kRegistrationBytesMax = 16 * 1024;  // encoded
inline constexpr int64_t kRenewedSeconds = 24 * 3600;       // a registration that stays as it is, is written this often

struct Registration {
  struct Mailbox {
    std::string name;  // in UTF-8
    Bytes spelled;     // as the device has it, which knows it by a digest of that
    friend bool operator==(const Mailbox&, const Mailbox&) = default;
  };

  int64_t registered = 0;    // seconds since 1970 UTC
  std::string account_id;    // the device's name for the account: letters, digits, ".", "_" and "-"
  std::string device_token;  // hexadecimal digits, in lower case
  std::vector<Mailbox> mailboxes;
  friend bool operator==(const Registration&, const Registration&) = default;
};

struct RegistrationLimits {
  uint32_t registrations_max = 20;              // of one account: the oldest gives way
  int64_t registration_s_max = 30 * 24 * 3600;  // since the device was last heard of
};

// NO where it has a part that none can have; the token becomes lower case.
Result<Registration> checked(Registration registration);

// The annotation that holds it. One for each account on each device.
std::string entry_of(const Registration& registration);
// NO [LIMIT] where it is too large.
Result<Bytes> encode(const Registration& registration);
// Code::corruption for anything that encode() does not write.
Result<Registration> decode(BytesView value);

// Those that have not expired, at most registrations_max. What is none of ours is passed over.
std::vector<Registration> registrations(const mail::Snapshot& snapshot, AccountId account,
                                        const RegistrationLimits& limits, int64_t now);

// What puts `registration` (whose time is now) in its place, and takes away those that expired and the oldest beyond
// the limit. Nothing where it is there already and does not need to be renewed.
Result<std::optional<mail::SetMetadata>> plan_registration(const mail::Snapshot& snapshot, AccountId account,
                                                           const Registration& registration,
                                                           const RegistrationLimits& limits);

// Takes it away, unless the device registered after `gone_ms` (milliseconds since 1970 UTC), where that is known.
std::optional<mail::SetMetadata> plan_removal(const mail::Snapshot& snapshot, AccountId account,
                                              const std::string& entry, std::optional<int64_t> gone_ms);

}  // namespace roost::push
