#include "accounts/acting_account.h"

#include <utility>

#include "accounts/history.h"
#include "accounts/home.h"

namespace roost::accounts {
namespace {

class ActingAccount final : public Account {
 public:
  ActingAccount(mail::Actor actor, AccountPtr account, OpenAccount& opened)
      : actor_(std::move(actor)), account_(std::move(account)), opened_(opened) {}

  OpenAccount& opened() { return opened_; }

  AccountId id() const override { return opened_.id(); }
  const mail::Actor& actor() const override { return actor_; }
  bool retired() const override { return opened_.retired(); }
  mail::SnapshotPtr snapshot() const override { return read_by(actor_.own_seen, opened_.snapshot()); }
  task<Result<mail::OperationResult>> execute(mail::Operation operation) override {
    return opened_.execute_for(actor_, std::move(operation));
  }
  task<Result<mail::SnapshotPtr>> load(MailboxId mailbox, mail::Rows rows) override {
    ROOST_CO_TRY(mail::SnapshotPtr snapshot, co_await opened_.load(mailbox, std::move(rows)));
    co_return read_by(actor_.own_seen, snapshot);
  }
  task<Result<mail::SnapshotPtr>> load_changes(MailboxId mailbox, ModSeq since) override {
    ROOST_CO_TRY(mail::SnapshotPtr snapshot, co_await opened_.load_changes(mailbox, since));
    co_return read_by(actor_.own_seen, snapshot);
  }
  task<Result<std::vector<std::shared_ptr<const Bytes>>>> cards(std::vector<mail::Cold> rows) override {
    return opened_.cards(std::move(rows));
  }
  task<Result<Bytes>> body(BlobId blob, store::Range range) override { return opened_.body(blob, range); }
  task<std::vector<Result<Bytes>>> bodies(std::vector<store::AccountStore::BlobRange> ranges) override {
    return opened_.bodies(std::move(ranges));
  }
  task<Result<std::unique_ptr<Upload>>> upload(uint64_t size_max) override { return opened_.upload(size_max); }
  Subscription subscribe(rt::Loop& loop, MailboxId mailbox, Listener* listener) override {
    return opened_.subscribe(loop, mailbox, listener);
  }

 private:
  const mail::Actor actor_;
  const AccountPtr account_;  // keeps it open
  OpenAccount& opened_;
};

}  // namespace

AccountPtr act_as(mail::Actor actor, AccountPtr account) {
  OpenAccount& whole = *opened(*account);
  return std::make_shared<ActingAccount>(std::move(actor), std::move(account), whole);
}

OpenAccount* opened(Account& account) {
  if (auto* acting = dynamic_cast<ActingAccount*>(&account)) return &acting->opened();
  if (OpenAccount* present = present_of(account)) return present;
  return dynamic_cast<OpenAccount*>(&account);
}

rt::Loop* home_of(Account& account) {
  OpenAccount* open = opened(account);
  return open != nullptr ? &open->home() : nullptr;
}

}  // namespace roost::accounts
