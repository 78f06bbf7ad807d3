// BINARY, PREVIEW, OBJECTID and UTF8=ACCEPT over whole sessions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imap/base64.h"
#include "imapd/features/object_id.h"
#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string encoded(std::string_view encoding, std::string_view body) {
  return fmt::format("Subject: x\r\nContent-Transfer-Encoding: {}\r\n\r\n{}", encoding, body);
}

struct Binary : testing::Test {
  explicit Binary(ImapdConfig config = {}) : server(std::move(config)), client(server) { client.log_in(); }
  void put(std::string_view message) {
    client.append("INBOX", message);
    client.select("INBOX");
  }
  TestServer server;
  TestClient client;
};

// All parts are large, and read in pieces of 10 octets.
struct LargeBinary : Binary {
  LargeBinary() : Binary({.body_piece_bytes = 10, .small_body_bytes_max = 4}) {}
};

TEST_F(Binary, UndoesTheEncodingAndSetsSeen) {
  put(encoded("base64", "AGFiY2Q=\r\n"));
  EXPECT_THAT(client.run("FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])"),
              StartsWith(std::string("* 1 FETCH (BINARY.SIZE[1] 5 BINARY[1] ~{5}\r\n\0abcd)\r\n", 52)));
  EXPECT_THAT(client.run("FETCH 1 BINARY[1]<1.2>"), HasSubstr("BINARY[1]<1> {2}\r\nab FLAGS (\\Seen"));
}

TEST_F(Binary, OfAnUnknownEncodingIsRefused) {
  put(encoded("x-none", "?"));
  EXPECT_EQ(client.run("FETCH 1 BINARY.PEEK[1]").substr(0, 16), "NO [UNKNOWN-CTE]");
  EXPECT_EQ(client.run("FETCH 1 BINARY.SIZE[1]").substr(0, 16), "NO [UNKNOWN-CTE]");
  EXPECT_THAT(client.run("FETCH 1 BINARY.SIZE[]"), StartsWith("* 1 FETCH (BINARY.SIZE[] "));
}

TEST_F(LargeBinary, IsDecodedPieceByPiece) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += fmt::format("{:02} ", i);
  std::string line;
  imap::write_base64(line, text);
  put(encoded("base64", line + "\r\n"));
  EXPECT_THAT(client.run("FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])"),
              StartsWith("* 1 FETCH (BINARY.SIZE[1] 120 BINARY[1] ~{120}\r\n" + text + ")\r\n"));
  EXPECT_THAT(client.run("FETCH 1 BINARY.PEEK[1]<33.40>"),
              StartsWith("* 1 FETCH (BINARY[1]<33> ~{40}\r\n" + text.substr(33, 40) + ")\r\n"));
  EXPECT_THAT(client.run("FETCH 1 BINARY.PEEK[1]<119.40>"),
              StartsWith("* 1 FETCH (BINARY[1]<119> ~{1}\r\n" + text.substr(119) + ")\r\n"));
}

TEST_F(Binary, OnlyBinaryGivesNulsBack) {
  std::string message("a: b\r\n\r\n\0x", 10);
  client.run("APPEND INBOX ~{10+}\r\n" + message);
  client.select("INBOX");
  EXPECT_THAT(client.run("FETCH 1 BINARY.PEEK[]"), HasSubstr("BINARY[] ~{10}\r\n" + message));
  EXPECT_THAT(client.run("FETCH 1 BODY.PEEK[]"), HasSubstr("BODY[] {10}\r\na: b\r\n\r\n\x80x"));
}

TEST_F(Binary, PreviewIsTextOrEmpty) {
  put("Subject: x\r\n\r\nHello  there\r\n");
  put("Subject: x\r\n\r\n");
  EXPECT_EQ(client.run("FETCH 1:2 (PREVIEW (LAZY))"),
            "* 1 FETCH (PREVIEW \"Hello there\")\r\n* 2 FETCH (PREVIEW \"\")\r\nOK FETCH completed.\r\n");
}

TEST_F(Binary, CopiesShareTheirIds) {
  put("Subject: x\r\n\r\n");
  client.run("CREATE other");
  client.run("COPY 1 other");
  std::string ids = client.run("FETCH 1 (EMAILID THREADID)");
  client.select("other");
  EXPECT_EQ(client.run("FETCH 1 (EMAILID THREADID)"), ids);
}

TEST(ObjectIds, AreReadOnlyAsTheyAreSpelled) {
  ObjectId id;
  id.bytes[0] = 0xab;
  Bytes spelled = spell_email_id(id);
  EXPECT_EQ(spelled, "Mab" + Bytes(30, '0'));
  EXPECT_EQ(parse_email_id(spelled), id);
  EXPECT_FALSE(parse_thread_id(spelled));
  EXPECT_FALSE(parse_email_id("MAB" + Bytes(30, '0')));
  EXPECT_FALSE(parse_email_id(spelled + "0"));
  EXPECT_FALSE(parse_email_id(""));
}

TEST_F(Binary, Utf8AcceptChangesNamesAndSearch) {
  client.run("CREATE \"Entw&APw-rfe\"");
  EXPECT_EQ(client.run("ENABLE UTF8=ACCEPT"), "* ENABLED UTF8=ACCEPT\r\nOK ENABLE completed.\r\n");
  EXPECT_THAT(client.run("LIST \"\" Ent*"), HasSubstr("\"Entwürfe\""));
  EXPECT_THAT(client.run("APPEND \"Entwürfe\" UTF8 (~{3+}\r\nabc)"), StartsWith("OK [APPENDUID"));
  EXPECT_THAT(client.run("APPEND \"Entwürfe\" UTF8 (~{3+}\r\nabc"), StartsWith("BAD"));
  client.select("\"Entwürfe\"");
  EXPECT_THAT(client.run("SEARCH CHARSET UTF-8 ALL"), StartsWith("BAD"));
}

}  // namespace
}  // namespace roost::imapd
