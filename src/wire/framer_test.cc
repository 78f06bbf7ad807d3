#include "wire/framer.h"

#include <gtest/gtest.h>

#include <functional>

namespace roost::wire {
namespace {

using Event = Framer::Event;
using Decide = std::function<std::string(Framer&, BytesView behind)>;

std::string hold(Framer& f, BytesView) {
  f.hold();
  return "";
}

// Everything that happens to `input`, as text, fed `step` octets at a time.
std::string trace(BytesView input, size_t step, FramerLimits limits = {}, const Decide& decide = hold) {
  Framer framer(limits);
  std::string out;
  while (true) {
    BytesView piece = input.substr(0, step);
    input.remove_prefix(piece.size());
    for (Event event = Event::command; event != Event::need_more;) {
      event = framer.next(piece);
      if (event == Event::command) {
        out += "[" + framer.frame().text;
        for (const Literal& l : framer.frame().literals) {
          out += "|" + std::to_string(l.offset) + (l.binary ? "~" : "") + ":" + l.bytes;
        }
        out += "]";
      } else if (event == Event::literal) {
        out += decide(framer, piece);
      } else if (event == Event::chunk) {
        out += std::string(framer.chunk());
      } else if (event == Event::literal_end) {
        out += ";";
      } else if (event == Event::error) {
        out += "!" + framer.frame().text.substr(0, framer.frame().text.find(' '));
      } else if (event == Event::fatal) {
        return out + "FATAL";
      }
    }
    if (input.empty()) return out;
  }
}

void expect_trace(BytesView input, const std::string& expected, FramerLimits limits = {}, const Decide& d = hold) {
  for (size_t step : {size_t{1}, size_t{2}, size_t{7}, input.size()}) {
    EXPECT_EQ(trace(input, step, limits, d), expected) << "step " << step << ": " << input;
  }
}

TEST(Framer, SplitsLines) { expect_trace("a NOOP\r\nb NOOP\n\r\nc", "[a NOOP][b NOOP][]"); }

TEST(Framer, PutsLiteralsBesideTheText) {
  expect_trace("a LOGIN {3}\r\nbob {0}\r\n\r\nb X ~{2+}\r\n\r\n {1+}\r\n}\r\n",
               "[a LOGIN  |8:bob|9:][b X  |4~:\r\n|5:}]");
}

TEST(Framer, LeavesWhatIsNoAnnouncement) {
  expect_trace("a {}\r\nb {-1}\r\nc {1}x\r\nd 5}\r\ne {5\r\nf {+}\r\n", "[a {}][b {-1}][c {1}x][d 5}][e {5][f {+}]");
}

TEST(Framer, RefusesNulAndBareCr) {
  expect_trace("a b\rc\r\nb NOOP\r\n", "!a[b NOOP]");
  expect_trace(BytesView("a x\0y\r\nb NOOP\r\n", 15), "!a[b NOOP]");
  expect_trace("a x\r\r\nb NOOP\r\n", "!a[b NOOP]");
}

TEST(Framer, SkipsTheLiteralOfABadLine) {
  expect_trace("a b\rc {6+}\r\nx Y\r\nz rest {2+}\r\nQQ tail\r\nb NOOP\r\n", "!a[b NOOP]");
}

TEST(Framer, RecoversFromAnEndlessLine) {
  FramerLimits limits{.line_bytes_max = 20};
  expect_trace("a " + std::string(500, 'x') + "\r\nb NOOP\r\n", "!a[b NOOP]", limits);
  expect_trace("a " + std::string(500, 'x') + " {6+}\r\nc D\r\nx\r\nb NOOP\r\n", "!a[b NOOP]", limits);
  expect_trace("a {1+}\r\nx{1+}\r\nx{1+}\r\nx{1+}\r\nx\r\nb NOOP\r\n", "!a[b NOOP]", limits);
}

TEST(Framer, GivesUpAnEndlessLineThatNeverEnds) {
  FramerLimits limits{.line_bytes_max = 20, .discard_bytes_max = 100};
  EXPECT_EQ(trace("a " + std::string(500, 'x'), 10, limits), "!aFATAL");
}

TEST(Framer, BoundsTheNumberOfLiterals) {
  expect_trace("a {1+}\r\nx{1+}\r\ny{1+}\r\nz{2+}\r\n\r\n\r\nb NOOP\r\n", "!a[b NOOP]", {.literals_max = 2});
}

TEST(Framer, NeverParsesARefusedLiteral) {
  Decide refuse = [](Framer& f, BytesView behind) {
    Framer::Refusal r = f.refuse(behind);
    return std::string(r == Framer::Refusal::done ? "done" : r == Framer::Refusal::skipping ? "skip" : "close");
  };
  expect_trace("a X {10+}\r\nb DELETE\r\nmore {3+}\r\nc \n\r\nd NOOP\r\n", "skip[d NOOP]", {}, refuse);
  expect_trace("a X {0+}\r\n\r\nd NOOP\r\n", "skip[d NOOP]", {}, refuse);
  expect_trace("a X {99999999999+}\r\nb DELETE x\r\n", "closeFATAL", {}, refuse);
  // The client waits for its continuation: the command is over.
  EXPECT_EQ(trace("a X {10}\r\n", 1, {}, refuse), "done");
  EXPECT_EQ(trace("a X {10}\r\nd NOOP\r\n", 10, {}, refuse), "done[d NOOP]");
  // It did not wait: these are the literal's octets.
  EXPECT_EQ(trace("a X {10}\r\nb DELETE\r\n\r\nd NOOP\r\n", 100, {}, refuse), "skip[d NOOP]");
}

TEST(Framer, RefusesNumbersOf63BitsAndMore) {
  expect_trace("a X {9223372036854775808+}\r\nb NOOP\r\n", "!aFATAL");
  EXPECT_EQ(trace("a X {9223372036854775808}\r\n", 99), "!a");
  EXPECT_EQ(trace("a X {99999999999999999999999999999999999}\r\nb NOOP\r\n", 1), "!a[b NOOP]");
  uint64_t size = 0;
  trace("a X {9223372036854775807}\r\n", 99, {}, [&](Framer& f, BytesView behind) {
    size = f.announced().size;
    f.refuse(behind);
    return "";
  });
  EXPECT_EQ(size, 9223372036854775807u);
}

TEST(Framer, StreamsLiteralsPieceByPiece) {
  Decide stream = [](Framer& f, BytesView) {
    f.stream();
    return "<" + f.frame().text + ">";
  };
  expect_trace("a APPEND x {5}\r\nhello {0+}\r\n\r\nb NOOP\r\n",
               "<a APPEND x >hello;<a APPEND x  >;[a APPEND x  |11:|12:][b NOOP]", {}, stream);
}

TEST(Framer, AbandonsAnUpload) {
  Framer framer;
  BytesView input = "a APPEND x {5+}\r\nhel";
  EXPECT_EQ(framer.next(input), Event::literal);
  framer.stream();
  EXPECT_EQ(framer.next(input), Event::chunk);
  framer.abandon();
  input = "lo {4+}\r\nb X\n\r\nc NOOP\r\n";
  EXPECT_EQ(framer.next(input), Event::command);
  EXPECT_EQ(framer.frame().text, "c NOOP");
}

TEST(Framer, AbandonsBetweenLiterals) {
  Framer framer;
  BytesView input = "a APPEND x {2+}\r\nhi {4+}\r\nb X\n\r\nc NOOP\r\n";
  EXPECT_EQ(framer.next(input), Event::literal);
  framer.stream();
  EXPECT_EQ(framer.next(input), Event::chunk);
  EXPECT_EQ(framer.next(input), Event::literal_end);
  framer.abandon();
  EXPECT_EQ(framer.next(input), Event::command);
  EXPECT_EQ(framer.frame().text, "c NOOP");
}

// MULTIAPPEND: refused at its first message, it has announced the second one when the reply arrives, and goes on.
TEST(Framer, TakesWhatFollowsASynchronizingAnnouncementOfARefusedCommandForCommands) {
  Decide refuse = [](Framer& f, BytesView behind) {
    f.refuse(behind);
    return "";
  };
  expect_trace("a APPEND x {3+}\r\nabc {500}\r\nb NOOP\r\n", "[b NOOP]", {}, refuse);
  expect_trace("a APPEND x {3+}\r\nabc {5+}\r\nb X\r\n {7}\r\nb NOOP\r\n", "[b NOOP]", {}, refuse);
}

// A line is refused while the client is still writing it: it cannot have waited.
TEST(Framer, SkipsTheLiteralAtTheEndOfALineThatIsTooLong) {
  EXPECT_EQ(trace("a " + std::string(200, 'x') + " {7}\r\nb NOOP!\r\nc NOOP\r\n", 1000, {.line_bytes_max = 50}),
            "!a[c NOOP]");
}

TEST(Framer, HasNoLiteralsInPlainLines) {
  Framer framer;
  framer.set_plain_lines(true);
  BytesView input = "abc {5+}\r\n";
  EXPECT_EQ(framer.next(input), Event::command);
  EXPECT_EQ(framer.frame().text, "abc {5+}");
}

TEST(Framer, KnowsWhenNothingHasArrived) {
  Framer framer;
  EXPECT_TRUE(framer.at_start());
  BytesView input = "a";
  framer.next(input);
  EXPECT_FALSE(framer.at_start());
  input = " NOOP\r\n";
  EXPECT_EQ(framer.next(input), Event::command);
  EXPECT_EQ(framer.next(input), Event::need_more);
  EXPECT_TRUE(framer.at_start());
  input = "\r";
  framer.next(input);
  EXPECT_FALSE(framer.at_start());
}

TEST(Framer, HoldsNoMoreThanHasArrived) {
  Framer framer;
  BytesView input = "a X {9000000000}\r\nabc";
  EXPECT_EQ(framer.next(input), Event::literal);
  framer.hold();
  EXPECT_EQ(framer.next(input), Event::need_more);
  EXPECT_LT(framer.announced().bytes.capacity(), 100'000u);
}

}  // namespace
}  // namespace roost::wire
