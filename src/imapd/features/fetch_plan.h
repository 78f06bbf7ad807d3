// What a FETCH needs to know about each message, decided once for all of them.
#pragma once

#include <vector>

#include "imap/fetch.h"
#include "imapd/modes.h"

namespace roost::imapd {

struct FetchPlan {
  std::vector<imap::FetchItem>
      items;                // with UID in front where UID FETCH implies it (RFC 9051 6.4.9); UIDFETCH does not
  bool flags_only = false;  // beside UID and MODSEQ: the resynchronising client's FETCH, which has a path of its own
  bool says_uid = false;
  bool says_mod_seq = false;
  bool condstore = false;  // RFC 7162 3.1: what says FLAGS says MODSEQ
  bool needs_card = false;
  bool needs_body = false;
  bool sets_seen = false;
  bool says_flags = false;
};

FetchPlan plan_fetch(imap::Fetch fetch, const Modes& modes);

// Answered with octets of the message.
bool is_body_item(const imap::FetchItem& item);
// Those of them whose transfer encoding is undone, or BINARY.SIZE of one.
bool is_binary_item(const imap::FetchItem& item);

}  // namespace roost::imapd
