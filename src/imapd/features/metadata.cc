// METADATA and METADATA-SERVER (RFC 5464): GETMETADATA, SETMETADATA; what others change is told by watching.cc. On the
// server each user has private entries; what is shared there is configured, so that none can leave words for others.
#include "imapd/features/metadata.h"

#include <algorithm>
#include <set>
#include <string>

#include "imap/metadata_response.h"
#include "imapd/features/all.h"
#include "imapd/features/entry_values.h"
#include "imapd/features/own_changes.h"
#include "imapd/features/watching.h"
#include "imapd/place.h"

namespace roost::imapd {
namespace {

constexpr uint64_t kValuesLiteralBytesMax = 1024 * 1024;
constexpr size_t kUsesMax = 20;
constexpr size_t kEntriesAtOnce = 16;  // between looks at the batch; those of one response at least

using Depth = imap::GetMetadata::Depth;

// The answer to one command, of one mailbox or the server.
class Answer {
 public:
  Answer(Session& session, const accounts::Account& account, mail::SnapshotPtr snapshot, MailboxId id,
         BytesView mailbox)
      : session_(session),
        snapshot_(std::move(snapshot)),
        values_(session, account, *snapshot_, id),
        mailbox_(mailbox),
        utf8_(session.dialect().utf8_names) {}

  task<Result<>> write(const std::vector<Bytes>& entries, Depth depth, std::optional<uint32_t> max_size) {
    imap::MetadataWriter response(session_.buffer(), mailbox_, utf8_);
    size_t count = 0;
    for (const Bytes& spelled : entries) {
      write_entry(response, spelled, depth, max_size);
      if (++count % kEntriesAtOnce != 0 || !session_.batch_due()) continue;
      response.finish();
      ROOST_CO_TRY_VOID(co_await session_.next_batch());
    }
    response.finish();
    co_return Result<>{};
  }
  // Of the values that are larger than was asked for.
  std::optional<size_t> longest() const { return longest_; }

 private:
  // RFC 5464 4.2.2. What is named itself is answered with NIL where it has no value, what is below it is not.
  void write_entry(imap::MetadataWriter& response, const Bytes& spelled, Depth depth,
                   std::optional<uint32_t> max_size) {
    std::string key = imap::metadata_key(spelled);
    auto write_value = [&](BytesView name, const Bytes& value) {
      if (!told_.insert(imap::metadata_key(name)).second) return;
      if (max_size && value.size() > *max_size) {
        longest_ = std::max(longest_.value_or(0), value.size());
        return;
      }
      response.value(name, &value);
    };
    if (depth == Depth::zero) {
      auto value = values_.find(key);
      if (value) write_value(spelled, *value);
      if (!value && told_.insert(key).second) response.value(spelled, nullptr);
    } else {
      values_.for_each(key, [&](const std::string& name, const Bytes& value) {
        bool deeper = name.size() > key.size() && name.find('/', key.size() + 1) != std::string::npos;
        if (depth == Depth::infinity || !deeper) write_value(spelled + name.substr(key.size()), value);
      });
    }
  }

  Session& session_;
  mail::SnapshotPtr snapshot_;
  EntryValues values_;
  Bytes mailbox_;
  bool utf8_;
  std::optional<size_t> longest_;
  std::set<std::string> told_;  // once each, whatever else that was asked for has it too
};

// RFC 5464 3.3: "l", and one of those that have to do with its messages. A \Noselect name may have annotations too.
Result<mail::Mailbox> annotated(const accounts::Account& account, const mail::Snapshot& snapshot, BytesView name) {
  ROOST_TRY(mail::Mailbox mailbox,
            mailbox_with(account, snapshot, name, Right::lookup, Code::nonexistent, /*names_too=*/true));
  if (account.rights(mailbox).has_any(mail::kRightsToAnnotate)) return mailbox;
  return no(Code::no_perm, "You do not have the right to read annotations of the mailbox.");
}

task<Result<Completion>> run_getmetadata(Session& session, imap::Command& command) {
  auto& get = std::get<imap::GetMetadata>(command.body);
  ROOST_CO_TRY(Place place, co_await find_place(session, get.mailbox.value_or("")));
  mail::SnapshotPtr snapshot = place.account->snapshot();
  MailboxId id;
  if (get.mailbox) {
    ROOST_CO_TRY(mail::Mailbox mailbox, annotated(*place.account, *snapshot, place.name));
    id = mailbox.id();
  }
  Answer answer(session, *place.account, std::move(snapshot), id, get.mailbox.value_or(""));
  ROOST_CO_TRY_VOID(co_await answer.write(get.entries, get.depth.value_or(Depth::zero), get.max_size));
  if (auto bytes = answer.longest()) {
    co_return done(imap::code_metadata_long_entries(*bytes), "GETMETADATA completed.");
  }
  co_return done("GETMETADATA completed.");
}

// RFC 6154 4: attributes as in LIST, separated by spaces.
Result<std::vector<std::string>> special_uses_of(const std::optional<Bytes>& value) {
  std::vector<std::string> uses;
  BytesView rest = value ? BytesView(*value) : BytesView();
  while (!rest.empty()) {
    size_t end = std::min(rest.find(' '), rest.size());
    BytesView use = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (use.empty()) continue;
    if (!use.starts_with('\\') || uses.size() >= kUsesMax) return no(Code::use_attr, "That is no special use.");
    uses.emplace_back(use.substr(1));
  }
  return uses;
}

// What a mailbox is for is its owner's to say.
Result<mail::SetMetadata> operation_of(const Session& session, const Place& place, imap::SetMetadata& set) {
  mail::SetMetadata operation;
  if (set.mailbox) operation.mailbox = place.name;
  for (imap::SetMetadata::Entry& entry : set.entries) {
    if (set.mailbox && entry.name == mail::kSpecialUseEntry) {
      if (!place.own()) return no(Code::use_attr, "Only its owner says what a mailbox is for.");
      ROOST_TRY(operation.special_use, special_uses_of(entry.value));
      continue;
    }
    bool is_private = is_private_entry(entry.name);
    if (!set.mailbox && !is_private) return no(Code::no_perm, "Shared entries of the server are read-only.");
    AccountId user = is_private ? session.account().id() : AccountId(0);
    operation.entries.push_back({user, std::move(entry.name), std::move(entry.value)});
  }
  return operation;
}

imap::ResponseCode max_size_code(const Session& session) {
  return imap::code_metadata_max_size(session.services().accounts.config().limits.metadata_value_bytes_max);
}

// RFC 5464 4.3; empty: nothing is against it.
imap::ResponseCode refusal_of(const Session& session, const imap::SetMetadata& set) {
  size_t bytes_max = session.services().accounts.config().limits.metadata_value_bytes_max;
  for (const imap::SetMetadata::Entry& entry : set.entries) {
    if (!session.config().metadata_private && is_private_entry(entry.name)) {
      return imap::ResponseCode(imap::kMetadataNoPrivate);
    }
    if (entry.value && entry.value->size() > bytes_max) return max_size_code(session);
  }
  return {};
}

// RFC 6154 5.4: mailboxes that lost a special use to this one.
void tell_lost_uses(Session& session, const std::vector<MailboxId>& lost) {
  mail::SnapshotPtr snapshot = session.account().snapshot();
  for (MailboxId id : lost) {
    auto mailbox = snapshot->find(id);
    if (!mailbox) continue;
    imap::MetadataWriter response(session.buffer(), mailbox->name(), session.dialect().utf8_names);
    auto value = spell_special_use(*mailbox);
    response.value(mail::kSpecialUseEntry, value ? &*value : nullptr);
    response.finish();
  }
}

task<Result<Completion>> run_setmetadata(Session& session, imap::Command& command) {
  auto& set = std::get<imap::SetMetadata>(command.body);
  imap::ResponseCode refused = refusal_of(session, set);
  if (!refused.empty()) co_return refusal(std::move(refused), "SETMETADATA failed.");
  ROOST_CO_TRY(Place place, co_await find_place(session, set.mailbox.value_or("")));
  ROOST_CO_TRY(mail::SetMetadata operation, operation_of(session, place, set));
  ROOST_CO_TRY(mail::OperationResult result, co_await place.account->execute(std::move(operation)));
  const auto& done_set = std::get<mail::MetadataSet>(result);
  if (done_set.too_many) {
    co_return refusal(imap::ResponseCode(imap::kMetadataTooMany), "There are too many entries already.");
  }
  note_own_metadata(session, place.account->id(), done_set.modseq);
  tell_lost_uses(session, done_set.lost_use);
  co_return done("SETMETADATA completed.");
}

void enable(Session& session, std::string_view name) {
  (name == "METADATA" ? session.modes().metadata : session.modes().metadata_server) = true;
  watching(session);
}

constexpr Capability kCapabilities[] = {{"METADATA", kLoggedIn}, {"METADATA-SERVER", kLoggedIn}};

constexpr Enabling kEnables[] = {{"METADATA", &Modes::metadata}, {"METADATA-SERVER", &Modes::metadata_server}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::getmetadata, kLoggedIn, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_getmetadata},
    {imap::Verb::setmetadata, kLoggedIn, Hazard::breaks, kValuesLiteralBytesMax, kSmallCommandBytes, run_setmetadata,
     max_size_code},
};

}  // namespace

task<Result<>> write_metadata(Session& session, accounts::AccountPtr account, Bytes prefix, Bytes name,
                              std::vector<Bytes> entries) {
  mail::SnapshotPtr snapshot = account->snapshot();
  auto mailbox = annotated(*account, *snapshot, name);
  if (!mailbox) co_return Result<>{};
  MailboxId id = mailbox->id();
  Answer answer(session, *account, std::move(snapshot), id, prefix + name);
  co_return co_await answer.write(entries, Depth::zero, std::nullopt);
}

constinit const Feature kMetadata = {
    .name = "metadata", .capabilities = kCapabilities, .enables = kEnables, .enable = enable, .commands = kCommands};

}  // namespace roost::imapd
