// The conversation itself: states, framing, literals, limits, pipelining, the end.
#include "imapd/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imapd/harness_test.h"

namespace roost::imapd {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

net::MemoryStreamOptions from_afar() {
  net::MemoryStreamOptions options;
  options.peer = {.address = "192.0.2.7", .port = 1, .address_block = "192.0.2.0/24"};
  return options;
}

TEST(Session, GreetsWithItsCapabilities) {
  TestServer server;
  TestClient client(server);
  EXPECT_THAT(client.greeting, StartsWith("* OK [CAPABILITY IMAP4rev1 LITERAL+ "));
  EXPECT_THAT(client.greeting, HasSubstr("AUTH=PLAIN"));
  EXPECT_THAT(client.greeting, Not(HasSubstr("LOGINDISABLED")));  // loopback
  EXPECT_THAT(client.greeting, Not(HasSubstr("MOVE")));
}

TEST(Session, AnnouncesMoreAfterTheLogin) {
  TestServer server;
  TestClient client(server);
  EXPECT_THAT(client.log_in(), HasSubstr("OK [CAPABILITY IMAP4rev1"));
  std::string answer = client.run("CAPABILITY");
  for (const char* name : {"IDLE", "NAMESPACE", "CHILDREN", "UIDPLUS", "UNSELECT", "MOVE", "MULTIAPPEND", "SPECIAL-USE",
                           "CREATE-SPECIAL-USE", "COMPRESS=DEFLATE", "APPENDLIMIT=67108864", "ENABLE", "ID"}) {
    EXPECT_THAT(answer, HasSubstr(std::string(" ") + name)) << answer;
  }
  EXPECT_THAT(answer, Not(HasSubstr("AUTH=")));
  EXPECT_THAT(answer, Not(HasSubstr("STARTTLS")));
}

TEST(Session, RefusesPasswordsInClearFromAfar) {
  TestServer server;
  TestClient client(server, from_afar());
  EXPECT_THAT(client.greeting, HasSubstr("LOGINDISABLED"));
  EXPECT_THAT(client.greeting, Not(HasSubstr("AUTH=PLAIN")));
  EXPECT_THAT(client.log_in(), StartsWith("NO [PRIVACYREQUIRED]"));
  EXPECT_THAT(client.run("AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA=="), StartsWith("NO [PRIVACYREQUIRED]"));
  // No "+" that would ask for the password.
  EXPECT_THAT(client.send("x LOGIN alice {6}\r\n"), StartsWith("x NO [PRIVACYREQUIRED]"));
}

TEST(Session, AllowsPasswordsInClearWhereTheConfigurationSaysSo) {
  TestServer server({.allow_clear_text_logins = true});
  TestClient client(server, from_afar());
  EXPECT_THAT(client.log_in(), StartsWith("OK "));
}

TEST(Session, CommandsOfAnotherStateAreBad) {
  TestServer server;
  TestClient client(server);
  EXPECT_THAT(client.run("SELECT INBOX"), StartsWith("BAD "));
  EXPECT_THAT(client.log_in(), StartsWith("OK "));
  EXPECT_THAT(client.run("FETCH 1 FLAGS"), StartsWith("BAD "));
  EXPECT_THAT(client.run("LOGIN alice secret"), StartsWith("BAD "));
  EXPECT_THAT(client.run("XYZZY"), StartsWith("BAD "));
}

TEST(Session, AWrongPasswordAndAnUnknownUserLookAlike) {
  TestServer server;
  TestClient client(server);
  std::string wrong = client.log_in("alice", "wrong");
  EXPECT_THAT(wrong, StartsWith("NO [AUTHENTICATIONFAILED]"));
  EXPECT_EQ(client.log_in("nobody", "wrong"), wrong);
  EXPECT_THAT(client.log_in(), StartsWith("OK "));
}

TEST(Session, TooManyFailedLoginsEndTheConnection) {
  TestServer server({.login_failures_max = 3});
  TestClient client(server);
  client.log_in("alice", "1");
  client.log_in("alice", "2");
  EXPECT_THAT(client.log_in("alice", "3"), HasSubstr("* BYE"));
  server.settle(Millis(30'000));
  EXPECT_TRUE(client.closed());
}

TEST(Session, LogsInWithLiterals) {
  TestServer server;
  TestClient client(server);
  EXPECT_EQ(client.send("a LOGIN {5}\r\n"), "+ OK\r\n");
  EXPECT_EQ(client.send("alice {6}\r\n"), "+ OK\r\n");
  EXPECT_THAT(client.send("secret\r\n"), StartsWith("a OK "));
}

TEST(Session, AuthenticatesInTurnsAndAtOnce) {
  TestServer server;
  TestClient one(server);
  EXPECT_EQ(one.send("a AUTHENTICATE PLAIN\r\n"), "+ \r\n");
  EXPECT_THAT(one.send("AGFsaWNlAHNlY3JldA==\r\n"), StartsWith("a OK "));
  TestClient two(server);
  EXPECT_THAT(two.send("a authenticate plain AGFsaWNlAHNlY3JldA==\r\n"), StartsWith("a OK "));
  TestClient three(server);
  EXPECT_EQ(three.send("a AUTHENTICATE PLAIN\r\n"), "+ \r\n");
  EXPECT_THAT(three.send("*\r\n"), StartsWith("a BAD "));
  EXPECT_THAT(three.send("b AUTHENTICATE PLAIN !!!\r\n"), StartsWith("b BAD "));
  EXPECT_THAT(three.send("c AUTHENTICATE NONSENSE\r\n"), StartsWith("c NO "));
  EXPECT_THAT(three.send("d NOOP\r\n"), StartsWith("d OK "));
}

TEST(Session, TakesInputOneByteAtATime) {
  TestServer server;
  net::MemoryStreamOptions options;
  options.byte_at_a_time = true;
  TestClient client(server, options);
  EXPECT_THAT(client.send("a LOGIN {5+}\r\nalice secret\r\nb NOOP\r\n"), HasSubstr("b OK NOOP completed.\r\n"));
  client.append("INBOX", "Subject: x\r\n\r\nbody");
  EXPECT_THAT(client.select("INBOX"), HasSubstr("* 1 EXISTS\r\n"));
}

TEST(Session, AnswersPipelinedCommandsInOrder) {
  TestServer server;
  TestClient client(server);
  client.log_in();
  std::string answer = client.send(
      "a SELECT INBOX\r\nb APPEND INBOX {5+}\r\nhello\r\nc APPEND INBOX {5+}\r\nworld\r\nd FETCH 1:2 UID\r\ne "
      "NOOP\r\n");
  size_t at = 0;
  for (const char* tag : {"a OK", "b OK [APPENDUID", "c OK [APPENDUID", "d OK", "e OK"}) {
    size_t found = answer.find(std::string("\r\n") + tag, at);
    ASSERT_NE(found, std::string::npos) << tag << " in\n" << answer;
    at = found;
  }
}

TEST(Session, ARefusedLiteralIsNeverTakenForACommand) {
  TestServer server;
  TestClient client(server);
  client.log_in();
  EXPECT_EQ(client.send("a APPEND nowhere {20}\r\n"), "a NO [TRYCREATE] No such mailbox.\r\n");
  EXPECT_THAT(client.send("b NOOP\r\n"), StartsWith("b OK"));
  std::string answer = client.send("c APPEND nowhere {17+}\r\nx DELETE INBOX2\r\n\r\nd NOOP\r\n");
  EXPECT_EQ(answer, "c NO [TRYCREATE] No such mailbox.\r\nd OK NOOP completed.\r\n");
}

TEST(Session, AMessageOverTheLimitIsRefusedBeforeItIsSent) {
  TestServer server;
  TestClient client(server);
  client.log_in();
  EXPECT_THAT(client.send("a APPEND INBOX {67108865}\r\n"), StartsWith("a NO [TOOBIG]"));
  EXPECT_THAT(client.send("b NOOP\r\n"), StartsWith("b OK"));
  EXPECT_THAT(client.send("c APPEND INBOX {9223372036854775808}\r\n"), HasSubstr("BAD"));
}

TEST(Session, AHugeLiteralThatIsAlreadyOnItsWayEndsTheConnection) {
  TestServer server;
  TestClient client(server);
  client.log_in();
  std::string answer = client.send("a APPEND INBOX {67108865+}\r\n");
  EXPECT_THAT(answer, StartsWith("a NO [TOOBIG]"));
  EXPECT_THAT(answer, HasSubstr("* BYE"));
  EXPECT_TRUE(client.closed());
}

TEST(Session, LiteralMinusAllowsSmallLiteralsWithoutWaiting) {
  TestServer server({.literal_minus = true});
  TestClient client(server);
  client.log_in();
  std::string large(4097, 'x');
  EXPECT_THAT(client.append("INBOX", large.substr(1)), StartsWith("OK [APPENDUID "));
  EXPECT_THAT(client.append("INBOX", large), StartsWith("BAD [TOOBIG] "));
  EXPECT_THAT(client.run("CREATE {4097+}\r\n" + large), StartsWith("BAD LITERAL-"));
  EXPECT_THAT(client.run("NOOP"), StartsWith("OK"));
}

TEST(Session, LiteralsOfStrangersAreSmall) {
  TestServer server;
  TestClient client(server);
  EXPECT_THAT(client.send("a LOGIN {100000}\r\n"), StartsWith("a NO [LIMIT]"));
  EXPECT_THAT(client.send("b APPEND INBOX {10}\r\n"), StartsWith("b BAD"));
  EXPECT_THAT(client.send("c LOGIN alice secret\r\n"), StartsWith("c OK"));
}

// RFC 2971 3.3: thirty pairs, names of 30 octets, values of 1024.
TEST(Session, TakesTheLargestIdFromAStranger) {
  TestServer server;
  TestClient client(server);
  std::string id = "ID (";
  for (int n = 10; n < 40; ++n) {
    if (n > 10) id += ' ';
    id += '"' + std::to_string(n) + std::string(28, 'n') + "\" \"" + std::string(1024, 'v') + '"';
  }
  EXPECT_THAT(client.run(id + ")"), HasSubstr("OK"));
}

TEST(Session, AnEmptyMessageIsRefused) {
  TestServer server;
  TestClient client(server);
  client.log_in();
  EXPECT_THAT(client.send("a APPEND INBOX {0}\r\n"), StartsWith("a NO"));
}

TEST(Session, AnEndlessLineBeforeTheLoginCostsTheConnection) {
  TestServer server;
  TestClient client(server);
  std::string answer = client.send(std::string(200'000, 'x'));
  EXPECT_THAT(answer, HasSubstr("* BYE"));
  EXPECT_TRUE(client.closed());
}

TEST(Session, NonsenseBeforeTheLoginEndsTheConnection) {
  TestServer server({.login_bad_commands_max = 3});
  TestClient client(server);
  std::string answer = client.send("GET / HTTP/1.1\r\nHost: x\r\nAccept: y\r\nMore: z\r\n");
  EXPECT_THAT(answer, HasSubstr("* BYE"));
  EXPECT_TRUE(client.closed());
}

TEST(Session, AStrangerHasAMinuteHoweverBusyItLooks) {
  TestServer server;
  TestClient client(server);
  for (int i = 0; i < 5; ++i) {
    server.settle(Millis(11'000));
    EXPECT_THAT(client.run("NOOP"), StartsWith("OK"));
  }
  server.settle(Millis(10'000));
  EXPECT_THAT(client.take(), HasSubstr("* BYE"));
  EXPECT_TRUE(client.closed());
}

TEST(Session, AnIdleLoginLastsHalfAnHour) {
  TestServer server;
  TestClient client(server);
  client.log_in();
  server.settle(Millis(29 * 60'000));
  EXPECT_THAT(client.run("NOOP"), StartsWith("OK"));
  server.settle(Millis(31 * 60'000));
  EXPECT_THAT(client.take(), StartsWith("* BYE"));
  EXPECT_TRUE(client.closed());
}

TEST(Session, ShuttingDownSaysBye) {
  TestServer server;
  TestClient client(server);
  client.log_in();
  server.services.stopping = true;
  EXPECT_THAT(client.run("NOOP"), EndsWith("* BYE The server is shutting down.\r\n"));
  EXPECT_TRUE(client.closed());
}

TEST(Session, LogoutSaysByeAndOk) {
  TestServer server;
  TestClient client(server);
  EXPECT_EQ(client.run("LOGOUT"), "* BYE Goodbye.\r\nOK LOGOUT completed.\r\n");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(server.services.stats.connections, 0u);
}

TEST(Session, GivesBackTheMemoryOfItsLiterals) {
  TestServer server;
  TestClient client(server);
  client.log_in();
  client.append("INBOX", "Subject: x\r\n\r\n");
  client.send("a CREATE {3}\r\n");
  client.send("box\r\n");
  EXPECT_EQ(server.services.memory.used(), 0u);
}

TEST(Session, WhatTheServerHasNoRoomForIsUnavailable) {
  TestServer server({.held_bytes_max = 1024 * 1024});
  TestClient client(server);
  client.log_in();
  Reservation others(server.services.memory);
  ASSERT_TRUE(others.grow(1024 * 1024 - 10));
  EXPECT_THAT(client.send("a CREATE {30}\r\n"), StartsWith("a NO [UNAVAILABLE]"));
  others.release();
  EXPECT_THAT(client.run("CREATE box"), StartsWith("OK"));
}

TEST(Session, ALongLineTakesOfTheRoomThatThereIs) {
  TestServer server({.held_bytes_max = 1024 * 1024});
  TestClient client(server);
  client.log_in();
  client.send("a STORE 1" + std::string(200'000, ','));
  EXPECT_GE(server.services.memory.used(), 180'000u);
  EXPECT_THAT(client.send("\r\n"), StartsWith("a BAD"));
  EXPECT_EQ(server.services.memory.used(), 0u);
  Reservation others(server.services.memory);
  ASSERT_TRUE(others.grow(1024 * 1024 - 100'000));
  client.send("b STORE 1" + std::string(90'000, ','));
  EXPECT_FALSE(client.closed());
  EXPECT_THAT(client.send(std::string(200'000, ',')), StartsWith("* BYE"));
}

TEST(Session, ASelectThatFailsSaysThatTheMailboxIsClosed) {
  TestServer server;
  TestClient client(server, "INBOX");
  EXPECT_THAT(client.run("SELECT \"&AGE-\""), StartsWith("* OK [CLOSED]"));
  EXPECT_THAT(client.run("SELECT \"&AGE-\""), StartsWith("NO"));
}

TEST(Session, AnAppendCutOffHalfwayLeavesNothing) {
  TestServer server;
  {
    TestClient client(server);
    client.log_in();
    client.send("a APPEND INBOX {1000+}\r\nSubject: half");
  }
  TestClient again(server);
  again.log_in();
  EXPECT_THAT(again.select("INBOX"), HasSubstr("* 0 EXISTS\r\n"));
  EXPECT_EQ(server.services.stats.connections, 1u);
}

TEST(Session, AFailedSelectLeavesNothingSelected) {
  TestServer server;
  TestClient client(server, "INBOX");
  EXPECT_THAT(client.run("EXAMINE DOES.NOT.EXIST"), HasSubstr("NO [NONEXISTENT]"));
  EXPECT_THAT(client.run("FETCH 1 FLAGS"), StartsWith("BAD"));
}

TEST(Session, IdleEndsOnlyWithDone) {
  TestServer server;
  TestClient client(server, "INBOX");
  EXPECT_EQ(client.send("a IDLE\r\n"), "+ idling\r\n");
  EXPECT_THAT(client.send("b NOOP\r\n"), StartsWith("a BAD"));
  EXPECT_EQ(client.send("c IDLE\r\nDONE\r\nd NOOP\r\n"),
            "+ idling\r\nc OK IDLE completed.\r\nd OK NOOP completed.\r\n");
}

}  // namespace
}  // namespace roost::imapd
