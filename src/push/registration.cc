#include "push/registration.h"

#include <algorithm>

#include "base/flags.h"

namespace roost::push {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kMailboxBytesMin = 2;

bool is_id_char(char c) {
  char l = to_lower_ascii(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_sound(const Registration& r) {
  bool id = !r.account_id.empty() && r.account_id.size() <= kAccountIdBytesMax &&
            std::ranges::all_of(r.account_id, is_id_char);
  bool token = !r.device_token.empty() && r.device_token.size() <= kDeviceTokenDigitsMax &&
               r.device_token.size() % 2 == 0 && std::ranges::all_of(r.device_token, is_digit);
  return id && token && r.registered >= 0;
}

std::string lower(std::string text) {
  for (char& c : text) c = to_lower_ascii(c);
  return text;
}

bool has_expired(const Registration& r, const RegistrationLimits& limits, int64_t now) {
  return r.registered < now - limits.registration_s_max;
}

struct Stored {
  std::string entry;
  std::optional<Registration> registration;  // none: what stands there is none
};

std::vector<Stored> stored(const mail::Snapshot& snapshot, AccountId account) {
  std::vector<Stored> out;
  snapshot.for_each_metadata(MailboxId(0), account, std::string(kEntries),
                             [&](const std::string& name, const Bytes& value) {
                               auto decoded = decode(value);
                               bool ours = decoded && entry_of(*decoded) == name;
                               out.push_back({name, ours ? std::optional(*std::move(decoded)) : std::nullopt});
                             });
  return out;
}

}  // namespace

Result<Registration> checked(Registration registration) {
  registration.device_token = lower(std::move(registration.device_token));
  if (!is_sound(registration)) return no(Code::cannot, "That is no account or no device token.");
  return registration;
}

std::string entry_of(const Registration& registration) {
  return std::string(kEntries) + "/" + registration.device_token + "." + lower(registration.account_id);
}

Result<Bytes> encode(const Registration& registration) {
  Bytes out;
  Encoder to(out);
  to.u8(kVersion);
  to.varint(static_cast<uint64_t>(registration.registered));
  to.bytes(registration.account_id);
  to.bytes(registration.device_token);
  to.varint(registration.mailboxes.size());
  for (const Registration::Mailbox& mailbox : registration.mailboxes) {
    to.bytes(mailbox.name);
    to.bytes(mailbox.spelled);
  }
  if (out.size() > kRegistrationBytesMax) return no(Code::limit, "The mailboxes' names are too long.");
  return out;
}

Result<Registration> decode(BytesView value) {
  Decoder in(value);
  Registration out;
  if (value.size() > kRegistrationBytesMax || in.u8() != kVersion) in.fail();
  out.registered = static_cast<int64_t>(in.varint());
  out.account_id = in.bytes();
  out.device_token = in.bytes();
  uint64_t count = in.count(kMailboxBytesMin);
  for (uint64_t i = 0; i < count && !in.failed(); ++i) {
    Registration::Mailbox mailbox{std::string(in.bytes()), Bytes(in.bytes())};
    out.mailboxes.push_back(std::move(mailbox));
  }
  if (!is_sound(out)) in.fail();
  ROOST_TRY_VOID(in.finish("push registration"));
  return out;
}

std::vector<Registration> registrations(const mail::Snapshot& snapshot, AccountId account,
                                        const RegistrationLimits& limits, int64_t now) {
  std::vector<Registration> out;
  for (Stored& one : stored(snapshot, account)) {
    if (out.size() == limits.registrations_max) break;
    if (one.registration && !has_expired(*one.registration, limits, now)) out.push_back(*std::move(one.registration));
  }
  return out;
}

Result<std::optional<mail::SetMetadata>> plan_registration(const mail::Snapshot& snapshot, AccountId account,
                                                           const Registration& registration,
                                                           const RegistrationLimits& limits) {
  const std::string entry = entry_of(registration);
  mail::SetMetadata plan;
  std::vector<Stored> kept;
  bool renew = true;
  for (Stored& one : stored(snapshot, account)) {
    if (one.entry == entry) {
      if (!one.registration) continue;
      Registration same = *one.registration;
      bool fresh = registration.registered - same.registered < kRenewedSeconds;
      same.registered = registration.registered;
      renew = !fresh || same != registration;
    } else if (!one.registration || has_expired(*one.registration, limits, registration.registered)) {
      plan.entries.push_back({account, one.entry, std::nullopt});
    } else {
      kept.push_back(std::move(one));
    }
  }
  std::ranges::sort(kept, {}, [](const Stored& one) { return one.registration->registered; });
  for (size_t i = 0; i + limits.registrations_max < kept.size() + 1; ++i) {
    plan.entries.push_back({account, kept[i].entry, std::nullopt});
  }
  if (renew) {
    ROOST_TRY(Bytes value, encode(registration));
    plan.entries.push_back({account, entry, std::move(value)});
  }
  if (plan.entries.empty()) return std::optional<mail::SetMetadata>();
  return std::optional(std::move(plan));
}

std::optional<mail::SetMetadata> plan_removal(const mail::Snapshot& snapshot, AccountId account,
                                              const std::string& entry, std::optional<int64_t> gone_ms) {
  constexpr int64_t kMillisPerSecond = 1000;
  const Bytes* value = snapshot.metadata(MailboxId(0), account, entry);
  if (value == nullptr) return std::nullopt;
  auto registration = decode(*value);
  if (registration && gone_ms && registration->registered > *gone_ms / kMillisPerSecond) return std::nullopt;
  return mail::SetMetadata{.entries = {{account, entry, std::nullopt}}};
}

}  // namespace roost::push
