#include "imap/utf7.h"

#include <gtest/gtest.h>

namespace roost::imap {
namespace {

Bytes encoded(BytesView name) {
  Bytes out;
  write_modified_utf7(out, name);
  return out;
}

TEST(ModifiedUtf7, HasTheExamplesOfRfc3501) {
  std::pair<const char*, const char*> examples[] = {
      {"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"},
      {"&Jjo-!", "☺!"},
      {"&U,BTF2XlZyyKng-", "台北日本語"},
      {"R&-D", "R&D"},
      {"Entw&APw-rfe", "Entwürfe"},
      {"&2D3eAA-", "😀"},
      {"&-&AOQ-&-", "&ä&"},
      {"", ""},
  };
  for (auto [wire, utf8] : examples) {
    EXPECT_EQ(decode_modified_utf7(wire).value(), utf8);
    EXPECT_EQ(encoded(utf8), wire);
  }
}

TEST(ModifiedUtf7, HasOneSpellingForAName) {
  for (const char* wrong :
       {"&Jjo!", "&U,BTFw-&ZeVnLIqe-", "R&D",      "&",    "&AOQ",     "&AO-",   "&AOR-", "&AGE-",  "&ACY-", "&2D0-",
        "&3gA-", "&3gDYPQ-",           "\xc3\xa4", "a\tb", "&AOQAZA-", "&AOQ=-", "&A/Q-", "&AOQA-", "a\x7f", "&A-"}) {
    EXPECT_FALSE(decode_modified_utf7(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace roost::imap
