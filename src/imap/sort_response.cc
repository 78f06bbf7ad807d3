#include "imap/sort_response.h"

#include "imap/number.h"

namespace roost::imap {

void write_sort_start(Bytes& out) { out += "* SORT"; }

std::vector<UidRange> ranges_in_order(std::span<const uint32_t> numbers) {
  std::vector<UidRange> ranges;
  for (uint32_t number : numbers) {
    if (!ranges.empty() && uint64_t{ranges.back().last.value} + 1 == number) {
      ranges.back().last = Uid(number);
    } else {
      ranges.push_back({Uid(number), Uid(number)});
    }
  }
  return ranges;
}

void ThreadWriter::start(Bytes& out) { out += "* THREAD"; }

// thread-list    = "(" (thread-members / thread-nested) ")"
// thread-members = nz-number *(SP nz-number) [SP thread-nested]
// thread-nested  = 2*thread-list
void ThreadWriter::add(Bytes& out, uint32_t number, uint32_t children) {
  if (first_) out += ' ';
  first_ = false;
  out += only_child_ ? ' ' : '(';
  if (number != 0) write_number(out, number);
  only_child_ = children == 1;
  if (children > 1) {
    if (number != 0) out += ' ';
    siblings_.push_back(children);
  }
  if (children == 0) close(out);
}

// Ends the list of a message without children, and each one around it whose last member that was.
void ThreadWriter::close(Bytes& out) {
  out += ')';
  while (!siblings_.empty() && --siblings_.back() == 0) {
    siblings_.pop_back();
    out += ')';
  }
}

void ThreadWriter::finish(Bytes& out) { out += "\r\n"; }

}  // namespace roost::imap
