#include <fmt/format.h>

#include <set>

#include "admin/restore.h"
#include "rt/loop.h"

namespace roost::admin {
namespace {

constexpr uint64_t kPieceBytes = 256 * 1024;
constexpr size_t kMessagesPerRecord = 100;
constexpr uint64_t kBytesPerRecord = uint64_t{8} << 20;

// A mailbox's rows, so many at a time that a loop which serves others can take them in one step.
class RowsInSteps {
 public:
  explicit RowsInSteps(const mail::Mailbox& mailbox) : mailbox_(mailbox) {}

  // None at the end.
  std::vector<mail::Row> next() {
    std::vector<mail::Row> rows;
    if (from_ == Uid(0)) return rows;
    mailbox_.for_each(from_, Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot& hot) {
      rows.push_back({cold, hot});
      return rows.size() < kRowsPerStep;
    });
    if (!rows.empty()) from_ = rows.back().cold.uid.next();  // 0 after the last that there can be
    return rows;
  }

 private:
  static constexpr size_t kRowsPerStep = 1'000;
  const mail::Mailbox& mailbox_;
  Uid from_{1};
};

// Message by message, some to a record: those of one mailbox that the other does not have.
class Merging {
 public:
  Merging(VerbRun run, accounts::Account& from, accounts::Account& to, std::string owner, std::string name)
      : run_(run), from_(from), to_(to), owner_(std::move(owner)), name_(std::move(name)) {}

  task<Result<>> run() {
    mail::SnapshotPtr source = from_.snapshot();
    MailboxId from = source->find(name_)->id();
    ROOST_CO_TRY(source, co_await from_.load(from));
    auto mailbox = source->find(from);
    ROOST_CO_TRY_VOID(co_await make_mailbox(*source, *mailbox));
    ROOST_CO_TRY_VOID(co_await read_present());
    RowsInSteps rows(*mailbox);
    for (auto some = rows.next(); !some.empty(); some = rows.next()) {
      for (const mail::Row& row : some) {
        if (!present_.contains(row.cold.email_id)) ROOST_CO_TRY_VOID(co_await take(*mailbox, row));
      }
      co_await rt::Loop::current()->yield();
    }
    ROOST_CO_TRY_VOID(co_await flush());
    if (restored > 0) co_await run_.say(fmt::format("{}: {} messages\n", name_, restored));
    co_return Result<>();
  }

  uint64_t restored = 0;
  uint64_t damaged = 0;

 private:
  task<Result<>> make_mailbox(const mail::Snapshot& source, const mail::Mailbox& like) {
    mail::SnapshotPtr there = to_.snapshot();
    auto mailbox = there->find(name_);
    if (mailbox && !mailbox->noselect()) co_return Result<>();
    mail::CreateMailbox create{name_, like.special_use()};
    auto made = co_await to_.execute(create);
    if (!made && made.error().code == Code::use_attr) {
      create.special_use.clear();
      made = co_await to_.execute(create);
    }
    if (!made) co_return Fail(made.error());
    ROOST_CO_TRY_VOID(co_await bring_annotations(source, like));
    ROOST_CO_TRY_VOID(co_await bring_rights(like));
    if (!source.subscribed(name_)) co_return Result<>();
    mail::Subscribe subscribe{name_, true};
    ROOST_CO_TRY_VOID(co_await to_.execute(std::move(subscribe)));
    co_return Result<>();
  }

  // Those that everybody sees, and the owner's own.
  task<Result<>> bring_annotations(const mail::Snapshot& source, const mail::Mailbox& like) {
    mail::SetMetadata set;
    set.mailbox = name_;
    for (auto [user, now] : {std::pair(AccountId(), AccountId()), std::pair(from_.id(), to_.id())}) {
      source.for_each_metadata(like.id(), user, "", [&](const std::string& entry, const Bytes& value) {
        set.entries.push_back({now, entry, value});
      });
    }
    if (set.entries.empty()) co_return Result<>();
    ROOST_CO_TRY_VOID(co_await to_.execute(std::move(set)));
    co_return Result<>();
  }

  task<Result<>> bring_rights(const mail::Mailbox& like) {
    for (const mail::AclEntry& entry : like.acl()) {
      mail::SetAcl set{.mailbox = name_, .identifier = entry.identifier, .rights = entry.rights};
      accounts::Grant grant{.account = to_.id(), .owner = owner_};
      ROOST_CO_TRY_VOID(co_await run_.services.accounts.note_grant(entry.identifier, std::move(grant)));
      ROOST_CO_TRY_VOID(co_await to_.execute(std::move(set)));
    }
    co_return Result<>();
  }

  task<Result<>> read_present() {
    MailboxId id = to_.snapshot()->find(name_)->id();
    ROOST_CO_TRY(auto snapshot, co_await to_.load(id));
    auto mailbox = snapshot->find(id);
    RowsInSteps rows(*mailbox);
    for (auto some = rows.next(); !some.empty(); some = rows.next()) {
      for (const mail::Row& row : some) present_.insert(row.cold.email_id);
      co_await rt::Loop::current()->yield();
    }
    co_return Result<>();
  }

  task<Result<mail::NewMessage>> copy(const mail::Cold& cold) {
    ROOST_CO_TRY(auto upload, co_await to_.upload(cold.size));
    for (uint64_t at = 0; at < cold.size; at += kPieceBytes) {
      store::Range range{at, kPieceBytes};
      ROOST_CO_TRY(Bytes piece, co_await from_.body(cold.blob, range));
      ROOST_CO_TRY_VOID(co_await upload->write(std::move(piece)));
    }
    co_return co_await upload->finish();
  }

  task<Result<>> take(const mail::Mailbox& mailbox, const mail::Row& row) {
    auto message = co_await copy(row.cold);
    if (!message && message.error().code == Code::corruption) {
      ++damaged;
      co_await run_.say(fmt::format("{}: uid {} of the backup is damaged.\n", name_, row.cold.uid.value));
      co_return Result<>();
    }
    if (!message) co_return Fail(message.error());
    message->flags = row.hot.flags;
    for (uint16_t index : mailbox.keywords_of(row.hot.keywords)) {
      message->keywords.push_back(mailbox.keywords()[index]);
    }
    message->internal_date = row.cold.internal_date;
    message->email_id = row.cold.email_id;
    message->thread_id = row.cold.thread_id;
    bytes_ += row.cold.size;
    waiting_.push_back(*std::move(message));
    if (waiting_.size() < kMessagesPerRecord && bytes_ < kBytesPerRecord) co_return Result<>();
    co_return co_await flush();
  }

  task<Result<>> flush() {
    if (waiting_.empty()) co_return Result<>();
    restored += waiting_.size();
    bytes_ = 0;
    mail::Append append{name_, std::exchange(waiting_, {})};
    ROOST_CO_TRY_VOID(co_await to_.execute(std::move(append)));
    co_return Result<>();
  }

  VerbRun run_;
  accounts::Account& from_;
  accounts::Account& to_;
  const std::string owner_;
  const std::string name_;
  std::set<ObjectId> present_;
  std::vector<mail::NewMessage> waiting_;
  uint64_t bytes_ = 0;
};

std::vector<std::string> names_to_merge(const mail::Snapshot& source, const std::optional<std::string>& only) {
  std::vector<std::string> names;
  source.for_each_mailbox([&](const mail::Mailbox& mailbox) {
    if (!mailbox.noselect() && (!only || *only == mailbox.name())) names.push_back(mailbox.name());
    return true;
  });
  return names;
}

}  // namespace

task<Result<>> merge_account(VerbRun run, StagedStore& staged, AccountId from, auth::UserInfo user,
                             std::optional<std::string> mailbox) {
  ROOST_CO_TRY(auto to, co_await run.services.accounts.open(user.account));
  ROOST_CO_TRY(auto source, co_await staged.accounts().open(from));
  std::vector<std::string> names = names_to_merge(*source->snapshot(), mailbox);
  if (mailbox && names.empty()) co_return no(Code::nonexistent, "The backup has no mailbox '" + *mailbox + "'");
  uint64_t restored = 0;
  uint64_t damaged = 0;
  for (std::string& name : names) {
    Merging merging(run, *source, *to, user.name, std::move(name));
    ROOST_CO_TRY_VOID(co_await merging.run());
    restored += merging.restored;
    damaged += merging.damaged;
  }
  co_await run.say(fmt::format("Restored {} messages.\n", restored));
  Json json = {{"messages", restored}, {"damaged", damaged}};
  co_await run.print(std::move(json));
  if (damaged == 0) co_return Result<>();
  co_return no(Code::corruption, fmt::format("{} messages of the backup are damaged", damaged));
}

}  // namespace roost::admin
