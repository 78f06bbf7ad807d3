#include "message/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace roost::message {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Address box(BytesView mailbox, BytesView host) { return {.mailbox = Bytes(mailbox), .host = Bytes(host)}; }
Address named(BytesView name, BytesView mailbox, BytesView host) {
  return {.name = Bytes(name), .mailbox = Bytes(mailbox), .host = Bytes(host)};
}
Address group(BytesView name) { return {.mailbox = Bytes(name)}; }
const Address kGroupEnd = {};

TEST(Addresses, AreReadInTheirCommonForms) {
  EXPECT_THAT(parse_addresses("joe@example.org"), ElementsAre(box("joe", "example.org")));
  EXPECT_THAT(parse_addresses("Joe Q. Public <john.q.public@example.com>"),
              ElementsAre(named("Joe Q. Public", "john.q.public", "example.com")));
  EXPECT_THAT(parse_addresses("\"Giant; \\\"Big\\\" Box\" <sysservices@example.net>"),
              ElementsAre(named("Giant; \"Big\" Box", "sysservices", "example.net")));
  EXPECT_THAT(parse_addresses("a@b, c@d,\r\n\te@f"), ElementsAre(box("a", "b"), box("c", "d"), box("e", "f")));
  EXPECT_THAT(parse_addresses("<boss@nil.test>"), ElementsAre(box("boss", "nil.test")));
}

// RFC 5322 A.1.3 and A.5.
TEST(Addresses, AreReadInGroups) {
  EXPECT_THAT(parse_addresses("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;"),
              ElementsAre(group("A Group"), named("Ed Jones", "c", "a.test"), box("joe", "where.test"),
                          named("John", "jdoe", "one.test"), kGroupEnd));
  EXPECT_THAT(parse_addresses("Undisclosed recipients:;"), ElementsAre(group("Undisclosed recipients"), kGroupEnd));
  EXPECT_THAT(parse_addresses("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;"),
              ElementsAre(group("Hidden recipients"), kGroupEnd));
  EXPECT_THAT(parse_addresses("a: b@c; d: e@f"),
              ElementsAre(group("a"), box("b", "c"), kGroupEnd, group("d"), box("e", "f"), kGroupEnd));
}

TEST(Addresses, MayHaveCommentsAnywhere) {
  EXPECT_THAT(parse_addresses("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"),
              ElementsAre(named("Pete", "pete", "silly.test")));
  EXPECT_THAT(parse_addresses("jdoe@test   . example"), ElementsAre(box("jdoe", "test.example")));
  EXPECT_THAT(parse_addresses("joe . smith @ example.org"), ElementsAre(box("joe.smith", "example.org")));
}

TEST(Addresses, TakeTheCommentAfterABareAddressAsItsName) {
  EXPECT_THAT(parse_addresses("joe@example.org (Joe (the) Doe)"),
              ElementsAre(named("Joe (the) Doe", "joe", "example.org")));
  EXPECT_THAT(parse_addresses("<joe@example.org> (Joe)"), ElementsAre(named("Joe", "joe", "example.org")));
}

TEST(Addresses, MayHaveAQuotedLocalPart) {
  EXPECT_THAT(parse_addresses("\"joe smith\"@example.org"), ElementsAre(box("joe smith", "example.org")));
  EXPECT_THAT(parse_addresses("Joe <\"a@b\"@example.org>"), ElementsAre(named("Joe", "a@b", "example.org")));
}

TEST(Addresses, MayHaveASourceRoute) {
  Address routed = named("Mary Smith", "mary", "example.net");
  routed.route = "@node.test,@machine.tld";
  EXPECT_THAT(parse_addresses("Mary Smith <@node.test, @machine.tld:mary@example.net>"), ElementsAre(routed));
}

TEST(Addresses, MayBeEmptyBetweenCommas) {
  EXPECT_THAT(parse_addresses(", a@b,, ,c@d ,"), ElementsAre(box("a", "b"), box("c", "d")));
  EXPECT_THAT(parse_addresses(" \r\n "), IsEmpty());
  EXPECT_THAT(parse_addresses("(nobody)"), IsEmpty());
}

TEST(Addresses, KeepEncodedWordsAsOneWord) {
  EXPECT_THAT(parse_addresses("=?utf-8?Q?Doe,_Jos=C3=A9?= =?utf-8?Q?_x?= <j@x>"),
              ElementsAre(named("=?utf-8?Q?Doe,_Jos=C3=A9?= =?utf-8?Q?_x?=", "j", "x")));
}

TEST(Addresses, LeaveLineEndsAndNulsOutOfEncodedWords) {
  EXPECT_THAT(parse_addresses(BytesView("=?utf-8?Q?a\r\n \0b?= <j@x>", 23)),
              ElementsAre(named("=?utf-8?Q?a b?=", "j", "x")));
}

TEST(Addresses, MayHaveADomainLiteral) {
  EXPECT_THAT(parse_addresses("joe@[IPv6:2001:db8::1]"), ElementsAre(box("joe", "[IPv6:2001:db8::1]")));
}

TEST(Addresses, DegradeWhereTheyAreBroken) {
  EXPECT_THAT(parse_addresses("root"), ElementsAre(box("root", "")));
  EXPECT_THAT(parse_addresses("<root>"), ElementsAre(box("root", "")));
  EXPECT_THAT(parse_addresses("undisclosed recipients"), ElementsAre(named("undisclosed recipients", "", "")));
  EXPECT_THAT(parse_addresses("me@example.org <me@example.org>"),
              ElementsAre(named("me@example.org", "me", "example.org")));
  EXPECT_THAT(parse_addresses("John Doe john@example.org"), ElementsAre(named("John Doe", "john", "example.org")));
  EXPECT_THAT(parse_addresses("a@b; c@d"), ElementsAre(box("a", "b"), box("c", "d")));
  EXPECT_THAT(parse_addresses("<>"), ElementsAre(box("", "")));
  EXPECT_THAT(parse_addresses("\"Unclosed <a@b>"), ElementsAre(box("Unclosed <a@b>", "")));
  EXPECT_THAT(parse_addresses("Joe <a@b"), ElementsAre(named("Joe", "a", "b")));
  EXPECT_THAT(parse_addresses("a@b c@d, e@f"), ElementsAre(box("a", "b"), box("e", "f")));
}

TEST(Addresses, AreLimitedInNumber) {
  Bytes list;
  for (int i = 0; i < 10'000; ++i) list += "a@b,";
  EXPECT_EQ(parse_addresses(list).size(), kAddressCountMax);
}

TEST(Addresses, CostLinearTimeHoweverTheyAreBroken) {
  for (BytesView unit : {"(", "\"\\", "<", "=?a?q? ", "a:", "@", ")", "[", "<@", "a "}) {
    Bytes list;
    while (list.size() < 300'000) list += unit;
    EXPECT_LE(parse_addresses(list).size(), kAddressCountMax + 1) << unit;
  }
}

}  // namespace
}  // namespace roost::message
