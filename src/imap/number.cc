#include "imap/number.h"

#include <charconv>

namespace roost::imap {

char* write_number(char* at, uint64_t value) { return std::to_chars(at, at + 20, value).ptr; }

void write_number(Bytes& out, uint64_t value) {
  char digits[20];
  out.append(digits, write_number(digits, value));
}

}  // namespace roost::imap
