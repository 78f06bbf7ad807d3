#include "accounts/search_index.h"

#include <algorithm>
#include <utility>

#include "accounts/acting_account.h"
#include "accounts/index_keeping.h"
#include "accounts/stored_index.h"

namespace roost::accounts {
namespace {

Fail no_index() { return fault("the search index of an account that has none"); }

task<Result<IndexStatus>> status_of(std::shared_ptr<OpenAccount> account) {
  Environment& env = account->environment();
  if (env.indexes == nullptr) co_return IndexStatus();
  ROOST_CO_TRY(StoredIndex stored, co_await read_index(env, account->id()));
  IndexStatus status{.exists = stored.tag != 0, .usable = stored.root.has_value()};
  const Position end = account->snapshot()->position();
  Position at;
  if (stored.root) {
    status.complete = stored.root->complete;
    status.bodies = stored.root->bodies();
    status.bytes = stored.root->bytes();
    status.blocks = stored.root->blocks.size();
    at = stored.root->position;
    if (account->index.tag == stored.tag) at = std::max(at, account->index.followed);
  }
  // What brings no messages is not waited for.
  if (stored.root && account->replica().last_arrival() <= at) at = end;
  status.records_behind = end > at ? end.value - at.value : 0;
  co_return status;
}

task<Result<>> drop(std::shared_ptr<OpenAccount> account) {
  if (account->environment().indexes == nullptr) co_return Result<>();
  auto lock = co_await account->index.changing.lock();
  account->index.tag = 0;
  account->index.followed = Position();
  co_return co_await account->environment().indexes->drop_index(account->id());
}

task<Result<>> rebuild(std::shared_ptr<OpenAccount> account, std::shared_ptr<Errand> errand) {
  if (account->environment().indexes == nullptr) co_return no_index();
  search::TrigramSet trigrams;
  ROOST_CO_TRY_VOID(co_await make_index(account, trigrams, std::move(errand)));
  auto followed = co_await follow_log(account, trigrams);
  if (!followed) co_return std::unexpected(followed.error());
  if (!*followed) co_return no(Code::in_use, "The search index was dropped meanwhile.");
  co_return Result<>();
}

// That its pages are there and say what their block holds.
Result<> check_block(const WholeBlock& block, const search::BlockEntry& entry) {
  uint64_t postings = 0;
  for (const Bytes& piece : block.pieces) {
    ROOST_TRY_VOID(search::for_each_posting(piece, block.bodies, [&](search::Trigram, uint32_t) { ++postings; }));
  }
  bool same = postings == entry.postings && block.bodies.bodies.size() == entry.bodies;
  if (!same) return fault("search index: a block does not hold what the root says", Code::corruption);
  return {};
}

task<Result<std::vector<std::string>>> problems_of(std::shared_ptr<OpenAccount> account) {
  Environment& env = account->environment();
  std::vector<std::string> problems;
  if (env.indexes == nullptr) co_return problems;
  auto lock = co_await account->index.changing.lock();
  ROOST_CO_TRY(StoredIndex stored, co_await read_index(env, account->id()));
  if (stored.damaged) problems.emplace_back("search index: the root is damaged");
  if (!stored.root) co_return problems;  // made anew when it is next followed
  for (const search::BlockEntry& entry : stored.root->blocks) {
    auto block = co_await read_block(env, account->id(), entry);
    Result<> done;
    if (block) done = co_await env.pool.run([&] { return check_block(*block, entry); });
    if (!block) done = std::unexpected(block.error());
    if (!done) problems.push_back(done.error().text);
  }
  co_return problems;
}

// work(account) on the account's home loop.
template <class Work>
auto at_home(AccountPtr account, Work work) -> decltype(work(std::shared_ptr<OpenAccount>())) {
  OpenAccount* open = opened(*account);
  if (open == nullptr) co_return no_index();
  rt::Loop* caller = rt::Loop::current();
  co_await open->home().hop();
  auto result = co_await work(open->shared_from_this());
  co_await caller->hop();
  co_return result;
}

}  // namespace

task<Result<IndexStatus>> index_status(AccountPtr account) { return at_home(std::move(account), status_of); }

task<Result<>> rebuild_index(AccountPtr account, std::shared_ptr<Errand> errand) {
  return at_home(std::move(account),
                 [errand](std::shared_ptr<OpenAccount> open) { return rebuild(std::move(open), errand); });
}

task<Result<>> drop_index(AccountPtr account) { return at_home(std::move(account), drop); }

task<Result<>> delete_bodies(AccountPtr account, std::vector<BlobId> bodies) {
  return at_home(std::move(account),
                 [bodies](std::shared_ptr<OpenAccount> open) { return delete_bodies(std::move(open), bodies); });
}

task<Result<std::vector<std::string>>> check_index(AccountPtr account) {
  return at_home(std::move(account), problems_of);
}

}  // namespace roost::accounts
