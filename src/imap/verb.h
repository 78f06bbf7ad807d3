// The names of commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace roost::imap {

enum class Verb : uint8_t {
  append,
  authenticate,
  capability,
  check,
  close,
  compress,
  copy,
  create,
  delete_,
  deleteacl,
  enable,
  examine,
  expunge,
  fetch,
  getacl,
  getmetadata,
  get_quota,
  get_quota_root,
  id,
  idle,
  list,
  listrights,
  login,
  logout,
  lsub,
  move,
  myrights,
  namespace_,
  noop,
  notify,
  rename,
  replace,
  search,
  select,
  setacl,
  setmetadata,
  set_quota,
  sort,
  starttls,
  status,
  store,
  subscribe,
  thread,
  uid_copy,
  uid_expunge,
  uid_fetch,
  uid_move,
  uid_replace,
  uid_search,
  uid_sort,
  uid_store,
  uid_thread,
  uid_batches,
  unauthenticate,
  unselect,
  unsubscribe,
  xapplepushservice,
  xlist,
};

inline constexpr size_t kVerbCount = static_cast<size_t>(Verb::xlist) + 1;

// In any case; with `uid`, the word after "UID".
std::optional<Verb> find_verb(std::string_view word, bool uid = false);
// "UID FETCH".
std::string_view verb_name(Verb verb);
// Commands that are given message numbers, all of which have a namesake with UID: FETCH, COPY. Not EXPUNGE, which is
// given none.
bool takes_numbers(Verb verb);

}  // namespace roost::imap
