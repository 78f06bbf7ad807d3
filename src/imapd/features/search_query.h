// From SEARCH as it was written to the query that the engine runs: numbers become uids, strings become UTF-8.
#pragma once

#include "base/result.h"
#include "imap/search.h"
#include "imapd/view.h"
#include "search/query.h"

namespace roost::imapd {

// What a SEARCH means depends on who asks: the numbering, and \Recent.
struct SearchContext {
  const View& view;
  const UidSet& recent;
};

// A MODSEQ key, anywhere: then the answer has a MODSEQ, too (RFC 7162 3.1.5).
bool asks_for_mod_seq(const imap::SearchKey& key);
// Message numbers, anywhere. "$" is none (RFC 5182).
bool names_numbers(const imap::SearchKey& key);
// Of the live ones of `found`; nothing where there are none.
std::optional<ModSeq> highest_mod_seq(const View& view, const UidSet& found);

// bad for a message number that is not there; BADCHARSET is the caller's to check (message::is_known_charset).
Result<search::Query> make_query(const imap::Search& search, const SearchContext& context);

}  // namespace roost::imapd
