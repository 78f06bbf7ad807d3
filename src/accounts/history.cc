#include "accounts/history.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "accounts/acting_account.h"
#include "accounts/open_account.h"
#include "accounts/retention.h"
#include "accounts/search_turn.h"
#include "mail/former.h"

namespace roost::accounts {
namespace {

constexpr size_t kBodiesAtOnce = 64;
constexpr int64_t kDaySeconds = 24 * 3600;
// Ids that no store gives to an account: this bit, and the day from there on.
constexpr uint64_t kHistoryIdBit = uint64_t{1} << 63;
constexpr int kHistoryDayShift = 40;

AccountId history_id(AccountId account, int64_t time) {
  auto day = static_cast<uint64_t>(time / kDaySeconds);
  return AccountId(kHistoryIdBit | day << kHistoryDayShift | account.value);
}

// Of a body that was there when it was looked at; damage is named by whoever looks for it.
template <class T>
Result<T> unless_let_go(Result<T> result) {
  if (result || result.error().code != Code::corruption) return result;
  return no(Code::expunge_issued, "The message is not kept any more.");
}

Fail read_only_past() { return no(Code::no_perm, "What was can be read and copied, not changed."); }

class HistoryAccount final : public Account {
 public:
  HistoryAccount(AccountPtr present, mail::Actor actor, AccountId id, const mail::FormerAccount& former)
      : present_(std::move(present)),
        opened_(*opened(*present_)),
        actor_(std::move(actor)),
        id_(id),
        snapshot_(former.snapshot()),
        sources_(former.sources()) {}

  OpenAccount& opened_account() { return opened_; }

  AccountId id() const override { return id_; }
  const mail::Actor& actor() const override { return actor_; }
  bool retired() const override {
    if (opened_.retired()) return true;
    mail::SnapshotPtr now = opened_.snapshot();
    return !std::ranges::all_of(sources_, [&](const mail::FormerSource& one) { return mail::is_kept(*now, one); });
  }
  mail::SnapshotPtr snapshot() const override { return snapshot_; }
  task<Result<mail::OperationResult>> execute(mail::Operation) override { co_return read_only_past(); }
  task<Result<mail::SnapshotPtr>> load(MailboxId mailbox, mail::Rows) override {
    if (!snapshot_->find(mailbox)) co_return no(Code::nonexistent, "The mailbox is gone.");
    co_return snapshot_;
  }
  task<Result<mail::SnapshotPtr>> load_changes(MailboxId mailbox, ModSeq) override {
    return load(mailbox, mail::kAllRows);
  }
  task<Result<std::vector<std::shared_ptr<const Bytes>>>> cards(std::vector<mail::Cold> rows) override {
    return opened_.cards(std::move(rows));
  }
  task<Result<Bytes>> body(BlobId blob, store::Range range) override {
    co_return unless_let_go(co_await opened_.body(blob, range));
  }
  task<std::vector<Result<Bytes>>> bodies(std::vector<store::AccountStore::BlobRange> ranges) override {
    std::vector<Result<Bytes>> bodies = co_await opened_.bodies(std::move(ranges));
    for (Result<Bytes>& body : bodies) body = unless_let_go(std::move(body));
    co_return bodies;
  }
  task<Result<std::unique_ptr<Upload>>> upload(uint64_t) override { co_return read_only_past(); }
  // Nothing ever happens there.
  Subscription subscribe(rt::Loop&, MailboxId, Listener*) override { return {}; }

 private:
  const AccountPtr present_;  // keeps it open
  OpenAccount& opened_;
  const mail::Actor actor_;
  const AccountId id_;
  const mail::SnapshotPtr snapshot_;
  const std::vector<mail::FormerSource> sources_;
};

// Works on the account's home loop.
class Looking {
 public:
  Looking(std::shared_ptr<OpenAccount> account, const mail::Actor& actor, int64_t time)
      : account_(std::move(account)),
        now_(account_->snapshot()),
        time_(time),
        former_(*now_, {{actor.user, Right::lookup | Right::read}}) {}

  task<Result<>> look_at(std::optional<std::string> mailbox) {
    std::shared_ptr<void> work = account_->begin_work();
    rt::Pool& pool = account_->environment().pool;
    auto found = co_await pool.run([&] { return mail::former_mailboxes(*now_, time_, mailbox); });
    for (const mail::FormerMailbox& one : found) {
      if (account_->winding_down()) co_return closed();
      ROOST_CO_TRY_VOID(co_await add(one, mailbox.has_value()));
    }
    co_return Result<>{};
  }
  const mail::FormerAccount& former() const { return former_; }

 private:
  // The pages of one mailbox after the other are in memory, and only as long as it takes.
  task<Result<>> add(const mail::FormerMailbox& mailbox, bool rows) {
    mail::SnapshotPtr now = now_;
    std::vector<PageId> pages = mail::pages_of_former(*now, mailbox.id);
    if (!pages.empty()) {
      ROOST_CO_TRY(now, co_await account_->replica().with_needed(std::move(now), std::move(pages)));
    }
    rt::Pool& pool = account_->environment().pool;
    auto doubtful = co_await pool.run([&] { return mail::doubtful_bodies(*now, mailbox.id, time_); });
    ROOST_CO_TRY(auto gone, co_await gone_of(std::move(doubtful)));
    co_await pool.run([&] {
      former_.add(*now, mailbox, time_, gone, rows);
      return true;
    });
    co_return Result<>{};
  }

  task<Result<std::unordered_set<uint64_t>>> gone_of(std::vector<BlobId> doubtful) {
    std::unordered_set<uint64_t> gone;
    for (size_t at = 0; at < doubtful.size(); at += kBodiesAtOnce) {
      std::vector<store::AccountStore::BlobRange> first_octets;
      for (size_t i = at; i < std::min(doubtful.size(), at + kBodiesAtOnce); ++i) {
        first_octets.push_back({doubtful[i], {0, 1}});
      }
      auto bodies = co_await account_->environment().store.get_blobs(std::move(first_octets));
      for (size_t i = 0; i < bodies.size(); ++i) {
        if (bodies[i]) continue;
        if (bodies[i].error().code != Code::corruption) co_return std::unexpected(bodies[i].error());
        gone.insert(doubtful[at + i].serial);
      }
    }
    co_return gone;
  }

  const std::shared_ptr<OpenAccount> account_;
  const mail::SnapshotPtr now_;
  const int64_t time_;
  mail::FormerAccount former_;
};

}  // namespace

HistoryTimes history_times(Account& account) {
  Environment& env = opened(account)->environment();
  const mail::RetentionTimes times = retention_times(env);
  // An account's first UIDVALIDITY, which INBOX has, is the time at which it began.
  auto inbox = account.snapshot()->find("INBOX");
  int64_t begun = inbox ? inbox->uidvalidity().value : times.now;
  return {std::max(times.now - times.expunged_rows_seconds, begun), times.now};
}

task<Result<AccountPtr>> open_history(AccountPtr account, std::string user, int64_t time,
                                      std::optional<std::string> mailbox) {
  std::shared_ptr<OpenAccount> open = opened(*account)->shared_from_this();
  mail::Actor actor = mail::Actor::visiting(std::move(user));
  rt::Loop* caller = rt::Loop::current();
  co_await open->begin_search();  // it reads as much as a search
  SearchTurn turn(open);
  co_await open->home().hop();
  Looking looking(open, actor, time);
  Result<> looked = co_await looking.look_at(std::move(mailbox));
  co_await caller->hop();
  if (!looked) co_return std::unexpected(std::move(looked).error());
  AccountId id = history_id(account->id(), time);
  co_return std::make_shared<HistoryAccount>(std::move(account), std::move(actor), id, looking.former());
}

OpenAccount* present_of(Account& account) {
  auto* history = dynamic_cast<HistoryAccount*>(&account);
  return history != nullptr ? &history->opened_account() : nullptr;
}

task<Result<>> give_own_bodies(Account& from, Account& to, std::vector<mail::NewMessage>& messages) {
  OpenAccount* present = present_of(from);
  if (present == nullptr || present->id() != to.id()) co_return Result<>{};
  for (mail::NewMessage& message : messages) {
    ROOST_CO_TRY(message.blob, unless_let_go(co_await present->copy_of(message.blob)));
  }
  co_return Result<>{};
}

}  // namespace roost::accounts
