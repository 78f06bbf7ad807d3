// Bringing what can be read of a damaged store into a new one: `roost check --repair`, without a server.
#pragma once

#include <string_view>

#include "base/result.h"
#include "rt/pool.h"
#include "store/open.h"

namespace roost::store {

// Where salvage_store() leaves what the repair of the accounts has to go on from, as names in these spaces; whoever has
// done so releases them, and until then the store opens only for a repair (StoreConfig::repairing).
// The account's number: the end of its log may be lost, so that its counters may have gone back.
inline constexpr std::string_view kShortenedAccounts = "shortened account";
// A number in the order of saying: one sentence, without a full stop, that says what was damaged.
inline constexpr std::string_view kSalvageFindings = "repair";

// Does nothing where every table and every value of the database can be read. Otherwise what can be is copied into a
// new database, which takes the place of the damaged one; that is set aside as it is, below DIR/damaged. Needs room for
// the copy. Bodies that are damaged stay where they are, and damaged. Blocks; errors as open_store().
Result<> salvage_store(const StoreConfig& config, rt::Pool& reads);

}  // namespace roost::store
