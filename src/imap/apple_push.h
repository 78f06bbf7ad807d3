// XAPPLEPUSHSERVICE, by which Apple's Mail asks to be woken when there is mail. It is in no RFC: this is version 2, as
// Apple's own servers had it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

class Parser;

// xapplepushservice = "XAPPLEPUSHSERVICE" 1*(SP attribute)
// attribute         = "aps-version" SP astring / "aps-account-id" SP astring / "aps-device-token" SP astring /
//                     "aps-subtopic" SP astring / "mailboxes" SP "(" [mailbox *(SP mailbox)] ")"
struct ApplePush {
  static constexpr size_t kMailboxesMax = 100;

  struct Mailbox {
    Bytes name;     // normalised
    Bytes spelled;  // as the client has it
  };

  Bytes version;
  Bytes account_id;
  Bytes device_token;
  Bytes subtopic;
  std::vector<Mailbox> mailboxes;  // INBOX where none were named
};

// In any order, each attribute once; Bad where one but `mailboxes` is missing.
Result<ApplePush> parse_apple_push(Parser& in);

// * XAPPLEPUSHSERVICE aps-version "2" aps-topic "com.apple.mail.XServer.…"
void write_apple_push(Bytes& out, std::string_view topic);

}  // namespace roost::imap
