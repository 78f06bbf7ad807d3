// What LIST matches.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "imap/mailbox_name.h"

namespace roost::imap {

// list-mailbox: `*` is anything, `%` anything without the hierarchy separator (RFC 9051 6.3.9). Made once for a
// command, asked for each mailbox; const calls are thread-safe.
//
// All positions of the pattern that the name so far can have reached are followed at once, as bits: no backtracking, so
// that "%*%*%*" costs what "*" costs.
//
// The name INBOX, and that level above others, matches in any case (RFC 3501 5.1): "inb%" finds INBOX and "inbound".
class ListPattern {
 public:
  // Both as decode_list_pattern() gives them, or in UTF-8.
  ListPattern(BytesView reference, BytesView pattern);

  // O(name × pattern / 64).
  bool matches(BytesView name) const;
  // A level above `name` matches: then a client that lists level by level hears of that level, even if no such mailbox
  // exists (RFC 3501 6.3.8, RFC 9051 6.3.9).
  bool matches_a_parent_of(BytesView name) const;
  // No name that does not begin with this can match: where a walk in order may start and end.
  BytesView fixed_prefix() const { return prefix_; }
  // Reference and pattern, joined.
  const Bytes& text() const { return text_; }

 private:
  // Literal characters and the wildcards between them, and the position behind the last.
  static constexpr size_t kWordsMax = (2 * kMailboxNameBytesMax + 2) / 64 + 1;
  using Positions = std::vector<uint64_t>;

  // The positions that a name can have reached.
  class Walk {
   public:
    explicit Walk(const ListPattern& pattern);
    bool step(char c, bool any_case);  // false: no way on
    bool accepted() const { return (at_[pattern_.size_ / 64] >> (pattern_.size_ % 64) & 1) != 0; }

   private:
    void pass_wildcards();
    const ListPattern& pattern_;
    std::array<uint64_t, kWordsMax> at_;  // the pattern's words only
  };

  void add_literal(char c, size_t position);
  const Positions& row(char c) const { return rows_[row_of_[static_cast<uint8_t>(c)]]; }

  Bytes text_;
  Bytes prefix_;
  bool impossible_ = false;  // more literal characters than a name may have
  size_t size_ = 0;          // elements: literal characters and wildcards
  // A bit per position before an element: where a wildcard stands, and of which kind.
  Positions any_;
  Positions level_;
  // Where each character stands: row 0 is empty, for characters that the pattern does not have.
  std::array<uint16_t, 256> row_of_{};
  std::vector<Positions> rows_;
};

}  // namespace roost::imap
