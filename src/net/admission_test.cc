#include "net/admission.h"

#include <gtest/gtest.h>

#include <vector>

namespace roost::net {
namespace {

Peer from(const char* block, bool trusted = false) { return Peer{.address_block = block, .trusted = trusted}; }

TEST(Admission, LimitsEachBlock) {
  auto admission = make_admission({.connections_max = 10, .connections_per_block_max = 2});
  auto one = admission->admit(from("192.0.2.0/24"));
  auto two = admission->admit(from("192.0.2.0/24"));
  EXPECT_FALSE(admission->admit(from("192.0.2.0/24")));
  EXPECT_TRUE(admission->admit(from("198.51.100.0/24")));
  one.reset();
  EXPECT_TRUE(admission->admit(from("192.0.2.0/24")));
}

TEST(Admission, LimitsTheTotal) {
  auto admission = make_admission({.connections_max = 2, .connections_per_block_max = 10});
  auto one = admission->admit(from("a"));
  auto two = admission->admit(from("b"));
  EXPECT_FALSE(admission->admit(from("c")));
  EXPECT_EQ(admission->connections(), 2u);
}

TEST(Admission, CountsTheTrustedButNeverRefusesThem) {
  auto admission = make_admission({.connections_max = 1, .connections_per_block_max = 1});
  std::vector<Admission::Ticket> tickets;
  for (int i = 0; i < 5; ++i) tickets.push_back(admission->admit(from("a", true)).value());
  EXPECT_EQ(admission->connections(), 5u);
  EXPECT_FALSE(admission->admit(from("b")));
  tickets.clear();
  EXPECT_EQ(admission->connections(), 0u);
  EXPECT_TRUE(admission->admit(from("a")));
}

TEST(Admission, AMovedTicketIsGivenBackOnce) {
  auto admission = make_admission({});
  {
    auto ticket = admission->admit(from("a"));
    Admission::Ticket moved = std::move(*ticket);
    Admission::Ticket other;
    other = std::move(moved);
    EXPECT_EQ(admission->connections(), 1u);
  }
  EXPECT_EQ(admission->connections(), 0u);
}

}  // namespace
}  // namespace roost::net
