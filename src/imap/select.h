// SELECT and EXAMINE with their parameters.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/uid_set.h"
#include "imap/sequence_set.h"

namespace roost::imap {

class Parser;

// "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"     RFC 7162 3.2.5
struct QresyncParameter {
  UidValidity uid_validity;
  ModSeq mod_seq;
  std::optional<UidSet> known_uids;
  // seq-match-data: the message numbers and UIDs that the client had, pairwise in ascending order; equally many.
  // Empty: not given.
  std::vector<SeqRange> known_numbers;
  UidSet known_number_uids;
};

// select = "SELECT" SP mailbox [select-params]; examine likewise     RFC 9051 6.3.2, 6.3.3, RFC 4466
struct Select {
  Bytes mailbox;   // UTF-8, normalised
  Bytes supplied;  // as the client spelled it, where that is not how it is kept (Parser::mailbox)
  bool read_only = false;
  bool condstore = false;
  std::optional<QresyncParameter> qresync;
};

Result<Select> parse_select(Parser& in, bool read_only);

}  // namespace roost::imap
