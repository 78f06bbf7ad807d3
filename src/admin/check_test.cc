#include "admin/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/harness_test.h"
#include "message/card.h"
#include "message/parser.h"

namespace roost::admin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Check : testing::Test {
  Check() {
    EXPECT_EQ(server.run("user add", {"alice"}, "secret").status, kOk);
    for (int i = 1; i <= 3; ++i) {
      std::string message = "Subject: " + std::to_string(i) + "\r\n\r\n" + std::string(i == 3 ? 300'000 : 100, 'x');
      EXPECT_EQ(server.run("deliver", {"alice"}, std::move(message)).status, kOk);
    }
  }

  CheckReport check() { return server.simulation->wait(check_account(*server.services, account())); }
  AccountId account() { return server.open("alice")->id(); }
  void checkpoint() { ASSERT_EQ(server.run("checkpoint", {"alice"}).status, kOk); }
  mail::Cold row(Uid uid) {
    auto open = server.open("alice");
    auto snapshot = server.simulation->wait(open->load(open->snapshot()->find("INBOX")->id())).value();
    return snapshot->find("INBOX")->find(uid)->cold;
  }
  // A message whose card says what it likes.
  void append(const std::string& text, Bytes card) {
    mail::NewMessage message;
    message.size = text.size();
    message.body = std::make_shared<const Bytes>(text);
    message.card = std::make_shared<const Bytes>(std::move(card));
    mail::Append append{std::string("INBOX"), {}};
    append.messages.push_back(std::move(message));
    ASSERT_TRUE(server.simulation->wait(server.open("alice")->execute(std::move(append))));
  }
  static Bytes card_of(const std::string& text) {
    return message::encode_card(message::make_card(message::parse(text)));
  }

  TestServer server;
};

TEST_F(Check, FindsNothingWhereAllIsWell) {
  for (bool checkpointed : {false, true}) {
    if (checkpointed) checkpoint();
    CheckReport report = check();
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_EQ(report.mailboxes, 6U);
    EXPECT_EQ(report.messages, 3U);
    EXPECT_EQ(report.cards, 3U);
    EXPECT_EQ(report.bodies, 3U);
    EXPECT_EQ(report.orphans, 0U);
  }
}

TEST_F(Check, FindsAnOctetOfABodyThatWasChanged) {
  ASSERT_TRUE(server.disk.damage_blob(row(Uid(2)).blob, 50));
  EXPECT_THAT(check().problems, ElementsAre(HasSubstr("body ")));
  ASSERT_TRUE(server.disk.damage_blob(row(Uid(3)).blob, 299'000));
  EXPECT_EQ(check().problems.size(), 2U);
  Said said = server.run("check");
  EXPECT_EQ(said.status, kFailed);
  EXPECT_EQ(said.error, "2 problems found.\n");
  EXPECT_THAT(said.out, HasSubstr("not all is well"));
}

TEST_F(Check, FindsABodyThatIsGone) {
  std::vector<BlobId> gone(1, row(Uid(1)).blob);
  ASSERT_TRUE(server.simulation->wait(server.store->delete_blobs(gone)));
  EXPECT_EQ(check().problems.size(), 1U);
}

TEST_F(Check, FindsACardThatSaysSomethingElseThanItsMessage) {
  append("Subject: true\r\n\r\nx", card_of("Subject: lies\r\n\r\nx"));
  EXPECT_THAT(check().problems, ElementsAre("mailbox INBOX, uid 4: the card is not the one that its body gives"));
  checkpoint();
  EXPECT_THAT(check().problems, ElementsAre("mailbox INBOX, uid 4: the card is not the one that its body gives"));
}

TEST_F(Check, FindsACardOfAnotherSizeAndOneThatIsNone) {
  append("Subject: true\r\n\r\nx", card_of("Subject: true\r\n\r\nxyz"));
  append("Subject: true\r\n\r\nx", "no card");
  EXPECT_THAT(check().problems, ElementsAre(HasSubstr("uid 4: the card has a card of 20 octets and is of 18"),
                                            HasSubstr("uid 5: the card ")));
}

TEST_F(Check, LeavesAMessageAloneThatMustNotBeParsed) {
  std::string text = "Subject: poison\r\n\r\nx";
  append(text, message::encode_card(message::opaque_card(text.size())));
  EXPECT_THAT(check().problems, IsEmpty());
}

TEST_F(Check, FindsDamagedPagesAndRoots) {
  checkpoint();
  PageId segment = row(Uid(1)).card.segment;
  AccountId id = account();
  ASSERT_TRUE(server.disk.damage_page(id, segment));
  EXPECT_EQ(check().problems.size(), 3U);  // each of its cards
  ASSERT_TRUE(server.disk.damage_root(id));
  server.restart();
  EXPECT_THAT(server.simulation->wait(check_account(*server.services, id)).problems,
              ElementsAre(HasSubstr("it cannot be opened")));
}

TEST_F(Check, CountsWhatIsKeptForALittleAndWhatIsLeft) {
  auto open = server.open("alice");
  MailboxId inbox = open->snapshot()->find("INBOX")->id();
  mail::Store deleted;
  deleted.mailbox = inbox;
  deleted.uids.insert(Uid(1));
  deleted.flags = SystemFlags(SystemFlag::deleted);
  ASSERT_TRUE(server.simulation->wait(open->execute(deleted)));
  ASSERT_TRUE(server.simulation->wait(open->execute(mail::Expunge{inbox, {}})));
  CheckReport report = check();
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.bodies, 2U);
  EXPECT_EQ(report.retained, 1U);
  EXPECT_EQ(report.orphans, 0U);
}

}  // namespace
}  // namespace roost::admin
