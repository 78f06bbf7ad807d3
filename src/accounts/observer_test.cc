#include "accounts/observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What arrived, and whether the snapshot showed it.
class Notes final : public Observer {
 public:
  void changed(AccountId account, const mail::Snapshot& snapshot, const std::vector<mail::Change>& changes) override {
    for (const mail::Change& change : changes) {
      for (const mail::MailboxChange& one : change.mailboxes) {
        if (one.appended.empty()) continue;
        EXPECT_GT(snapshot.find(one.mailbox)->uidnext(), *one.appended.last());
        arrived.push_back(account.value);
      }
    }
  }
  std::vector<uint64_t> arrived;
};

TEST(Observer, IsToldOfEveryAccountOnceItShowsTheChange) {
  Notes notes;
  TestWorld world;
  TestNode& node = world.add_node();
  observe(*node.accounts, notes);
  AccountPtr one = world.open(node, 1);
  AccountPtr two = world.open(node, 2);
  EXPECT_THAT(notes.arrived, IsEmpty());
  world.must<mail::Appended>(two, test_append());
  world.must<mail::Appended>(one, test_append("INBOX", 3));
  EXPECT_THAT(notes.arrived, ElementsAre(2, 1));
}

TEST(Observer, IsNotToldAgainWhenAnAccountIsOpenedAgain) {
  TestWorld world;
  TestNode& before = world.add_node();
  world.must<mail::Appended>(world.open(before), test_append());
  world.stop(before);
  Notes notes;
  TestNode& after = world.add_node();
  observe(*after.accounts, notes);
  AccountPtr account = world.open(after);
  EXPECT_EQ(world.inbox(account->snapshot()).messages(), 1U);
  EXPECT_THAT(notes.arrived, IsEmpty());
}

}  // namespace
}  // namespace roost::accounts
