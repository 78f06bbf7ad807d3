#include "http/request.h"

#include <gtest/gtest.h>

namespace roost::http {
namespace {

TEST(Request, GoesByNoOtherProtocolThanItMay) {
  Request file("file:///etc/passwd", {});
  EXPECT_EQ(file.perform().error().code, Code::unavailable);
  Request clear("http://127.0.0.1/", {});
  EXPECT_EQ(clear.perform().error().code, Code::unavailable);
}

TEST(Request, TellsWhyThereIsNoAnswer) {
  Request request("https://127.0.0.1:1/", {.request_ms_max = Millis(60'000)});
  Result<Answer> answer = request.perform();
  ASSERT_FALSE(answer);
  EXPECT_FALSE(answer.error().text.empty());
}

}  // namespace
}  // namespace roost::http
