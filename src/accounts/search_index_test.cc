#include "accounts/search_index.h"

#include <algorithm>
#include <random>
#include <set>

#include "accounts/acting_account.h"
#include "accounts/index_keeping.h"
#include "accounts/stored_index.h"
#include "accounts/test_world_test.h"
#include "store/index_store.h"

namespace roost::accounts {
namespace {

using search::InBody;
using search::InText;
using search::Query;
using testing::IsEmpty;

constexpr Millis kSoon{3'000};  // by then the index has what came

mail::NewMessage message_of(const std::string& subject, const std::string& body) {
  std::string text = "From: a@b.example\r\nSubject: " + subject + "\r\n\r\n" + body + "\r\n";
  mail::NewMessage message;
  message.size = text.size();
  message.card = std::make_shared<const Bytes>(message::encode_card(message::make_card(message::parse(text))));
  message.body = std::make_shared<const Bytes>(std::move(text));
  message.email_id = random_object_id();
  message.thread_id = random_object_id();
  return message;
}

mail::Append append_of(std::string mailbox, const std::vector<std::string>& bodies) {
  mail::Append append{std::move(mailbox), {}};
  for (const std::string& body : bodies) append.messages.push_back(message_of("s", body));
  return append;
}

struct SearchIndex : testing::Test {
  TestWorld world{7};

  TestNode& add_node(bool indexing, AccountsConfig config = {}, store::FaultPlan faults = {}) {
    TestNode& node = world.add_node(std::move(config), faults);
    if (indexing) keep_search_index(*node.accounts);
    return node;
  }
  IndexStatus status(const AccountPtr& account) {
    auto status = world.wait(index_status(account));
    EXPECT_TRUE(status);
    return status.value_or(IndexStatus());
  }
  UidSet find(const AccountPtr& account, const Query& query, const std::string& mailbox = "INBOX") {
    auto id = account->snapshot()->find(mailbox)->id();
    auto loaded = world.wait(account->load(id));
    auto found = world.wait(search(account, *loaded, id, query, nullptr));
    EXPECT_TRUE(found);
    return found ? found->uids : UidSet();
  }
  // The serials that the index knows.
  std::set<uint64_t> indexed(const AccountPtr& account) {
    Environment& env = opened(*account)->environment();
    auto stored = world.wait(read_index(env, account->id()));
    std::set<uint64_t> serials;
    if (!stored || !stored->root) return serials;
    for (const search::BlockEntry& entry : stored->root->blocks) {
      auto block = world.wait(read_block(env, account->id(), entry));
      EXPECT_TRUE(block);
      for (const search::IndexedBody& body : block->bodies.bodies) serials.insert(body.serial);
    }
    return serials;
  }
  size_t messages_ruled_out(const AccountPtr& account, const std::string& needle) {
    OpenAccount* open = opened(*account);
    std::vector<search::NarrowedKey> keys = {{0, search::needle_trigrams(needle)}};
    auto narrowing = world.wait(read_narrowing(open->shared_from_this(), keys, UINT64_MAX));
    if (narrowing == nullptr) return 0;
    size_t count = 0;
    auto snapshot = *world.wait(account->load(world.inbox(account->snapshot()).id()));
    world.inbox(snapshot).for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& row, const mail::Hot&) {
      search::Answers answers(1, search::Tri::unknown);
      narrowing->narrow(row, answers);
      if (answers[0] == search::Tri::no) ++count;
      return true;
    });
    return count;
  }
};

TEST_F(SearchIndex, HasWhatCameSoonAfter) {
  TestNode& node = add_node(true);
  AccountPtr account = world.open(node);
  for (int i = 0; i < 40; ++i) world.must<mail::Appended>(account, append_of("INBOX", {"plain words here"}));
  world.must<mail::Appended>(account, append_of("INBOX", {"a zyzzyva"}));
  EXPECT_EQ(messages_ruled_out(account, "ZYZZYVA"), 0U);
  EXPECT_EQ(find(account, InBody{"zyzzyva"}).count(), 1U);
  world.sim->run_for(kSoon);
  IndexStatus now = status(account);
  EXPECT_TRUE(now.exists && now.usable && now.complete);
  EXPECT_EQ(now.bodies, 41U);
  EXPECT_EQ(now.records_behind, 0U);
  EXPECT_EQ(messages_ruled_out(account, "ZYZZYVA"), 40U);
  EXPECT_EQ(find(account, InBody{"zyzzyva"}).count(), 1U);
  EXPECT_EQ(find(account, InText{"plain WORDS"}).count(), 40U);
  EXPECT_EQ(find(account, search::Not{{InBody{"zyzzyva"}}}).count(), 40U);
}

TEST_F(SearchIndex, WaitsForTheEndOfAStreamButNotForLong) {
  TestNode& node = add_node(true);
  AccountPtr account = world.open(node);
  auto stream = [&](int messages) {
    for (int i = 0; i < messages; ++i) {
      world.must<mail::Appended>(account, append_of("INBOX", {"one of many"}));
      world.sim->run_for(Millis(100));
    }
  };
  stream(7);
  EXPECT_EQ(status(account).bodies, 0U);
  stream(10);
  EXPECT_GT(status(account).bodies, 7U);
  EXPECT_EQ(status(account).blocks, 1U);
}

TEST_F(SearchIndex, DoesNotWaitWhereABlockIsFull) {
  TestNode& node = add_node(true);
  AccountPtr account = world.open(node);
  world.must<mail::Appended>(account, append_of("INBOX", {"the first"}));
  world.sim->run_for(Millis(100));
  world.must<mail::Appended>(account,
                             append_of("INBOX", std::vector<std::string>(search::kBlockBodiesMax, "and the others")));
  world.sim->run_for(Millis(700));
  EXPECT_EQ(status(account).bodies, 1 + search::kBlockBodiesMax);
}

TEST_F(SearchIndex, IsNotKeptWhereItIsNotWanted) {
  TestNode& node = add_node(false);
  AccountPtr account = world.open(node);
  world.must<mail::Appended>(account, append_of("INBOX", {"text"}));
  world.sim->run_for(kSoon);
  EXPECT_FALSE(status(account).exists);
}

TEST_F(SearchIndex, KnowsABodyOnceHoweverOftenItIsCopied) {
  TestNode& node = add_node(true);
  AccountPtr account = world.open(node);
  world.must<mail::Created>(account, mail::CreateMailbox{"Box", {}});
  world.must<mail::Appended>(account, append_of("INBOX", {"one", "two"}));
  world.sim->run_for(kSoon);
  auto snapshot = account->snapshot();
  mail::Copy copy{.from = world.inbox(snapshot).id(), .uids = UidSet{{Uid(1), Uid(2)}}, .to = "Box"};
  world.must<mail::Copied>(account, copy);
  world.sim->run_for(kSoon);
  EXPECT_EQ(status(account).bodies, 2U);
  ASSERT_TRUE(world.wait(rebuild_index(account, nullptr)));
  EXPECT_EQ(status(account).bodies, 2U);
  EXPECT_EQ(find(account, InBody{"two"}, "Box").count(), 1U);
}

TEST_F(SearchIndex, IsMadeOfWhatWasThereBefore) {
  TestNode& plain = add_node(false);
  AccountPtr before = world.open(plain);
  for (int i = 0; i < 30; ++i) world.must<mail::Appended>(before, append_of("INBOX", {"text", "more"}));
  ASSERT_TRUE(world.wait(plain.accounts->maintain(AccountId(1))));
  TestNode& node = add_node(true);
  AccountPtr account = world.open(node);
  world.sim->run_for(kSoon);
  EXPECT_EQ(status(account).bodies, 60U);
  EXPECT_EQ(messages_ruled_out(account, "MORE"), 30U);
}

TEST_F(SearchIndex, GoesOnWhereItWas) {
  TestNode& first = add_node(true);
  AccountPtr account = world.open(first);
  world.must<mail::Appended>(account, append_of("INBOX", {"one"}));
  world.sim->run_for(kSoon);
  account = nullptr;
  world.stop(first);
  first.store->crash();
  TestNode& second = add_node(true);
  account = world.open(second);
  world.must<mail::Appended>(account, append_of("INBOX", {"two"}));
  world.sim->run_for(kSoon);
  EXPECT_EQ(status(account).bodies, 2U);
}

TEST_F(SearchIndex, ForgetsABodyTogetherWithTheStore) {
  AccountsConfig config;
  config.retention_seconds = 2;
  TestNode& node = add_node(true, config);
  AccountPtr account = world.open(node);
  for (int i = 0; i < 5; ++i) world.must<mail::Appended>(account, append_of("INBOX", {"ordinary"}));
  world.must<mail::Appended>(account, append_of("INBOX", {"the secret word xyzzyplugh"}));
  world.sim->run_for(kSoon);
  ASSERT_EQ(indexed(account).size(), 6U);
  const auto inbox = world.inbox(account->snapshot()).id();
  auto row = *world.inbox(*world.wait(account->load(inbox))).find(Uid(6));
  mail::Store mark{.mailbox = inbox, .uids = UidSet{{Uid(6), Uid(6)}}};
  mark.flags = SystemFlags(SystemFlag::deleted);
  (void)world.wait(account->execute(mark));
  (void)world.wait(account->execute(mail::Expunge{inbox, UidSet{{Uid(6), Uid(6)}}}));
  world.sim->run_for(Millis(5'000'000));  // beyond the hour in which views may still show it
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  world.sim->run_for(Millis(5'000));
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  ASSERT_FALSE(world.wait(account->body(row.cold.blob, {0, 1})));
  EXPECT_FALSE(indexed(account).contains(row.cold.blob.serial));
  EXPECT_EQ(indexed(account).size(), 5U);
  auto problems = world.wait(check_index(account));
  ASSERT_TRUE(problems);
  EXPECT_THAT(*problems, IsEmpty());
}

TEST_F(SearchIndex, CanBeDroppedAndMadeAnew) {
  TestNode& node = add_node(true);
  AccountPtr account = world.open(node);
  world.must<mail::Appended>(account, append_of("INBOX", std::vector<std::string>(20, "text")));
  world.sim->run_for(kSoon);
  ASSERT_TRUE(world.wait(drop_index(account)));
  EXPECT_FALSE(status(account).exists);
  EXPECT_EQ(find(account, InBody{"text"}).count(), 20U);
  auto errand = std::make_shared<Errand>();
  ASSERT_TRUE(world.wait(rebuild_index(account, errand)));
  EXPECT_EQ(errand->done(), 20U);
  EXPECT_EQ(errand->goal(), 20U);
  EXPECT_EQ(status(account).bodies, 20U);
  EXPECT_TRUE(status(account).complete);
}

// What is damaged, or says of itself that another version made it, is not believed, and made anew.
TEST_F(SearchIndex, IsMadeAnewWhereItIsOfNoUse) {
  for (const bool garbage : {true, false}) {
    TestNode& node = add_node(true);
    AccountPtr account = world.open(node);
    world.must<mail::Appended>(account, append_of("INBOX", std::vector<std::string>(20, "text")));
    world.sim->run_for(kSoon);
    auto& index = dynamic_cast<store::IndexStore&>(*node.store);
    auto head = world.wait(index.read_index(AccountId(1)));
    auto root = search::decode_index_root(head->root);
    root->made_by = "somebody else";
    store::IndexChange change{.expect = head->tag,
                              .tag = head->tag + 1,
                              .root = garbage ? Bytes("garbage") : search::encode_index_root(*root)};
    ASSERT_TRUE(*world.wait(index.change_index(AccountId(1), change)));
    EXPECT_FALSE(status(account).usable);
    EXPECT_EQ(find(account, InBody{"text"}).count(), find(account, search::And{}).count());
    world.must<mail::Appended>(account, append_of("INBOX", {"more text"}));
    world.sim->run_for(kSoon);
    EXPECT_TRUE(status(account).usable && status(account).complete);
    EXPECT_EQ(status(account).bodies, find(account, search::And{}).count());
  }
}

// A page that does not say what it should must not hide anything; checking finds it.
TEST_F(SearchIndex, HidesNothingWhereAPageIsDamaged) {
  TestNode& node = add_node(true);
  AccountPtr account = world.open(node);
  world.must<mail::Appended>(account, append_of("INBOX", std::vector<std::string>(40, "text")));
  world.sim->run_for(kSoon);
  auto& index = dynamic_cast<store::IndexStore&>(*node.store);
  auto head = world.wait(index.read_index(AccountId(1)));
  auto root = search::decode_index_root(head->root);
  store::IndexChange change{.expect = head->tag, .tag = head->tag + 1, .root = head->root};
  change.pages.push_back({root->blocks[0].piece_page(0), "garbage"});
  ASSERT_TRUE(*world.wait(index.change_index(AccountId(1), change)));
  EXPECT_EQ(find(account, InBody{"text"}).count(), 40U);
  auto problems = world.wait(check_index(account));
  ASSERT_TRUE(problems);
  EXPECT_EQ(problems->size(), 1U);
  ASSERT_TRUE(world.wait(rebuild_index(account, nullptr)));
  problems = world.wait(check_index(account));
  ASSERT_TRUE(problems);
  EXPECT_THAT(*problems, IsEmpty());
}

TEST_F(SearchIndex, StillKnowsABodyThatComesBack) {
  TestNode& node = add_node(true);
  AccountPtr account = world.open(node);
  world.must<mail::Appended>(account, append_of("INBOX", std::vector<std::string>(10, "text")));
  world.must<mail::Appended>(account, append_of("INBOX", {"zyzzyva"}));
  world.sim->run_for(kSoon);
  const auto inbox = world.inbox(account->snapshot()).id();
  mail::Store mark{.mailbox = inbox, .uids = UidSet{{Uid(1), Uid(11)}}};
  mark.flags = SystemFlags(SystemFlag::deleted);
  (void)world.wait(account->execute(mark));
  (void)world.wait(account->execute(mail::Expunge{inbox, {}}));
  ASSERT_EQ(find(account, search::And{}).count(), 0U);
  ASSERT_EQ(world.must<mail::Undeleted>(account, mail::Undelete{}).places.size(), 1U);
  EXPECT_EQ(messages_ruled_out(account, "ZYZZYVA"), 10U);
  EXPECT_EQ(find(account, InBody{"zyzzyva"}).count(), 1U);
}

// --- random lives of an account ---

const std::vector<std::string>& words() {
  static const std::vector<std::string> words = {"alpha", "Grüße", "straße", "ﬁnd",      "İstanbul", "日本語",
                                                 "xyzzy", "ab",    "é",      "ÅNGSTRÖM", "nowhere",  "語"};
  return words;
}

class Life {
 public:
  explicit Life(uint64_t seed) : random_(seed), world_(seed) {
    config_.retention_seconds = 20;
    config_.dropped_page_grace_seconds = 20;
    config_.tail_records_max = 10;
    config_.tail_bytes_min = 1;
    config_.maintenance_walk_seconds = 30;
    // Reads what is stored, and nothing else.
    world_.add_node(config_);
    start();
  }

  void run() {
    for (int step = 0; step < 40 && !testing::Test::HasFailure(); ++step) {
      live(step);
      if (below(3) == 0) compare();
    }
    world_.sim->run_for(kSoon);
    compare();
  }

 private:
  uint64_t below(uint64_t bound) { return random_() % bound; }
  const std::string& word() { return words()[below(words().size())]; }

  // A new process, which may die at any step of its store.
  void start() {
    account_ = nullptr;
    store::FaultPlan faults{.seed = random_()};
    if (below(2) == 0) faults.crash_at_step = 20 + below(400);
    faults.unavailable_permille = below(4) == 0 ? 50 : 0;
    TestNode& node = world_.add_node(config_, faults);
    number_ = world_.nodes.size() - 1;
    keep_search_index(*node.accounts);
    reopen();
  }

  void reopen() {
    for (int tries = 0; tries < 20 && account_ == nullptr && !store().crashed(); ++tries) {
      auto opened = world_.wait(accounts().open(AccountId(1)));
      if (opened) account_ = *opened;
    }
    if (account_ == nullptr) start();
  }

  store::MemoryStore& store() { return *world_.nodes[number_].store; }
  Accounts& accounts() { return *world_.nodes[number_].accounts; }

  std::string text() {
    std::string text;
    for (uint64_t i = below(12); i > 0; --i) text += word() + (below(4) == 0 ? "" : " ");
    if (below(20) == 0) text += std::string(300'000, 'x') + word();
    return text;
  }

  UidSet some_uids() {
    uint32_t first = 1 + static_cast<uint32_t>(below(30));
    return UidSet{{Uid(first), Uid(first + static_cast<uint32_t>(below(5)))}};
  }

  void live(int step) {
    if (store().crashed()) start();
    auto snapshot = account_->snapshot();
    auto inbox = snapshot->find("INBOX")->id();
    auto box = snapshot->find("Box");
    switch (below(13)) {
      case 0: world_.sim->run_for(Millis(below(1'500))); break;
      case 1: world_.sim->run_for(Millis(below(60'000))); break;
      case 2:
        if (!box) (void)world_.wait(account_->execute(mail::CreateMailbox{"Box", {}}));
        if (box) {
          mail::Copy copy{.from = inbox, .uids = some_uids(), .to = "Box", .move = below(2) == 0};
          (void)world_.wait(account_->execute(copy));
        }
        break;
      case 3: expunge(inbox); break;
      case 4: (void)world_.wait(accounts().maintain(AccountId(1))); break;
      case 5:
        if (step > 5) start();
        break;
      case 6:
        if (below(3) == 0) (void)world_.wait(drop_index(account_));
        if (below(3) == 0) (void)world_.wait(rebuild_index(account_, nullptr));
        break;
      case 7: (void)world_.wait(account_->execute(mail::Undelete{})); break;
      case 8:
        if (below(3) == 0) (void)world_.wait(accounts().purge(AccountId(1)));
        break;
      case 9:
        if (box) (void)world_.wait(account_->execute(mail::DeleteMailbox{"Box"}));
        break;
      default: append(); break;
    }
  }

  void append() {
    mail::Append append{"INBOX", {}};
    for (uint64_t i = 1 + below(4); i > 0; --i) append.messages.push_back(message_of(word(), text()));
    (void)world_.wait(account_->execute(std::move(append)));
  }

  void expunge(MailboxId inbox) {
    mail::Store mark{.mailbox = inbox, .uids = some_uids()};
    mark.flags = SystemFlags(SystemFlag::deleted);
    (void)world_.wait(account_->execute(std::move(mark)));
    (void)world_.wait(account_->execute(mail::Expunge{inbox, {}}));
  }

  Query query() {
    std::string needle = word();
    if (below(3) == 0) needle = needle.substr(below(needle.size()));
    if (below(4) == 0) needle += " " + word();
    Query leaf = below(2) == 0 ? Query(InBody{needle}) : Query(InText{needle});
    return below(4) == 0 ? Query(search::Not{{leaf}}) : leaf;
  }

  // The same snapshot, searched with the index and by a node that has none.
  void compare() {
    if (store().crashed()) start();
    store().set_faults({});
    auto inbox = account_->snapshot()->find("INBOX")->id();
    auto loaded = world_.wait(account_->load(inbox));
    ASSERT_TRUE(loaded);
    auto plain_account = world_.open(*watcher_node());
    for (int i = 0; i < 6; ++i) {
      Query wanted = query();
      auto narrowed = world_.wait(search(account_, *loaded, inbox, wanted, nullptr));
      auto plain = world_.wait(search(plain_account, *loaded, inbox, wanted, nullptr));
      ASSERT_TRUE(narrowed && plain);
      ASSERT_EQ(narrowed->uids, plain->uids);
    }
    auto problems = world_.wait(check_index(account_));
    ASSERT_TRUE(problems);
    ASSERT_THAT(*problems, IsEmpty());
    no_body_outlives_itself();
  }

  TestNode* watcher_node() { return &world_.nodes.front(); }

  // Whatever the index knows is stored.
  void no_body_outlives_itself() {
    Environment& env = opened(*account_)->environment();
    auto stored = world_.wait(read_index(env, AccountId(1)));
    ASSERT_TRUE(stored);
    if (!stored->root) return;
    std::set<uint64_t> bodies;
    for (const auto& blob : *world_.wait(store().list_blobs(AccountId(1), 0, 100'000))) bodies.insert(blob.id.serial);
    for (const search::BlockEntry& entry : stored->root->blocks) {
      auto block = world_.wait(read_block(env, AccountId(1), entry));
      if (!block) continue;  // joined meanwhile
      for (const search::IndexedBody& body : block->bodies.bodies) ASSERT_TRUE(bodies.contains(body.serial));
    }
  }

  std::mt19937_64 random_;
  TestWorld world_;
  AccountsConfig config_;
  size_t number_ = 0;  // of the node at hand
  AccountPtr account_;
};

TEST(SearchIndexLife, NeverChangesAnAnswer) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Life(seed).run();
    if (testing::Test::HasFailure()) break;
  }
}

}  // namespace
}  // namespace roost::accounts
