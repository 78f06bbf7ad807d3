// Patterns: agreement with a matcher by table, which has no bits to get wrong.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/flags.h"
#include "imap/list_pattern.h"

namespace {

using namespace roost;

// RFC 3501 5.1: INBOX, alone or above other levels, in any case.
bool is_of_inbox(BytesView name) { return name == "INBOX" || name.starts_with("INBOX/"); }

bool matches_by_table(BytesView pattern, BytesView name) {
  size_t any_case = is_of_inbox(name) ? 5 : 0;
  std::vector<char> reached(name.size() + 1, 0);  // the pattern so far can end before this octet of the name
  reached[0] = 1;
  for (char p : pattern) {
    std::vector<char> next(name.size() + 1, 0);
    for (size_t i = 0; i <= name.size(); ++i) {
      if (p == '*' || p == '%') {
        bool grows = i > 0 && next[i - 1] != 0 && (p == '*' || name[i - 1] != '/');
        next[i] = reached[i] != 0 || grows ? 1 : 0;
      } else if (i > 0 && reached[i - 1] != 0) {
        bool equal = name[i - 1] == p || (i <= any_case && to_lower_ascii(name[i - 1]) == p);
        next[i] = equal ? 1 : 0;
      }
    }
    reached = std::move(next);
  }
  return reached[name.size()] != 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1 || size > 600) return 0;
  BytesView input(reinterpret_cast<const char*>(data) + 1, size - 1);
  size_t cut = data[0] * input.size() / 256;
  BytesView pattern = input.substr(0, cut);
  BytesView name = input.substr(cut);
  imap::ListPattern matcher("", pattern);
  if (matcher.matches(name) != matches_by_table(pattern, name)) abort();
  bool parent = false;
  for (size_t i = 0; i < name.size(); ++i) parent |= name[i] == '/' && matches_by_table(pattern, name.substr(0, i));
  if (matcher.matches_a_parent_of(name) != parent) abort();
  return 0;
}
