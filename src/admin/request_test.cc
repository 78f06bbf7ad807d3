#include "admin/request.h"

#include <gtest/gtest.h>

namespace roost::admin {
namespace {

TEST(Request, SurvivesItsEncoding) {
  Request request{"user add", {"alice", ""}, {{"special-use", "Sent"}, {"yes", ""}}, true, "pass\nword"};
  auto decoded = decode_request(encode_request(request));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(*decoded, request);
}

TEST(Request, IsRefusedWhenCutAnywhere) {
  Bytes encoded = encode_request({"mailbox create", {"alice", "Archive"}, {{"a", "b"}}, false, "x"});
  for (size_t n = 0; n < encoded.size(); ++n) EXPECT_FALSE(decode_request(BytesView(encoded).substr(0, n))) << n;
}

TEST(Frame, SurvivesItsEncoding) {
  Bytes encoded = encode_frame({Frame::Kind::standard_error, "no such user\n"});
  auto frame = decode_frame(BytesView(encoded).substr(4));
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->kind, Frame::Kind::standard_error);
  EXPECT_EQ(frame->data, "no such user\n");
}

TEST(Frame, RefusesUnknownKindsAndBadStatuses) {
  EXPECT_FALSE(decode_frame(""));
  EXPECT_FALSE(decode_frame("\x07x"));
  EXPECT_FALSE(decode_frame("\x03"));
  EXPECT_FALSE(decode_frame("\x03xy"));
}

}  // namespace
}  // namespace roost::admin
