#include "accounts/random.h"

#include "base/random.h"

namespace roost::accounts {

ObjectId random_object_id() {
  ObjectId id;
  fill_random(id.bytes.data(), id.bytes.size());
  return id;
}

store::CommitId random_commit_id() {
  store::CommitId id;
  fill_random(id.data(), id.size());
  return id;
}

}  // namespace roost::accounts
