#include "message/subject.h"

#include <gtest/gtest.h>

namespace roost::message {
namespace {

void expect_base(BytesView subject, BytesView base, bool reply_or_forward) {
  BaseSubject got = base_subject(subject);
  EXPECT_EQ(got.text, base) << subject;
  EXPECT_EQ(got.reply_or_forward, reply_or_forward) << subject;
}

TEST(BaseSubject, LosesRepliesAndForwards) {
  expect_base("Hello", "Hello", false);
  expect_base("Re: Hello", "Hello", true);
  expect_base("RE:re : FWD: fw:Hello (fwd) (FWD) ", "Hello", true);
  expect_base("Re[2]: Hello", "Hello", true);
  expect_base("Re [list] : Hello", "Hello", true);
}

TEST(BaseSubject, LosesBlobsUnlessNothingElseIsLeft) {
  expect_base("[list] Hello", "Hello", false);
  expect_base("[a] [b] Re: [c] Hello", "Hello", true);
  expect_base("[only]", "[only]", false);
  expect_base("Re: [only]", "[only]", true);
  expect_base("[un[closed] x", "[un[closed] x", false);
}

TEST(BaseSubject, UnwrapsForwardedSubjects) {
  expect_base("[Fwd: Re: Hello]", "Hello", true);
  expect_base("Re: [fwd: [fwd: a]]", "a", true);
}

TEST(BaseSubject, CollapsesBlanksAndDecodesWords) {
  expect_base("Re: =?utf-8?Q?Gr=C3=BC?=\r\n\t  dich ", "Grü dich", true);
  expect_base("  a \t b  ", "a b", false);
  expect_base("", "", false);
  expect_base("Re:", "", true);
}

TEST(BaseSubject, KeepsWordsThatOnlyLookLikeReplies) {
  expect_base("Regarding: x", "Regarding: x", false);
  expect_base("Re Hello", "Re Hello", false);
  expect_base("(fwd) first", "(fwd) first", false);
}

TEST(BaseSubject, CostsLinearTime) {
  for (BytesView unit : {"[a]", "[fwd:", "re:", "[", "(fwd)", "re[a]"}) {
    Bytes subject;
    while (subject.size() < 300'000) subject += unit;
    EXPECT_LE(base_subject(subject).text.size(), subject.size());
  }
}

}  // namespace
}  // namespace roost::message
