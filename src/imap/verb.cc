#include "imap/verb.h"

#include <algorithm>
#include <array>

#include "base/flags.h"

namespace roost::imap {
namespace {

// clang-format off
constexpr std::array<std::string_view, kVerbCount> kNames = {
    "APPEND",
    "AUTHENTICATE",
    "CAPABILITY",
    "CHECK",
    "CLOSE",
    "COMPRESS",
    "COPY",
    "CREATE",
    "DELETE",
    "DELETEACL",
    "ENABLE",
    "EXAMINE",
    "EXPUNGE",
    "FETCH",
    "GETACL",
    "GETMETADATA",
    "GETQUOTA",
    "GETQUOTAROOT",
    "ID",
    "IDLE",
    "LIST",
    "LISTRIGHTS",
    "LOGIN",
    "LOGOUT",
    "LSUB",
    "MOVE",
    "MYRIGHTS",
    "NAMESPACE",
    "NOOP",
    "NOTIFY",
    "RENAME",
    "REPLACE",
    "SEARCH",
    "SELECT",
    "SETACL",
    "SETMETADATA",
    "SETQUOTA",
    "SORT",
    "STARTTLS",
    "STATUS",
    "STORE",
    "SUBSCRIBE",
    "THREAD",
    "UID COPY",
    "UID EXPUNGE",
    "UID FETCH",
    "UID MOVE",
    "UID REPLACE",
    "UID SEARCH",
    "UID SORT",
    "UID STORE",
    "UID THREAD",
    "UIDBATCHES",
    "UNAUTHENTICATE",
    "UNSELECT",
    "UNSUBSCRIBE",
    "XAPPLEPUSHSERVICE",
    "XLIST",
};
// clang-format on
static_assert(std::ranges::is_sorted(kNames));

constexpr std::string_view kUidPrefix = "UID ";

}  // namespace

std::string_view verb_name(Verb verb) { return kNames[static_cast<size_t>(verb)]; }

bool takes_numbers(Verb verb) { return verb != Verb::expunge && find_verb(verb_name(verb), true).has_value(); }

std::optional<Verb> find_verb(std::string_view word, bool uid) {
  for (size_t i = 0; i < kVerbCount; ++i) {
    std::string_view name = kNames[i];
    if (name.starts_with(kUidPrefix) != uid) continue;
    if (uid) name.remove_prefix(kUidPrefix.size());
    if (equals_ignoring_case(name, word)) return static_cast<Verb>(i);
  }
  return std::nullopt;
}

}  // namespace roost::imap
