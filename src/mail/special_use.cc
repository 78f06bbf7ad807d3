#include "mail/special_use.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/flags.h"

namespace roost::mail {
namespace {

// Not \All and \Flagged, which would be views of other mailboxes.
constexpr std::array<std::string_view, 6> kSpecialUses{"Archive", "Drafts", "Important", "Junk", "Sent", "Trash"};
constexpr auto kUnknownUse = "A special use is one of Archive, Drafts, Important, Junk, Sent and Trash";

}  // namespace

Result<std::vector<std::string>> known_special_uses(const std::vector<std::string>& asked) {
  std::vector<std::string> out;
  for (const std::string& use : asked) {
    auto known = std::ranges::find_if(kSpecialUses, [&](std::string_view k) { return equals_ignoring_case(k, use); });
    if (known == kSpecialUses.end()) return no(Code::use_attr, kUnknownUse);
    if (std::ranges::find(out, *known) == out.end()) out.emplace_back(*known);
  }
  return out;
}

std::vector<std::string> other_special_uses(const MailboxState& mailbox, const std::vector<std::string>& uses) {
  std::vector<std::string> out = mailbox.label->special_use;
  std::erase_if(out, [&uses](const std::string& use) { return std::ranges::find(uses, use) != uses.end(); });
  return out;
}

}  // namespace roost::mail
