#include "mail/mailbox_path.h"

#include <algorithm>

#include "base/utf8.h"

namespace roost::mail {

std::string_view without_trailing_separator(std::string_view name) {
  if (name.ends_with(kSeparator)) name.remove_suffix(1);
  return name;
}

Result<> check_mailbox_name(std::string_view name, const EngineLimits& limits) {
  if (name.size() > limits.mailbox_name_bytes_max) return no(Code::limit, "The mailbox name is too long");
  auto depth = static_cast<size_t>(std::ranges::count(name, kSeparator)) + 1;
  if (depth > limits.mailbox_depth_max) return no(Code::limit, "The mailbox name has too many levels");
  bool empty_level = name.empty() || name.front() == kSeparator || name.back() == kSeparator ||
                     name.find("//") != std::string_view::npos;
  if (empty_level) return no(Code::cannot, "A level of the mailbox name is empty");
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(name, is_control)) return no(Code::cannot, "The mailbox name has control characters");
  if (!is_valid_utf8(name)) return no(Code::cannot, "The mailbox name is not UTF-8");
  return {};
}

std::vector<std::string> superiors_of(std::string_view name) {
  std::vector<std::string> out;
  for (size_t at = name.find(kSeparator); at != std::string_view::npos; at = name.find(kSeparator, at + 1)) {
    out.emplace_back(name.substr(0, at));
  }
  return out;
}

}  // namespace roost::mail
