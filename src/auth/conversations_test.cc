#include "auth/conversations.h"

#include <gtest/gtest.h>

namespace roost::auth {
namespace {

Conversation at(TimePoint started) {
  sasl::ClientFirst first = sasl::parse_client_first("n,,n=user,r=abc").value();
  return {"user", "", "192.0.2.0/24", sasl::ScramServer(first, {"salt", 4096, {}, {}}, "", "nonce"), started};
}

TEST(Conversations, CanEachBeTakenOnce) {
  Conversations conversations;
  TimePoint now;
  uint64_t id = conversations.add(at(now));
  EXPECT_TRUE(conversations.take(id, now));
  EXPECT_FALSE(conversations.take(id, now));
  EXPECT_FALSE(conversations.take(id + 1, now));
}

TEST(Conversations, AreForgottenAfterAMinute) {
  Conversations conversations;
  TimePoint now;
  uint64_t id = conversations.add(at(now));
  now += Conversations::kKeptFor + Seconds{1};
  EXPECT_FALSE(conversations.take(id, now));
  conversations.add(at(now));
  EXPECT_EQ(conversations.size(), 1U);
}

TEST(Conversations, DropTheOldestWhereThereAreTooMany) {
  Conversations conversations;
  TimePoint now;
  uint64_t first = conversations.add(at(now));
  uint64_t last = 0;
  for (size_t i = 0; i < Conversations::kEntriesMax; ++i) last = conversations.add(at(now));
  EXPECT_EQ(conversations.size(), Conversations::kEntriesMax);
  EXPECT_FALSE(conversations.take(first, now));
  EXPECT_TRUE(conversations.take(last, now));
}

}  // namespace
}  // namespace roost::auth
