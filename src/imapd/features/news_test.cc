#include "imapd/features/news.h"

#include <gtest/gtest.h>

namespace roost::imapd {
namespace {

constexpr AccountId kAccount{1};
constexpr News::MailboxOf kBox{kAccount, MailboxId(3)};

imap::NotifyEvents flag_change() {
  imap::NotifyEvents events;
  events.add(imap::NotifyEvent::flag_change);
  return events;
}

TEST(News, SayANameOnceUnlessARenameTookItAway) {
  News news(10'000);
  news.add_name("a", {});
  news.add_name("a", {});
  EXPECT_EQ(news.names().size(), 1U);
  news.add_name("b", "a");
  news.add_name("b", {});
  EXPECT_EQ(news.names().size(), 2U);
  news.add_name("a", {});
  EXPECT_EQ(news.names().size(), 3U) << "there is an a again";
}

TEST(News, SayANameAgainAfterARenameTookItAwayWithItsParent) {
  News news(10'000);
  news.add_name("a/x", {});
  news.add_name("ab/x", {});
  news.add_name("b", "a");
  news.add_name("ab/x", {});
  EXPECT_EQ(news.names().size(), 3U);
  news.add_name("a/x", {});
  EXPECT_EQ(news.names().size(), 4U) << "there is an a/x again";
}

TEST(News, KnowWhichOfThemARenameCarriesAlong) {
  News news(10'000);
  news.add_name("a", {});
  news.add_name("a/x", {});
  news.add_name("ab/x", {});
  news.add_name("a/y/z", "w");
  EXPECT_EQ(news.carried_along("a", "b/c"), (std::vector<std::string>{"b/c/x", "b/c/y/z"}));
}

TEST(News, ForgetTheSessionsOwnArrivalsAndNoOthers) {
  News news(10'000);
  news.add_messages(kBox, {}, {{Uid(1), Uid(4)}});
  news.forget_arrivals(kBox, {{Uid(1), Uid(3)}});
  EXPECT_EQ(news.messages().at(kBox).arrived, UidSet::single(Uid(4)));
  news.forget_arrivals(kBox, {{Uid(4), Uid(4)}});
  EXPECT_TRUE(news.empty());
  news.add_messages(kBox, flag_change(), UidSet::single(Uid(5)));
  news.forget_arrivals(kBox, UidSet::single(Uid(5)));
  EXPECT_FALSE(news.empty()) << "flags changed as well";
}

TEST(News, ForgetTheSessionsOwnAnnotationsUnlessTheyChangedSince) {
  News news(10'000);
  news.add_metadata(kBox, "/shared/a", ModSeq(5));
  news.add_metadata(kBox, "/shared/b", ModSeq(5));
  news.add_metadata(kBox, "/shared/b", ModSeq(6));
  news.forget_metadata(AccountId(2), ModSeq(6));
  news.forget_metadata(kAccount, ModSeq(5));
  ASSERT_EQ(news.metadata().size(), 1U);
  EXPECT_EQ(news.metadata()[0].entry, "/shared/b");
}

TEST(News, AreForgottenOnceTheyAreTooMany) {
  News news(1'000);
  for (uint32_t i = 0; i < 100; ++i) news.add_messages(kBox, {}, UidSet::single(Uid(i * 2 + 1)));
  EXPECT_FALSE(news.overflowed());
  for (uint32_t i = 100; i < 200; ++i) news.add_messages(kBox, {}, UidSet::single(Uid(i * 2 + 1)));
  EXPECT_TRUE(news.overflowed());
  EXPECT_TRUE(news.messages().empty());
  news.add_name("a", {});
  EXPECT_TRUE(news.names().empty());
  EXPECT_FALSE(news.empty());
}

}  // namespace
}  // namespace roost::imapd
