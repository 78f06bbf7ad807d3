#include "lmtpd/trace.h"

#include <gtest/gtest.h>

namespace roost::lmtpd {
namespace {

TEST(Trace, SaysWhereACopyCameFromAndWhereItWent) {
  Trace trace{Address{"bob", "b.example"},
              Address{"alice+x", "a.example"},
              "mx.b.example",
              "192.0.2.7",
              "mail.a.example",
              false,
              "0011aabb",
              WallTime{1777982400}};
  EXPECT_EQ(write_trace(trace),
            "Return-Path: <bob@b.example>\r\n"
            "Delivered-To: alice+x@a.example\r\n"
            "Received: from mx.b.example ([192.0.2.7])\r\n"
            "\tby mail.a.example with LMTP id 0011aabb\r\n"
            "\tfor <alice+x@a.example>; Tue, 05 May 2026 12:00:00 +0000\r\n");
}

TEST(Trace, KeepsTheNullReversePath) { EXPECT_TRUE(write_trace({}).starts_with("Return-Path: <>\r\n")); }

TEST(Trace, CannotBeForgedByTheClient) {
  Trace trace;
  trace.client = "x\r\nX-Spam: no";
  trace.reverse_path = Address{"a\"b> <c", "d"};
  Bytes written = write_trace(trace);
  EXPECT_EQ(written.find("X-Spam: no"), Bytes::npos);
  EXPECT_TRUE(written.starts_with("Return-Path: <\"a\\\"b> <c\"@d>\r\n"));
}

}  // namespace
}  // namespace roost::lmtpd
