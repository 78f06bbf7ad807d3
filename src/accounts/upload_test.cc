#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/search.h"
#include "accounts/test_world_test.h"

namespace roost::accounts {
namespace {

using mail::Append;
using mail::Appended;

task<Result<mail::NewMessage>> receive(AccountPtr account, std::string text, size_t piece, uint64_t size_max,
                                       std::string trace = {}) {
  ROOST_CO_TRY(auto upload, co_await account->upload(size_max));
  if (!trace.empty()) ROOST_CO_TRY_VOID(co_await upload->write_trace(trace));
  for (size_t at = 0; at < text.size(); at += piece) ROOST_CO_TRY_VOID(co_await upload->write(text.substr(at, piece)));
  co_return co_await upload->finish();
}

struct Uploads : testing::Test {
  TestWorld world{11};
  TestNode& node = world.add_node();
  AccountPtr account = world.open(node);

  Appended append(const AccountPtr& to, mail::NewMessage message) {
    Append append{std::string("INBOX"), {}};
    append.messages.push_back(std::move(message));
    return world.must<Appended>(to, std::move(append));
  }
  mail::Cold row(const AccountPtr& of, Uid uid) {
    auto snapshot = world.wait(of->load(world.inbox(of->snapshot()).id()));
    return world.inbox(*snapshot).find(uid)->cold;
  }
  message::Card card(const AccountPtr& of, Uid uid) {
    auto cards = world.wait(of->cards({row(of, uid)}));
    return *message::decode_card(*cards->front());
  }
};

TEST_F(Uploads, ASmallMessageTravelsWithItsCommit) {
  std::string text = test_text("small");
  auto message = world.wait(receive(account, text, 7, 1'000));
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->blob);
  EXPECT_EQ(message->size, text.size());
  auto appended = append(account, *message);
  EXPECT_EQ(*world.wait(account->body(row(account, appended.first).blob, {0, 1'000'000})), text);
  EXPECT_EQ(card(account, appended.first), message::make_card(message::parse(text)));
}

TEST_F(Uploads, ALargeMessageIsInTheStoreBeforeItsCommit) {
  std::string text = test_text("large", 1'000'000);
  for (size_t piece : {size_t{1'000}, size_t{65'536}, text.size()}) {
    auto message = world.wait(receive(account, text, piece, 2'000'000));
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->blob);
    EXPECT_EQ(message->body, nullptr);
    auto appended = append(account, *message);
    EXPECT_EQ(*world.wait(account->body(row(account, appended.first).blob, {0, UINT64_MAX})), text);
    EXPECT_EQ(card(account, appended.first), message::make_card(message::parse(text)));
  }
}

TEST_F(Uploads, WhatTheServerPutsInFrontIsPartOfTheMessage) {
  std::string text = test_text("traced");
  std::string trace = "Return-Path: <a@b>\r\nReceived: from x\r\n";
  auto message = world.wait(receive(account, text, 100, 1'000, trace));
  auto appended = append(account, *message);
  EXPECT_EQ(*world.wait(account->body(row(account, appended.first).blob, {0, UINT64_MAX})), trace + text);
  EXPECT_EQ(card(account, appended.first), message::make_card(message::parse(trace + text)));
}

TEST_F(Uploads, RefusesWhatIsTooBigBeforeItIsStored) {
  auto message = world.wait(receive(account, test_text("big", 1'000), 100, 500));
  EXPECT_EQ(message.error().code, Code::too_big);
}

TEST_F(Uploads, AnEmptyMessageIsAMessage) {
  auto message = world.wait(receive(account, "", 1, 10));
  ASSERT_TRUE(message);
  auto appended = append(account, *message);
  EXPECT_EQ(row(account, appended.first).size, 0U);
  EXPECT_EQ(*world.wait(account->body(row(account, appended.first).blob, {0, 10})), "");
}

TEST_F(Uploads, OneUploadGoesToSeveralAccounts) {
  std::string text = test_text("to all", 500'000);
  auto message = world.wait(receive(account, text, 65'536, 1'000'000));
  AccountPtr other = world.open(node, 2);
  auto theirs = append(other, *message);
  auto ours = append(account, *message);
  EXPECT_EQ(row(other, theirs.first).blob.owner, AccountId(2));
  EXPECT_EQ(row(account, ours.first).blob.owner, AccountId(1));
  EXPECT_EQ(*world.wait(other->body(row(other, theirs.first).blob, {0, UINT64_MAX})), text);
  EXPECT_EQ(row(other, theirs.first).email_id, row(account, ours.first).email_id);
}

// Its clock has jumped: what the collector takes for abandoned is still coming.
TEST_F(Uploads, LeaveNothingWhereTheyWereForgottenMeanwhile) {
  auto upload = world.wait(account->upload(1'000'000)).value();
  ASSERT_TRUE(world.wait(upload->write(test_text("large", 500'000))));
  auto reserved = mail::collectable_blobs(*account->snapshot(), INT64_MIN, INT64_MAX);
  ASSERT_FALSE(reserved.empty());
  world.must<mail::Forgotten>(account, mail::ForgetBlobs{reserved});
  auto message = world.wait(upload->finish());
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, Code::unavailable);
  EXPECT_TRUE(world.wait(node.store->list_blobs(account->id(), 0, SIZE_MAX)).value().empty());
}

TEST_F(Uploads, FailsWhereTheStoreDoes) {
  node.store->set_faults({.unavailable_permille = 1000});
  auto message = world.wait(receive(account, test_text("large", 300'000), 65'536, 1'000'000));
  EXPECT_EQ(message.error().code, Code::unavailable);
}

TEST_F(Uploads, ADamagedCardIsMadeAgainFromTheBody) {
  std::string text = test_text("subject", 400'000);
  auto appended = append(account, *world.wait(receive(account, text, 65'536, 1'000'000)));
  ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  mail::Cold cold = row(account, appended.first);
  ASSERT_NE(cold.card.segment.value, 0U);
  ASSERT_TRUE(world.disk.damage_page(AccountId(1), cold.card.segment));
  EXPECT_EQ(card(account, appended.first), message::make_card(message::parse(text)));
}

TEST_F(Uploads, AMessageOfWhichNothingIsLeftHasAnOpaqueCard) {
  auto appended = append(account, *world.wait(receive(account, test_text("gone"), 100, 1'000)));
  mail::Cold cold = row(account, appended.first);
  cold.card = {};
  ASSERT_TRUE(world.disk.damage_blob(cold.blob, 3));
  auto cards = world.wait(account->cards({cold}));
  EXPECT_TRUE(message::decode_card(*cards->front())->opaque);
}

TEST_F(Uploads, CardsComeInTheOrderAskedFor) {
  std::vector<mail::Cold> rows;
  for (int i = 0; i < 40; ++i) {
    append(account, *world.wait(receive(account, test_text("s" + std::to_string(i)), 100, 1'000)));
    if (i == 19) ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  }
  for (uint32_t i = 40; i > 0; --i) rows.push_back(row(account, Uid(i)));
  rows[5].card = {};  // to be made again
  auto cards = world.wait(account->cards(rows));
  ASSERT_EQ(cards->size(), 40U);
  for (uint32_t i = 0; i < 40; ++i) {
    EXPECT_NE(message::CardView::open(*(*cards)[i])->envelope().find("\"s" + std::to_string(39 - i) + "\""),
              Bytes::npos);
  }
}

TEST_F(Uploads, SearchReadsCardsAndBodies) {
  for (int i = 0; i < 200; ++i) {
    std::string text =
        test_text("subject " + std::to_string(i), i % 50 == 0 ? 200'000 : 10) + (i % 10 == 3 ? "needle" : "");
    append(account, *world.wait(receive(account, text, 65'536, 1'000'000)));
    if (i == 100) ASSERT_TRUE(world.wait(node.accounts->maintain(AccountId(1))));
  }
  MailboxId inbox = world.inbox(account->snapshot()).id();
  auto find = [&](search::Query query) {
    auto snapshot = world.wait(account->load(inbox));
    return world.wait(search(account, *snapshot, inbox, std::move(query), nullptr));
  };
  EXPECT_EQ(find(search::InBody{"NEEDLE"})->uids.count(), 20U);
  EXPECT_EQ(find(search::InField{search::Field::subject, "subject 19"})->uids.count(), 11U);
  EXPECT_EQ(find(search::And{})->uids.count(), 200U);
  auto cancel = std::make_shared<Errand>();
  cancel->cancel();
  auto snapshot = world.wait(account->load(inbox));
  auto cancelled = world.wait(search(account, *snapshot, inbox, search::InBody{"x"}, cancel));
  EXPECT_EQ(cancelled.error().kind, Error::Kind::closed);
  EXPECT_EQ(find(search::InBody{"NEEDLE"})->uids.count(), 20U);  // the turn was given back
}

}  // namespace
}  // namespace roost::accounts
