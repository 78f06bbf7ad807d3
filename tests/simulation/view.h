// What a client knows of the mailbox that it has selected, from what it was told and nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "mail/model_test.h"

namespace roost::simulation {

using FlagNames = std::set<std::string>;  // in lower case, without \Recent

FlagNames flag_names(const mail::ModelMessage& message);

struct Entry {
  std::optional<uint32_t> uid;
  std::optional<FlagNames> flags;
  std::optional<uint64_t> modseq;
};

// A client's cache of a mailbox, for QRESYNC (RFC 7162 3.2.5).
struct Cache {
  uint32_t uidvalidity = 0;
  uint64_t modseq = 0;  // all changes up to here are in it
  std::map<uint32_t, FlagNames> messages;
};

struct Fetched {
  uint32_t number = 0;
  Entry entry;
  std::optional<std::string> body;
};
Fetched parse_fetch(std::string_view response);

// "1:3,7"
std::set<uint32_t> parse_uids(std::string_view set);

class View {
 public:
  // The response is `* ` and what follows. Gives what cannot be true of it; empty if there is nothing.
  std::string hear(std::string_view response);

  // Whether this is the mailbox, as far as it is known.
  bool fits(const mail::ModelMailbox& mailbox) const;
  bool all_known() const;
  std::string text() const;

  // None while something is not known; in the middle of a resynchronisation HIGHESTMODSEQ is told before what it
  // stands for.
  std::optional<Cache> cache() const;

  // Around SELECT (QRESYNC …) and the FETCH of what is new: what is cached counts, changed by what is heard.
  void begin_resynchronising(const Cache& cache);
  std::string end_resynchronising();
  // The mailbox is another one: nothing of the cache is true.
  void forget_cache() { known_.clear(); }
  uint32_t first_unknown_uid() const { return known_.empty() ? 1 : known_.rbegin()->first + 1; }
  bool resynchronised_all() const { return known_.size() == exists_; }

  std::vector<Entry> entries;
  uint32_t uidvalidity = 0;
  uint32_t uidnext = 0;
  uint64_t modseq = 0;                    // the last HIGHESTMODSEQ that was told
  std::set<uint32_t> vanished_earlier;    // told as such
  std::map<uint32_t, FlagNames> fetched;  // all that FETCH told, by uid
  std::optional<std::string> body;        // the last that was fetched

 private:
  std::string hear_number(uint32_t number, std::string_view word, std::string_view response);
  std::string hear_fetch(const Fetched& fetched);
  std::string hear_vanished(uint32_t uid);

  bool resynchronising_ = false;
  std::map<uint32_t, Entry> known_;  // while resynchronising
  size_t exists_ = 0;                // likewise
};

}  // namespace roost::simulation
