#include "net/ticket_keys.h"

#include <gtest/gtest.h>

#include "net/tls.h"

namespace roost::net {
namespace {

class HandClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall() const override { return {}; }
  void pass(Seconds time) { now_ += time; }

 private:
  TimePoint now_{};
};

TEST(TicketKeys, AKeyIsReplacedButStillDecryptsForAWhile) {
  HandClock clock;
  TicketKeys keys(clock);
  const auto first = keys.current();
  ASSERT_TRUE(first);
  EXPECT_EQ(keys.current()->name, first->name);
  EXPECT_TRUE(keys.find(first->name)->current);

  clock.pass(kTicketKeySecondsMax);
  const auto second = keys.current();
  EXPECT_NE(second->name, first->name);
  EXPECT_NE(second->cipher_key, first->cipher_key);
  ASSERT_TRUE(keys.find(first->name));
  EXPECT_FALSE(keys.find(first->name)->current);

  clock.pass(kTicketKeySecondsMax);
  EXPECT_FALSE(keys.find(first->name));
}

TEST(TicketKeys, AnUnusedKeyAgesToo) {
  HandClock clock;
  TicketKeys keys(clock);
  const auto key = keys.current();
  clock.pass(3 * kTicketKeySecondsMax);
  EXPECT_FALSE(keys.find(key->name));
}

TEST(TicketKeys, KnowsOnlyItsOwnKeys) {
  HandClock clock;
  TicketKeys keys(clock);
  EXPECT_FALSE(keys.find(TicketKeys::Key{}.name));
}

}  // namespace
}  // namespace roost::net
