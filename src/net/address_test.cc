#include "net/address.h"

#include <gtest/gtest.h>

namespace roost::net {
namespace {

TEST(Address, ReadsAndWritesBothFamilies) {
  for (const char* text : {"192.0.2.7", "0.0.0.0", "2001:db8::1", "::", "::1"}) {
    auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->text(), text);
  }
  for (const char* text : {"", "192.0.2", "192.0.2.256", "2001:db8:::1", "localhost", "1.2.3.4 "}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Address, AMappedAddressIsTheIpv4Address) {
  auto address = parse_address("::ffff:127.0.0.1");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->text(), "127.0.0.1");
  EXPECT_TRUE(address->loopback());
}

TEST(Address, NamesItsBlock) {
  EXPECT_EQ(parse_address("192.0.2.7")->block_text(), "192.0.2.0/24");
  EXPECT_EQ(parse_address("2001:db8:1:2fe::1")->block_text(), "2001:db8:1:200::/56");
}

TEST(Address, KnowsLoopback) {
  EXPECT_TRUE(parse_address("127.8.9.1")->loopback());
  EXPECT_TRUE(parse_address("::1")->loopback());
  EXPECT_FALSE(parse_address("128.0.0.1")->loopback());
  EXPECT_FALSE(parse_address("7f00::1")->loopback());
}

TEST(Network, ContainsByPrefix) {
  auto network = parse_network("10.64.0.0/10");
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->contains(*parse_address("10.127.255.255")));
  EXPECT_FALSE(network->contains(*parse_address("10.128.0.0")));
  EXPECT_FALSE(network->contains(*parse_address("::1")));
  EXPECT_TRUE(parse_network("0.0.0.0/0")->contains(*parse_address("203.0.113.9")));
  EXPECT_FALSE(parse_network("0.0.0.0/0")->contains(*parse_address("::1")));
  EXPECT_TRUE(parse_network("2001:db8::/33")->contains(*parse_address("2001:db8:7fff::1")));
  EXPECT_FALSE(parse_network("2001:db8::/33")->contains(*parse_address("2001:db8:8000::1")));
  EXPECT_TRUE(parse_network("::1")->contains(*parse_address("::1")));
  EXPECT_EQ(parse_network("192.0.2.1")->text(), "192.0.2.1/32");
}

TEST(Network, RefusesNonsense) {
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.1/8", "::/129", "/8", "10/8"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
}

TEST(Endpoint, ReadsEveryForm) {
  for (const char* text : {"127.0.0.1:1143", "[::1]:993", "[::]:0", "unix:/run/roost/lmtp"}) {
    auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->text(), text);
  }
  EXPECT_EQ(parse_endpoint("*:143")->text(), "[::]:143");
  for (const char* text : {"", "1143", "127.0.0.1", "::1:993", "127.0.0.1:65536", "127.0.0.1:", "unix:", "host:1"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
  EXPECT_FALSE(parse_endpoint("unix:/" + std::string(107, 'x')));
}

}  // namespace
}  // namespace roost::net
