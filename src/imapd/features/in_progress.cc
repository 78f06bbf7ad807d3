// INPROGRESS (RFC 9585): SEARCH, SORT and THREAD say how many messages they are done with, STORE, COPY, MOVE and
// EXPUNGE, which are one record each, that they are still at work (progress_teller.h). FETCH says so by its responses.
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

constexpr Capability kCapabilities[] = {{"INPROGRESS", kLoggedIn}};

}  // namespace

constinit const Feature kInProgress = {.name = "in_progress", .capabilities = kCapabilities};

}  // namespace roost::imapd
