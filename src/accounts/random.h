// Random octets from the kernel, for ids that must never meet twice.
#pragma once

#include <cstddef>

#include "base/ids.h"
#include "store/store.h"

namespace roost::accounts {

// Thread-safe. Aborts where the kernel has none, which it says only before it has started up.
void fill_random(void* out, size_t size);

ObjectId random_object_id();
store::CommitId random_commit_id();

}  // namespace roost::accounts
