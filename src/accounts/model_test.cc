// Clients on two nodes write one account while the store does everything that a store may do: what was acknowledged is
// there exactly once, what was refused is not there, and what is unknown is there wholly or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

enum class Place : uint8_t { nowhere, inbox, box, gone };

struct Message {
  ObjectId id;
  std::set<Place> may_be;
  Uid uid;  // where may_be is one place with messages
  size_t group = 0;
};

enum class Outcome : uint8_t { done, refused, unknown };

Outcome outcome_of(const OperationAnswer& answer) {
  if (answer) return Outcome::done;
  return answer.error().kind == Error::Kind::no ? Outcome::refused : Outcome::unknown;
}

// One device: works on messages of its own, in the shared INBOX and in a mailbox of its own.
class Client {
 public:
  Client(TestWorld& world, size_t node, size_t number, uint64_t seed)
      : world_(world), node_(node), box_("box" + std::to_string(number)), dice_(seed * 100 + number) {}

  task<> live(int steps) {
    for (; steps > 0; --steps) {
      if (!account_) co_await open();
      if (!account_) continue;
      switch (dice_() % 8) {
        case 0:
        case 1:
        case 2: co_await append(); break;
        case 3:
        case 4: co_await move(); break;
        case 5: co_await expunge(); break;
        case 6: account_.reset(); break;
        default: co_await rt::Loop::current()->sleep(Millis(dice_() % 500));
      }
    }
    account_.reset();
    ended = true;
  }

  std::vector<Message> messages;
  const std::string& box() const { return box_; }
  bool ended = false;

 private:
  task<> open() {
    auto opened = co_await world_.nodes[node_].accounts->open(AccountId(1));
    if (!opened) {
      co_await rt::Loop::current()->sleep(Millis(100));
      co_return;
    }
    account_ = *opened;
    mail::CreateMailbox create{box_, {}};
    co_await account_->execute(std::move(create));
  }

  task<> append() {
    mail::Append append{std::string("INBOX"), {}};
    size_t first = messages.size();
    for (size_t count = 1 + dice_() % 3; count > 0; --count) {
      append.messages.push_back(test_message());
      messages.push_back({append.messages.back().email_id, {}, Uid(), first});
    }
    OperationAnswer answer = co_await account_->execute(std::move(append));
    for (size_t i = first; i < messages.size(); ++i) {
      switch (outcome_of(answer)) {
        case Outcome::done:
          messages[i].may_be = {Place::inbox};
          messages[i].uid = Uid(std::get<mail::Appended>(*answer).first.value + static_cast<uint32_t>(i - first));
          break;
        case Outcome::refused: messages[i].may_be = {Place::nowhere}; break;
        case Outcome::unknown: messages[i].may_be = {Place::nowhere, Place::inbox}; break;
      }
    }
  }

  Message* pick(Place place) {
    std::vector<Message*> fit;
    for (Message& m : messages) {
      if (m.may_be == std::set{place}) fit.push_back(&m);
    }
    return fit.empty() ? nullptr : fit[dice_() % fit.size()];
  }

  task<> move() {
    Message* message = pick(Place::inbox);
    auto inbox = account_->snapshot()->find("INBOX");
    if (message == nullptr || !account_->snapshot()->find(box_)) co_return;
    mail::Copy copy{inbox->id(), UidSet::single(message->uid), box_, true};
    OperationAnswer answer = co_await account_->execute(std::move(copy));
    switch (outcome_of(answer)) {
      case Outcome::done: {
        const auto& copied = std::get<mail::Copied>(*answer);
        EXPECT_EQ(copied.source, UidSet::single(message->uid));
        message->may_be = {Place::box};
        if (auto uid = copied.target.first()) message->uid = *uid;
        break;
      }
      case Outcome::refused: break;
      case Outcome::unknown: message->may_be = {Place::inbox, Place::box};
    }
  }

  task<> expunge() {
    Message* message = pick(Place::box);
    auto snapshot = account_->snapshot();
    auto box = snapshot->find(box_);
    if (message == nullptr || !box) co_return;
    MailboxId id = box->id();
    mail::Store mark{id, UidSet::single(message->uid), mail::StoreHow::add, SystemFlag::deleted};
    if (outcome_of(co_await account_->execute(std::move(mark))) != Outcome::done) co_return;
    mail::Expunge expunge{id, UidSet::single(message->uid)};
    switch (outcome_of(co_await account_->execute(std::move(expunge)))) {
      case Outcome::done: message->may_be = {Place::gone}; break;
      case Outcome::refused: break;
      case Outcome::unknown: message->may_be = {Place::box, Place::gone};
    }
  }

  TestWorld& world_;
  size_t node_;
  std::string box_;
  std::mt19937_64 dice_;
  AccountPtr account_;
};

// Keeps the uids of INBOX by what it is told alone.
class Follower : public Listener {
 public:
  Follower(rt::Loop& loop, AccountPtr account) : loop_(loop), account_(std::move(account)) {
    auto inbox = *account_->snapshot()->find("INBOX");
    inbox_ = inbox.id();
    loop_.post([this] {
      subscription_ = account_->subscribe(loop_, MailboxId(0), this);
      look();
    });
  }
  void changed(const mail::Change& change) override {
    if (change.before == change.after) return look();
    if (looking_ > 0) return later_.push_back(change);
    apply(change);
  }
  void end() {
    loop_.post([this] {
      subscription_ = {};
      account_.reset();
    });
  }

  Position at() const { return at_; }
  const UidSet& uids() const { return uids_; }

 private:
  void apply(const mail::Change& change) {
    if (change.after <= at_) return;
    EXPECT_EQ(change.before, at_);
    at_ = change.after;
    if (const auto* one = change.find(inbox_)) uids_ = uids_.unite(one->appended).subtract(one->expunged);
  }

  // As a session does that was told that it must look for itself.
  void look() {
    ++looking_;
    rt::spawn(loop_, [](Follower* self) -> task<> {
      auto snapshot = co_await self->account_->load(self->inbox_);
      if (snapshot && (*snapshot)->position() > self->at_) {
        self->at_ = (*snapshot)->position();
        self->uids_ = (*snapshot)->find(self->inbox_)->uids();
      }
      if (!snapshot) co_await rt::Loop::current()->sleep(Millis(100));
      if (!snapshot) self->look();
      if (--self->looking_ > 0) co_return;
      for (const mail::Change& change : std::exchange(self->later_, {})) self->apply(change);
    }(this));
  }

  rt::Loop& loop_;
  AccountPtr account_;
  MailboxId inbox_;
  Subscription subscription_;
  Position at_;
  UidSet uids_;
  int looking_ = 0;
  std::vector<mail::Change> later_;
};

struct Finding {
  Place place;
  BlobId blob;
};

// Where every message is, as a node sees it that was not there before.
std::multimap<ObjectId, Finding> look_everywhere(TestWorld& world, const AccountPtr& account) {
  std::multimap<ObjectId, Finding> found;
  std::vector<MailboxId> ids;
  account->snapshot()->for_each_mailbox([&](const mail::Mailbox& m) {
    ids.push_back(m.id());
    return true;
  });
  for (MailboxId id : ids) {
    auto snapshot = world.wait(account->load(id));
    EXPECT_TRUE(snapshot);
    auto mailbox = *(*snapshot)->find(id);
    Place place = mailbox.name() == "INBOX" ? Place::inbox : Place::box;
    mailbox.for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
      found.emplace(cold.email_id, Finding{place, cold.blob});
      return true;
    });
  }
  return found;
}

void verify(TestWorld& world, const Client& client, const AccountPtr& account,
            const std::multimap<ObjectId, Finding>& found) {
  std::map<size_t, std::set<bool>> groups;
  for (const Message& message : client.messages) {
    auto [first, last] = found.equal_range(message.id);
    ASSERT_LE(std::distance(first, last), 1);
    bool there = first != last;
    if (there) {
      EXPECT_TRUE(message.may_be.contains(first->second.place));
      EXPECT_TRUE(world.wait(account->body(first->second.blob, {0, UINT64_MAX})));
    } else {
      EXPECT_TRUE(message.may_be.contains(Place::nowhere) || message.may_be.contains(Place::gone));
    }
    if (message.may_be.contains(Place::nowhere)) groups[message.group].insert(there);
  }
  for (const auto& [group, there] : groups) EXPECT_EQ(there.size(), 1U) << "half of an append";
}

store::FaultPlan faults(uint64_t seed) {
  store::FaultPlan plan;
  plan.seed = seed;
  plan.conflict_permille = seed % 3 * 40;
  plan.unknown_stored_permille = 50;
  plan.unknown_not_stored_permille = 50;
  plan.unavailable_permille = seed % 4 * 15;
  plan.lost_hint_permille = 200;
  plan.hint_delay_ms_max = Millis(100);
  plan.delay_ms_max = Millis(seed % 5 * 10);
  return plan;
}

void run_model(uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  TestWorld world(seed);
  AccountsConfig config;
  config.tail_records_max = 10;
  config.retention_seconds = 20;
  config.dropped_page_grace_seconds = 60;
  config.maintenance_walk_seconds = 15;
  config.combine_operations_max = 1 + seed % 8;
  config.open_bytes_max = seed % 2 == 0 ? 1 : 1 << 20;
  for (size_t i = 0; i < 2; ++i) world.add_node(config);
  std::vector<std::unique_ptr<Follower>> followers;
  for (size_t i = 0; i < 2; ++i) {
    followers.push_back(std::make_unique<Follower>(world.sim->loops().at(i), world.open(world.nodes[i])));
  }
  world.sim->run_for(Millis(10));
  for (size_t i = 0; i < 2; ++i) world.nodes[i].store->set_faults(faults(seed * 2 + i));

  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<Client>(world, i % 2, i, seed));
    rt::spawn(world.sim->loops().at(i / 2 % 2), clients.back()->live(100));
  }
  auto all_ended = [&] { return std::ranges::all_of(clients, [](const auto& c) { return c->ended; }); };
  for (int i = 0; i < 1'000 && !all_ended(); ++i) world.sim->run_for(Millis(1'000));
  ASSERT_TRUE(all_ended());
  for (TestNode& node : world.nodes) node.store->set_faults({});
  world.sim->run_for(Millis(120'000));

  uint64_t commits = 0;
  uint64_t conflicts = 0;
  uint64_t checkpoints = 0;
  for (TestNode& node : world.nodes) {
    AccountsStats stats = node.accounts->stats();
    commits += stats.commits;
    conflicts += stats.conflicts;
    checkpoints += stats.checkpoints;
  }
  EXPECT_GT(commits, 100U);
  EXPECT_GT(conflicts, 0U);
  EXPECT_GT(checkpoints, 0U);
  AccountPtr fresh = world.open(world.add_node());
  EXPECT_THAT(check(fresh, world), testing::IsEmpty());
  auto found = look_everywhere(world, fresh);
  for (const auto& client : clients) verify(world, *client, fresh, found);
  for (auto& follower : followers) {
    EXPECT_EQ(follower->at(), fresh->snapshot()->position());
    EXPECT_EQ(follower->uids(), world.inbox(fresh->snapshot()).uids());
    follower->end();
  }
  world.sim->run_for(Millis(100));
}

// ROOST_SEEDS=1000 runs more of them.
TEST(Accounts, KeepTheirPromisesWhateverTheStoreDoes) {
  const char* wanted = std::getenv("ROOST_SEEDS");
  uint64_t seeds = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 60;
  for (uint64_t seed = 1; seed <= seeds && !testing::Test::HasFailure(); ++seed) run_model(seed);
}

}  // namespace
}  // namespace roost::accounts
