#include "net/proxy_header.h"

#include <gtest/gtest.h>

#include <string>

namespace roost::net {
namespace {

using namespace std::string_literals;

const std::string kSignature2 = "\r\n\r\n\0\r\nQUIT\n"s;

ProxyHeader must_parse(const std::string& in) {
  auto parsed = parse_proxy_header(in);
  EXPECT_TRUE(parsed) << in;
  return parsed.value_or(ProxyHeader{});
}

void expect_malformed(const std::string& in) {
  auto parsed = parse_proxy_header(in);
  ASSERT_FALSE(parsed) << in;
  EXPECT_EQ(parsed.error(), ProxyHeaderError::malformed) << in;
}

// Every proper prefix of `header` is incomplete, and what follows it does not matter.
void expect_incremental(const std::string& header) {
  for (size_t cut = 0; cut < header.size(); ++cut) {
    auto parsed = parse_proxy_header(header.substr(0, cut));
    ASSERT_FALSE(parsed) << cut;
    EXPECT_EQ(parsed.error(), ProxyHeaderError::incomplete) << cut;
  }
  EXPECT_EQ(must_parse(header).bytes, header.size());
  EXPECT_EQ(must_parse(header + "a LOGIN b c\r\n").bytes, header.size());
}

TEST(ProxyHeader, ReadsVersion1) {
  const std::string header = "PROXY TCP4 192.0.2.7 198.51.100.1 49152 993\r\n";
  expect_incremental(header);
  EXPECT_EQ(must_parse(header).source->text(), "192.0.2.7");
  EXPECT_EQ(must_parse(header).source_port, 49152);
  const std::string header6 = "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n";
  expect_incremental(header6);
  EXPECT_EQ(must_parse(header6).source->text(), "2001:db8::1");
}

TEST(ProxyHeader, ReadsVersion1Unknown) {
  expect_incremental("PROXY UNKNOWN\r\n");
  expect_incremental("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n");
  EXPECT_FALSE(must_parse("PROXY UNKNOWN\r\n").source);
  EXPECT_FALSE(must_parse("PROXY UNKNOWN\r\n").local);
}

TEST(ProxyHeader, RefusesBrokenVersion1) {
  expect_malformed("GET / HTTP/1.1\r\n");
  expect_malformed("PROXY TCP4 192.0.2.7 198.51.100.1 49152\r\n");
  expect_malformed("PROXY TCP4 192.0.2.7 198.51.100.1 49152 993 1\r\n");
  expect_malformed("PROXY TCP4 192.0.2.7 198.51.100.1 49152 65536\r\n");
  expect_malformed("PROXY TCP4  192.0.2.7 198.51.100.1 49152 993\r\n");
  expect_malformed("PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n");
  expect_malformed("PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n");
  expect_malformed("PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n");
  expect_malformed("PROXY UNKNOWN " + std::string(100, 'x'));
}

TEST(ProxyHeader, ReadsVersion2) {
  const std::string header = kSignature2 + "\x21\x11\x00\x0c"s + "\xc0\x00\x02\x07\xc6\x33\x64\x01\xc0\x00\x03\xe1"s;
  expect_incremental(header);
  EXPECT_EQ(must_parse(header).source->text(), "192.0.2.7");
  EXPECT_EQ(must_parse(header).source_port, 49152);
}

TEST(ProxyHeader, SkipsWhatFollowsTheAddressesInVersion2) {
  const std::string ip6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"s;
  const std::string header = kSignature2 + "\x21\x21\x00\x29"s + ip6 + ip6 + "\x00\x01\x00\x02"s + "\x03\x00\x02hi"s;
  expect_incremental(header);
  EXPECT_EQ(must_parse(header).source->text(), "2001:db8::1");
}

TEST(ProxyHeader, ReadsLocalAndUnspecified) {
  const std::string local = kSignature2 + "\x20\x00\x00\x00"s;
  expect_incremental(local);
  EXPECT_TRUE(must_parse(local).local);
  const std::string unspecified = kSignature2 + "\x21\x00\x00\x00"s;
  expect_incremental(unspecified);
  EXPECT_FALSE(must_parse(unspecified).local);
  EXPECT_FALSE(must_parse(unspecified).source);
}

TEST(ProxyHeader, RefusesBrokenVersion2) {
  expect_malformed(kSignature2 + "\x11\x11\x00\x0c"s);                        // version 1
  expect_malformed(kSignature2 + "\x22\x11\x00\x0c"s);                        // an unknown command
  expect_malformed(kSignature2 + "\x21\x41\x00\x0c"s);                        // an unknown family
  expect_malformed(kSignature2 + "\x21\x11\x00\x04"s + "\x01\x02\x03\x04"s);  // too short for its family
  expect_malformed(kSignature2 + "\x21\x11\xff\xff"s);                        // longer than anybody needs
}

}  // namespace
}  // namespace roost::net
