// SORT and THREAD responses, piece by piece, so that the caller can flush in between.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/uid_set.h"

namespace roost::imap {

// sort-data = "SORT" *(SP nz-number) [SP search-sort-mod-seq]     RFC 5256 5, RFC 7162 7. What follows are
// write_search_number() and write_search_end() (imap/list_response.h).
void write_sort_start(Bytes& out);

// As few ranges as the order allows: each rises (RFC 5267 3.2).
std::vector<UidRange> ranges_in_order(std::span<const uint32_t> numbers);

// thread-data = "THREAD" [SP 1*thread-list]     RFC 5256 5
//
// Takes the messages of all threads from parent to child, each with how many children it has. 0 is a parent that is not
// there; it has two children or more, and no parent of its own.
class ThreadWriter {
 public:
  void start(Bytes& out);
  void add(Bytes& out, uint32_t number, uint32_t children);
  void finish(Bytes& out);

 private:
  void close(Bytes& out);

  bool first_ = true;
  bool only_child_ = false;         // the next message is the only child of the one before
  std::vector<uint32_t> siblings_;  // that are still to come, for each list that is open within a list
};

}  // namespace roost::imap
