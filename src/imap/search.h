// SEARCH: a tree of keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/ids.h"
#include "base/result.h"
#include "imap/date.h"
#include "imap/partial_range.h"
#include "imap/sequence_set.h"

namespace roost::imap {

class Parser;

inline constexpr size_t kSearchDepthMax = 100;    // of parentheses
inline constexpr size_t kSearchKeysMax = 10'000;  // in one command

// search-key     RFC 9051 6.4.4, and the extensions named beside each. Nested pairs of OR, and parentheses within
// parentheses, are flattened: the tree is no deeper than kSearchDepthMax however it was written.
struct SearchKey {
  enum class Op : uint8_t {
    and_,  // of children; () of one key is that key
    or_,   // of children, two or more
    not_,  // of children[0]
    all,
    flag,     // `flag` is set (UNSEEN and its kin: not_ of it)
    recent,   // RFC 3501 (NEW: and_ of recent, not seen; OLD: not_ of recent)
    keyword,  // `text`
    numbers,  // `set`, message numbers
    uids,     // `set`
    before,   // `date`, by INTERNALDATE
    on,
    since,
    sent_before,  // `date`, by the Date header
    sent_on,
    sent_since,
    saved_before,  // RFC 8514
    saved_on,
    saved_since,
    save_date_supported,
    larger,  // `number` octets
    smaller,
    older,  // RFC 5032: `number` seconds
    younger,
    header,  // field `name` contains `text`; empty text: the field is there
    bcc,     // `text`
    cc,
    from,
    to,
    subject,
    body,
    text,
    mod_seq,   // RFC 7162: `number`; `name` is the entry name, or empty
    email_id,  // RFC 8474: `text`
    thread_id,
  };

  Op op = Op::all;
  SystemFlag flag = SystemFlag::seen;
  Date date;
  uint64_t number = 0;
  Bytes name;
  Bytes text;  // in the command's charset; the parser looks at no octet of it
  SequenceSet set;
  std::vector<SearchKey> children;

  friend bool operator==(const SearchKey&, const SearchKey&) = default;
};

// search = "SEARCH" [search-return-opts] SP search-program     RFC 9051 6.4.4, RFC 4731, RFC 5182
struct Search {
  struct Return {
    bool min = false;
    bool max = false;
    bool all = false;
    bool count = false;
    bool save = false;
    std::optional<PartialRange> partial;  // RFC 9394; then not `all`
    // Something other than SAVE: an ESEARCH response is due (RFC 4731 3.1).
    bool answers() const { return min || max || all || count || partial; }
    friend bool operator==(const Return&, const Return&) = default;
  };

  bool uid = false;
  std::optional<Return> give;  // RETURN (): `all` is set
  std::string charset;         // as the client named it; empty: none
  SearchKey key;               // several keys are one and_
};

Result<Search> parse_search(Parser& in, bool uid);
// SP "(" [search-return-opt *(SP search-return-opt)] ")" SP, behind RETURN; sets `give`. Also of SORT (RFC 5267 3).
Result<> parse_search_return_opts(Parser& in, Search& out);
// search-key *(SP search-key), to the end of the command
Result<SearchKey> parse_search_keys(Parser& in);

}  // namespace roost::imap
