// Cards of rows, from wherever they lie.
#pragma once

#include <memory>
#include <vector>

#include "accounts/environment.h"
#include "base/bytes.h"
#include "base/result.h"
#include "mail/row.h"
#include "rt/task.h"

namespace roost::accounts {

using CardPtr = std::shared_ptr<const Bytes>;

// In order, never null. From any loop. A card that is damaged, missing or older than the parser is made again from the
// body; where that cannot be read either, it is opaque. Error only where the store does not answer at all.
task<Result<std::vector<CardPtr>>> read_cards(std::shared_ptr<Environment> env, AccountId account,
                                              std::vector<mail::Cold> rows);

}  // namespace roost::accounts
