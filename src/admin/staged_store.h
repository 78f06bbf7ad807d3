// A store out of a backup, opened beside the one that is served, to take accounts out of.
#pragma once

#include "accounts/accounts.h"
#include "store/store.h"

namespace roost::admin {

class StagedStore {
 public:
  virtual ~StagedStore() = default;
  virtual store::AccountStore& store() = 0;
  virtual accounts::Accounts& accounts() = 0;
  // Nothing of it may be used any more afterwards.
  virtual task<> close() = 0;
};

}  // namespace roost::admin
