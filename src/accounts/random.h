// Ids that must never meet twice.
#pragma once

#include "base/ids.h"
#include "store/store.h"

namespace roost::accounts {

// Thread-safe (base/random.h).
ObjectId random_object_id();
store::CommitId random_commit_id();

}  // namespace roost::accounts
