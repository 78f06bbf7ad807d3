#include "mail/effect.h"

#include <algorithm>
#include <array>
#include <limits>

#include "mail/uid_codec.h"

namespace roost::mail {
namespace {

// --- pieces ---

void write_id(Encoder& out, const ObjectId& id) {
  out.raw({reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}
ObjectId read_object_id(Decoder& in) {
  ObjectId id;
  std::ranges::copy(in.raw(id.bytes.size()), id.bytes.begin());
  return id;
}

// A number that must fit its type.
template <class T>
T read_number(Decoder& in) {
  uint64_t value = in.varint();
  if (value > std::numeric_limits<T>::max()) in.fail();
  return in.failed() ? T{} : static_cast<T>(value);
}
MailboxId read_mailbox(Decoder& in) { return MailboxId(in.varint()); }
Uid read_uid(Decoder& in) { return Uid(read_number<uint32_t>(in)); }
std::string read_string(Decoder& in) { return std::string(in.bytes()); }
SystemFlags read_flags(Decoder& in) {
  uint8_t bits = in.u8();
  if ((bits & ~SystemFlags::kAllBits) != 0) in.fail();
  return SystemFlags(bits);
}

void write_strings(Encoder& out, const std::vector<std::string>& strings) {
  out.varint(strings.size());
  for (const std::string& s : strings) out.bytes(s);
}
std::vector<std::string> read_strings(Decoder& in) {
  std::vector<std::string> out(in.count());
  for (std::string& s : out) s = read_string(in);
  return out;
}

using SetPairs = std::vector<std::pair<KeywordSet, KeywordSet>>;
void write_set_pairs(Encoder& out, const SetPairs& pairs) {
  out.varint(pairs.size());
  for (auto [from, to] : pairs) {
    out.varint(from.value);
    out.varint(to.value);
  }
}
SetPairs read_set_pairs(Decoder& in) {
  SetPairs out(in.count(2));
  for (auto& [from, to] : out) {
    from = KeywordSet(read_number<uint16_t>(in));
    to = KeywordSet(read_number<uint16_t>(in));
  }
  auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (std::ranges::adjacent_find(out, std::not_fn(before)) != out.end()) in.fail();
  return out;
}

// --- one pair of functions for each effect ---

void write(Encoder& out, const StampEffect& e) {
  out.varint(e.modseq.value);
  out.zigzag(e.time);
}
void read(Decoder& in, StampEffect& e) {
  e.modseq = ModSeq(in.varint());
  e.time = in.zigzag();
}

void write(Encoder& out, const KeywordsEffect& e) {
  out.varint(e.mailbox.value);
  out.varint(e.names_before);
  write_strings(out, e.names);
  out.varint(e.sets_before);
  out.varint(e.sets.size());
  for (const KeywordIndexes& set : e.sets) {
    out.varint(set.size());
    for (uint16_t index : set) out.varint(index);
  }
}
void read(Decoder& in, KeywordsEffect& e) {
  e.mailbox = read_mailbox(in);
  e.names_before = read_number<uint32_t>(in);
  e.names = read_strings(in);
  e.sets_before = read_number<uint32_t>(in);
  e.sets.resize(in.count());
  for (KeywordIndexes& set : e.sets) {
    set.resize(in.count());
    for (uint16_t& index : set) index = read_number<uint16_t>(in);
  }
}

void write(Encoder& out, const AppendedRow& row) {
  out.u8(row.flags.bits);
  out.varint(row.keywords.value);
  out.zigzag(row.internal_date.seconds);
  out.zigzag(row.internal_date.zone_minutes);
  out.varint(row.size);
  out.varint(row.blob);
  write_id(out, row.email_id);
  write_id(out, row.thread_id);
  out.u8(static_cast<uint8_t>(row.card));
  if (row.card == ColdRow::Card::tail) out.bytes(row.card_bytes);
  if (row.card == ColdRow::Card::blob) {
    out.varint(row.card_blob);
    out.varint(row.card_blob_bytes);
  }
}
void read(Decoder& in, AppendedRow& row) {
  row.flags = read_flags(in);
  row.keywords = KeywordSet(read_number<uint16_t>(in));
  row.internal_date.seconds = in.zigzag();
  int64_t zone = in.zigzag();
  if (zone < INT16_MIN || zone > INT16_MAX) in.fail();
  row.internal_date.zone_minutes = static_cast<int16_t>(zone);
  row.size = in.varint();
  row.blob = in.varint();
  row.email_id = read_object_id(in);
  row.thread_id = read_object_id(in);
  uint8_t card = in.u8();
  row.card = static_cast<ColdRow::Card>(card);
  switch (row.card) {
    case ColdRow::Card::none: break;
    case ColdRow::Card::tail: row.card_bytes = in.bytes(); break;
    case ColdRow::Card::blob:
      row.card_blob = in.varint();
      row.card_blob_bytes = read_number<uint32_t>(in);
      break;
    default: in.fail();
  }
}

constexpr size_t kAppendedRowBytesMin = 7 + 2 * 16;

void write(Encoder& out, const AppendEffect& e) {
  out.varint(e.mailbox.value);
  out.varint(e.first.value);
  out.varint(e.rows.size());
  for (const AppendedRow& row : e.rows) write(out, row);
}
void read(Decoder& in, AppendEffect& e) {
  e.mailbox = read_mailbox(in);
  e.first = read_uid(in);
  e.rows.resize(in.count(kAppendedRowBytesMin));
  for (AppendedRow& row : e.rows) read(in, row);
}

void write(Encoder& out, const FlagsEffect& e) {
  out.varint(e.mailbox.value);
  write_uids(out, e.uids);
  out.u8(e.keep.bits);
  out.u8(e.add.bits);
  write_set_pairs(out, e.sets);
}
void read(Decoder& in, FlagsEffect& e) {
  e.mailbox = read_mailbox(in);
  e.uids = read_uids(in);
  e.keep = read_flags(in);
  e.add = read_flags(in);
  e.sets = read_set_pairs(in);
}

void write(Encoder& out, const ExpungeEffect& e) {
  out.varint(e.mailbox.value);
  write_uids(out, e.uids);
}
void read(Decoder& in, ExpungeEffect& e) {
  e.mailbox = read_mailbox(in);
  e.uids = read_uids(in);
}

void write(Encoder& out, const CopyEffect& e) {
  out.varint(e.from.value);
  write_uids(out, e.uids);
  out.varint(e.to.value);
  out.varint(e.first.value);
  out.u8(e.move ? 1 : 0);
  write_set_pairs(out, e.sets);
}
void read(Decoder& in, CopyEffect& e) {
  e.from = read_mailbox(in);
  e.uids = read_uids(in);
  e.to = read_mailbox(in);
  e.first = read_uid(in);
  e.move = in.u8() != 0;
  e.sets = read_set_pairs(in);
}

void write(Encoder& out, const CreateEffect& e) {
  out.varint(e.mailbox.value);
  out.varint(e.uidvalidity.value);
  out.bytes(e.name);
  write_strings(out, e.special_use);
}
void read(Decoder& in, CreateEffect& e) {
  e.mailbox = read_mailbox(in);
  e.uidvalidity = UidValidity(read_number<uint32_t>(in));
  e.name = read_string(in);
  e.special_use = read_strings(in);
}

void write(Encoder& out, const DeleteEffect& e) {
  out.varint(e.mailbox.value);
  out.u8(e.keep_name ? 1 : 0);
}
void read(Decoder& in, DeleteEffect& e) {
  e.mailbox = read_mailbox(in);
  e.keep_name = in.u8() != 0;
}

void write(Encoder& out, const RenameEffect& e) {
  out.bytes(e.from);
  out.bytes(e.to);
}
void read(Decoder& in, RenameEffect& e) {
  e.from = read_string(in);
  e.to = read_string(in);
}

void write(Encoder& out, const RenameInboxEffect& e) {
  out.varint(e.inbox.value);
  out.varint(e.mailbox.value);
  out.varint(e.uidvalidity.value);
  out.bytes(e.name);
}
void read(Decoder& in, RenameInboxEffect& e) {
  e.inbox = read_mailbox(in);
  e.mailbox = read_mailbox(in);
  e.uidvalidity = UidValidity(read_number<uint32_t>(in));
  e.name = read_string(in);
}

void write(Encoder& out, const SubscribeEffect& e) {
  out.bytes(e.name);
  out.u8(e.on ? 1 : 0);
}
void read(Decoder& in, SubscribeEffect& e) {
  e.name = read_string(in);
  e.on = in.u8() != 0;
}

void write(Encoder& out, const RecentEffect& e) {
  out.varint(e.mailbox.value);
  out.varint(e.next.value);
}
void read(Decoder& in, RecentEffect& e) {
  e.mailbox = read_mailbox(in);
  e.next = read_uid(in);
}

void write(Encoder& out, const ReserveEffect& e) {
  out.varint(e.first);
  out.varint(e.count);
}
void read(Decoder& in, ReserveEffect& e) {
  e.first = in.varint();
  e.count = in.varint();
}

void write(Encoder& out, const ForgetEffect& e) {
  out.varint(e.serials.size());
  uint64_t before = 0;
  for (uint64_t serial : e.serials) {
    out.varint(serial - before);
    before = serial;
  }
}
void read(Decoder& in, ForgetEffect& e) {
  e.serials.resize(in.count());
  uint64_t before = 0;
  for (uint64_t& serial : e.serials) {
    uint64_t gap = in.varint();
    if (gap == 0 || gap > UINT64_MAX - before) in.fail();
    serial = before += gap;
  }
}

void write(Encoder& out, const TraceFloorEffect& e) {
  out.varint(e.mailbox.value);
  out.varint(e.floor.value);
}
void read(Decoder& in, TraceFloorEffect& e) {
  e.mailbox = read_mailbox(in);
  e.floor = ModSeq(in.varint());
}

void write(Encoder& out, const SeedEffect& e) { out.varint(e.uidvalidity.value); }
void read(Decoder& in, SeedEffect& e) { e.uidvalidity = UidValidity(read_number<uint32_t>(in)); }

void write(Encoder& out, const MetadataEffect& e) {
  out.varint(e.mailbox.value);
  out.varint(e.entries.size());
  for (const MetadataEffect::Entry& entry : e.entries) {
    out.varint(entry.user.value);
    out.bytes(entry.name);
    out.u8(entry.value ? 1 : 0);
    if (entry.value) out.bytes(*entry.value);
  }
}
void read(Decoder& in, MetadataEffect& e) {
  constexpr size_t kEntryBytesMin = 3;
  e.mailbox = read_mailbox(in);
  e.entries.resize(in.count(kEntryBytesMin));
  for (MetadataEffect::Entry& entry : e.entries) {
    entry.user = AccountId(in.varint());
    entry.name = read_string(in);
    if (in.u8() != 0) entry.value = Bytes(in.bytes());
  }
}

void write(Encoder& out, const SpecialUseEffect& e) {
  out.varint(e.mailbox.value);
  write_strings(out, e.special_use);
}
void read(Decoder& in, SpecialUseEffect& e) {
  e.mailbox = read_mailbox(in);
  e.special_use = read_strings(in);
}

void write(Encoder& out, const AclEffect& e) {
  out.varint(e.mailbox.value);
  write_acl(out, e.acl);
}
void read(Decoder& in, AclEffect& e) {
  e.mailbox = read_mailbox(in);
  e.acl = read_acl(in);
}

void write(Encoder& out, const QuotaEffect& e) {
  out.u8(e.limits ? 1 : 0);
  if (e.limits) write_quota(out, *e.limits);
}
void read(Decoder& in, QuotaEffect& e) {
  if (in.u8() != 0) e.limits = read_quota(in);
}

void write(Encoder& out, const UndeleteEffect& e) {
  out.varint(e.from.value);
  out.u8(e.from_deleted ? 1 : 0);
  write_uids(out, e.uids);
  out.varint(e.to.value);
  out.varint(e.first.value);
  write_set_pairs(out, e.sets);
}
void read(Decoder& in, UndeleteEffect& e) {
  e.from = read_mailbox(in);
  e.from_deleted = in.u8() != 0;
  e.uids = read_uids(in);
  e.to = read_mailbox(in);
  e.first = read_uid(in);
  e.sets = read_set_pairs(in);
}

void write(Encoder& out, const JumpEffect& e) {
  out.varint(e.modseq.value);
  out.varint(e.next_mailbox.value);
  out.varint(e.next_uidvalidity);
  out.varint(e.next_blob);
  out.varint(e.uidnexts.size());
  for (auto [mailbox, uidnext] : e.uidnexts) {
    out.varint(mailbox.value);
    out.varint(uidnext.value);
  }
}
void read(Decoder& in, JumpEffect& e) {
  e.modseq = ModSeq(in.varint());
  e.next_mailbox = read_mailbox(in);
  e.next_uidvalidity = read_number<uint32_t>(in);
  e.next_blob = in.varint();
  e.uidnexts.resize(in.count(2));
  for (auto& [mailbox, uidnext] : e.uidnexts) {
    mailbox = read_mailbox(in);
    uidnext = read_uid(in);
  }
}

void write(Encoder& out, const SeenEffect& e) {
  out.varint(e.mailbox.value);
  out.varint(e.user.value);
  write_uids(out, e.uids);
  out.u8(e.seen ? 1 : 0);
}
void read(Decoder& in, SeenEffect& e) {
  e.mailbox = read_mailbox(in);
  e.user = AccountId(in.varint());
  e.uids = read_uids(in);
  e.seen = in.u8() != 0;
}

template <class E>
Effect read_as(Decoder& in) {
  E effect;
  read(in, effect);
  return effect;
}

using Reader = Effect (*)(Decoder&);
template <size_t... kKinds>
constexpr auto readers(std::index_sequence<kKinds...>) {
  return std::array<Reader, sizeof...(kKinds)>{read_as<std::variant_alternative_t<kKinds, Effect>>...};
}
constexpr auto kReaders = readers(std::make_index_sequence<std::variant_size_v<Effect>>());

}  // namespace

void write_effect(Bytes& bytes, const Effect& effect) {
  Encoder out(bytes);
  out.u8(static_cast<uint8_t>(effect.index() + 1));
  std::visit([&out](const auto& e) { write(out, e); }, effect);
}

Result<Effect> read_effect(Decoder& in) {
  uint8_t kind = in.u8();
  if (in.failed() || kind == 0 || kind > kReaders.size()) return fault("record: unknown effect", Code::corruption);
  Effect effect = kReaders[kind - 1](in);
  if (in.failed()) return fault("record: truncated or malformed effect", Code::corruption);
  return effect;
}

}  // namespace roost::mail
