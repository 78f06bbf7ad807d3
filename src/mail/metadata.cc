#include "mail/metadata.h"

#include <algorithm>

namespace roost::mail {
namespace {

constexpr uint64_t kEntryBytes = 64;  // what it costs beside its name and value, more or less

uint64_t bytes_of(const MetadataKey& key, const Metadata::Value& value) {
  return kEntryBytes + key.name.size() + value->size();
}

}  // namespace

bool Metadata::set(const MetadataKey& key, Value value) {
  auto there = entries.find(key);
  if (there == entries.end()) {
    if (value == nullptr) return false;
    bytes += bytes_of(key, value);
    entries.emplace(key, std::move(value));
    return true;
  }
  if (value != nullptr && *value == *there->second) return false;
  bytes -= bytes_of(key, there->second);
  if (value == nullptr) {
    entries.erase(there);
    return true;
  }
  bytes += bytes_of(key, value);
  there->second = std::move(value);
  return true;
}

size_t Metadata::count(AccountId user) const {
  auto first = entries.lower_bound({user, {}});
  auto end = std::ranges::find_if(first, entries.end(), [user](const auto& entry) { return entry.first.user != user; });
  return static_cast<size_t>(std::distance(first, end));
}

void write_metadata(Encoder& out, MailboxId mailbox, const Metadata& metadata) {
  out.varint(mailbox.value);
  out.varint(metadata.entries.size());
  for (const auto& [key, value] : metadata.entries) {
    out.varint(key.user.value);
    out.bytes(key.name);
    out.bytes(*value);
  }
}

Result<MetadataEntry> read_metadata(Decoder& in) {
  auto metadata = std::make_shared<Metadata>();
  metadata->clean = true;
  MailboxId mailbox(in.varint());
  constexpr size_t kEntryBytesMin = 3;
  uint64_t count = in.count(kEntryBytesMin);
  if (count == 0) in.fail();
  for (uint64_t i = 0; i < count && !in.failed(); ++i) {
    MetadataKey key{AccountId(in.varint()), std::string(in.bytes())};
    auto value = std::make_shared<const Bytes>(in.bytes());
    bool ascending = metadata->entries.empty() || metadata->entries.rbegin()->first < key;
    if (key.name.empty() || !ascending || !metadata->set(key, std::move(value))) in.fail();
  }
  if (in.failed()) return fault("metadata: malformed", Code::corruption);
  return MetadataEntry{mailbox, std::move(metadata)};
}

}  // namespace roost::mail
