// The spelling of a message's keywords, looked up once for each set of keywords and not once for each message.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mail/snapshot.h"

namespace roost::imapd {

// For one mailbox of one snapshot.
class KeywordNames {
 public:
  explicit KeywordNames(const mail::Mailbox& mailbox) : mailbox_(mailbox) {}

  std::span<const std::string> of(mail::KeywordSet set) {
    if (set.value == 0) return {};
    if (set.value >= names_.size()) names_.resize(size_t{set.value} + 1);
    std::vector<std::string>& names = names_[set.value];
    if (names.empty()) {
      for (uint16_t index : mailbox_.keywords_of(set)) names.push_back(mailbox_.keywords()[index]);
    }
    return names;
  }

 private:
  mail::Mailbox mailbox_;
  std::vector<std::vector<std::string>> names_;
};

}  // namespace roost::imapd
