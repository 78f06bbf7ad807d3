#include "imap/list_pattern.h"

#include <algorithm>

#include "base/flags.h"
#include "imap/mailbox_name.h"

namespace roost::imap {
namespace {

constexpr BytesView kInbox = "INBOX";

// How many characters of a name match in any case.
size_t any_case_length(BytesView name) {
  if (!name.starts_with(kInbox)) return 0;
  return name.size() == kInbox.size() || name[kInbox.size()] == kHierarchySeparator ? kInbox.size() : 0;
}

// Whether names that begin with it can also begin with INBOX, which is spelled in another way.
bool hides_inbox(BytesView prefix) {
  BytesView inbox = kInbox.substr(0, prefix.size());
  return !prefix.starts_with(inbox) && equals_ignoring_case(prefix.substr(0, inbox.size()), inbox);
}

bool is_wildcard(char c) { return c == '*' || c == '%'; }

// A run of wildcards is one: `*` if it has a `*`.
Bytes collapse_wildcards(BytesView text) {
  Bytes out;
  for (char c : text) {
    if (is_wildcard(c) && !out.empty() && is_wildcard(out.back())) {
      if (c == '*') out.back() = '*';
    } else {
      out += c;
    }
  }
  return out;
}

void set_bit(std::vector<uint64_t>& bits, size_t i) { bits[i / 64] |= uint64_t{1} << (i % 64); }

}  // namespace

ListPattern::ListPattern(BytesView reference, BytesView pattern) : text_(Bytes(reference).append(pattern)) {
  Bytes elements = collapse_wildcards(text_);
  auto literals = static_cast<size_t>(std::ranges::count_if(elements, [](char c) { return !is_wildcard(c); }));
  if (literals > kMailboxNameBytesMax) {
    impossible_ = true;
    return;
  }
  prefix_ = elements.substr(0, elements.find_first_of("*%"));
  if (hides_inbox(prefix_)) prefix_.clear();
  size_ = elements.size();
  size_t words = size_ / 64 + 1;
  any_.resize(words);
  level_.resize(words);
  rows_.emplace_back(words);
  for (size_t i = 0; i < size_; ++i) {
    if (elements[i] == '*') {
      set_bit(any_, i);
    } else if (elements[i] == '%') {
      set_bit(level_, i);
    } else {
      add_literal(elements[i], i);
    }
  }
}

void ListPattern::add_literal(char c, size_t position) {
  uint16_t& row = row_of_[static_cast<uint8_t>(c)];
  if (row == 0) {
    row = static_cast<uint16_t>(rows_.size());
    rows_.emplace_back(any_.size());
  }
  set_bit(rows_[row], position);
}

ListPattern::Walk::Walk(const ListPattern& pattern) : pattern_(pattern) {
  std::fill_n(at_.begin(), pattern.any_.size(), 0);
  at_[0] = 1;
  pass_wildcards();
}

// From the positions before `c` to those after it; a wildcard may keep its position.
bool ListPattern::Walk::step(char c, bool any_case) {
  const Positions& row = pattern_.row(c);
  const Positions& lower_row = any_case ? pattern_.row(to_lower_ascii(c)) : row;
  uint64_t carry = 0;
  uint64_t reached = 0;
  for (size_t w = 0; w < row.size(); ++w) {
    uint64_t keeps = c == kHierarchySeparator ? pattern_.any_[w] : pattern_.any_[w] | pattern_.level_[w];
    uint64_t moved = at_[w] & (row[w] | lower_row[w]);
    at_[w] = (at_[w] & keeps) | moved << 1 | carry;
    carry = moved >> 63;
    reached |= at_[w];
  }
  pass_wildcards();
  return reached != 0;
}

// A wildcard also matches nothing: the position behind it is reached as well. No two are neighbours, so one such step
// is enough.
void ListPattern::Walk::pass_wildcards() {
  uint64_t carry = 0;
  for (size_t w = 0; w < pattern_.any_.size(); ++w) {
    uint64_t wild = at_[w] & (pattern_.any_[w] | pattern_.level_[w]);
    at_[w] |= wild << 1 | carry;
    carry = wild >> 63;
  }
}

bool ListPattern::matches(BytesView name) const {
  if (impossible_ || !name.starts_with(prefix_)) return false;
  Walk walk(*this);
  size_t any_case = any_case_length(name);
  for (size_t i = 0; i < name.size(); ++i) {
    if (!walk.step(name[i], i < any_case)) return false;
  }
  return walk.accepted();
}

bool ListPattern::matches_a_parent_of(BytesView name) const {
  if (impossible_) return false;
  Walk walk(*this);
  size_t any_case = any_case_length(name);
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == kHierarchySeparator && walk.accepted()) return true;
    if (!walk.step(name[i], i < any_case)) return false;
  }
  return false;
}

}  // namespace roost::imap
