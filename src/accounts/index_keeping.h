// What an open account does for its search index, on its home loop. search_index.h is for others.
#pragma once

#include <memory>
#include <vector>

#include "accounts/open_account.h"
#include "accounts/search.h"
#include "search/narrowing.h"
#include "search/scan.h"
#include "search/trigrams.h"

namespace roost::accounts {

// Brings the index up to the end of the log. False where there is none that can be used: it has to be made.
task<Result<bool>> follow_log(std::shared_ptr<OpenAccount> account, search::TrigramSet& trigrams);

// Makes it from what the account holds. It may lack what came meanwhile: follow_log().
task<Result<>> make_index(std::shared_ptr<OpenAccount> account, search::TrigramSet& trigrams,
                          std::shared_ptr<Errand> errand);

// Deletes bodies that the log has forgotten, and in the same step what the index had of them. Whoever deletes bodies
// of an account does it here.
task<Result<>> delete_bodies(std::shared_ptr<OpenAccount> account, std::vector<BlobId> bodies);

// What the index rules out for these keys; null where it says nothing, or reading it would cost more than looking at
// `candidates` messages. Any loop.
task<std::unique_ptr<search::Narrowing>> read_narrowing(std::shared_ptr<OpenAccount> account,
                                                        std::vector<search::NarrowedKey> keys, uint64_t candidates);

}  // namespace roost::accounts
