#include "base/planted.h"

#ifdef ROOST_PLANTED

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace roost {
namespace {

constexpr std::array kBugs = {
    "none",
    "commit_not_synced",
    "answered_before_the_write",
    "cas_skipped",
    "body_after_its_record",
    "large_body_after_its_record",
    "large_body_not_synced",
    "large_body_directory_not_synced",
    "owner_directory_not_synced",
    "link_not_synced",
    "removal_not_synced",
    "page_after_its_root",
    "tail_trimmed",
    "account_id_not_synced",
    "failed_sync_forgotten",
    "planned_on_old_snapshot",
    "unknown_taken_for_stored",
    "condition_not_tested",
    "change_not_told",
    "dead_list_dropped",
    "returned_body_left_dead",
    "retention_forgotten",
};
static_assert(kBugs.size() == static_cast<size_t>(Bug::retention_forgotten) + 1);

Bug chosen() {
  const char* given = std::getenv("ROOST_BUG");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  if (given == nullptr) return Bug::none;
  auto found = std::ranges::find(kBugs, std::string_view(given));
  if (found == kBugs.end()) {
    std::fprintf(stderr, "there is no bug '%s'\n", given);
    std::abort();
  }
  return static_cast<Bug>(found - kBugs.begin());
}

}  // namespace

bool planted(Bug bug) {
  static const Bug kChosen = chosen();
  return kChosen == bug;
}

}  // namespace roost

#endif
