#include "base/flags.h"

#include <algorithm>

namespace roost {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && compare_ignoring_case(a, b) == 0;
}

int compare_ignoring_case(std::string_view a, std::string_view b) {
  size_t shared = std::min(a.size(), b.size());
  for (size_t i = 0; i < shared; ++i) {
    int difference =
        static_cast<unsigned char>(to_lower_ascii(a[i])) - static_cast<unsigned char>(to_lower_ascii(b[i]));
    if (difference != 0) return difference;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

void FlagSet::add_keyword(std::string_view keyword) {
  if (!has_keyword(keyword)) keywords.emplace_back(keyword);
}

bool FlagSet::has_keyword(std::string_view keyword) const {
  return std::ranges::any_of(keywords, [&](const std::string& k) { return equals_ignoring_case(k, keyword); });
}

}  // namespace roost
