// What SEARCH and the search index read of messages.
#pragma once

#include <optional>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/parse_guard.h"
#include "search/scan.h"

namespace roost::accounts {

// Messages by their EMAILID, which parse_guard.h takes for a fingerprint like any other.
class ContentNote final : public search::ContentGuard {
 public:
  explicit ContentNote(ParseGuard& guard) : guard_(guard) {}

  bool enter(const mail::Cold& row) override;
  void leave() override { note_.reset(); }

 private:
  ParseGuard& guard_;
  std::optional<ParseGuard::Note> note_;
};

// In their order; nothing for what is missing or damaged.
task<Result<std::vector<std::optional<Bytes>>>> read_octets(AccountPtr account, std::vector<search::Scan::Read> reads);

}  // namespace roost::accounts
