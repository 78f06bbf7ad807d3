// Bugs to be planted, one at a time, to see that the tests find them: tests/planted/run.py does, and docs/promises.md
// says which test finds which. Only a build with ROOST_PLANTED (the preset `planted`) can plant any; in every other
// planted() is false when it is compiled, and nothing of a bug is in the program.
#pragma once

#include <cstdint>

namespace roost {

// planted.cc has their names, in the same order.
enum class Bug : uint8_t {
  none,
  commit_not_synced,
  answered_before_the_write,
  cas_skipped,
  body_after_its_record,
  large_body_after_its_record,
  large_body_not_synced,
  large_body_directory_not_synced,
  owner_directory_not_synced,
  link_not_synced,
  removal_not_synced,
  page_after_its_root,
  tail_trimmed,
  account_id_not_synced,
  failed_sync_forgotten,
  planned_on_old_snapshot,
  unknown_taken_for_stored,
  condition_not_tested,
  change_not_told,
  dead_list_dropped,
  returned_body_left_dead,
  retention_forgotten,
};

#ifdef ROOST_PLANTED
// Whether the environment's ROOST_BUG names it. Thread-safe.
bool planted(Bug bug);
#else
constexpr bool planted(Bug) { return false; }
#endif

}  // namespace roost
