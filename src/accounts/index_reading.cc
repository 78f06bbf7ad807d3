// What a search reads of the index.
#include <algorithm>
#include <span>
#include <utility>

#include "accounts/index_keeping.h"
#include "accounts/stored_index.h"
#include "base/log.h"

namespace roost::accounts {
namespace {

constexpr size_t kBlocksAtOnce = 128;  // whose bodies are read together
constexpr size_t kPagesAtOnce = 256;   // of postings; the last block's may go beyond
// Looking up one block costs about as much as looking at so many messages.
constexpr uint64_t kMessagesPerBlock = 4;
// Blocks may be joined, and their pages go, while they are being read.
constexpr int kTriesMax = 3;

struct BlockRead {
  const search::BlockBodies* bodies;
  size_t first;  // of its pages
  size_t count;
};

class Reading {
 public:
  Reading(Environment& env, AccountId account, search::Narrowing& narrowing)
      : env_(env), account_(account), narrowing_(narrowing) {}

  // False where pages are no longer there.
  task<Result<bool>> read(const std::vector<search::BlockEntry>& blocks) {
    for (size_t at = 0; at < blocks.size(); at += kBlocksAtOnce) {
      auto some = std::span(blocks).subspan(at, std::min(kBlocksAtOnce, blocks.size() - at));
      ROOST_CO_TRY(auto bodies, co_await read_bodies(env_, account_, some));
      for (size_t i = 0; i < bodies.size(); ++i) {
        if (!bodies[i]) co_return false;
        want(some[i], *bodies[i]);
        if (pages_.size() < kPagesAtOnce && i + 1 < bodies.size()) continue;
        ROOST_CO_TRY(bool there, co_await take());
        if (!there) co_return false;
      }
    }
    co_return true;
  }

 private:
  void want(const search::BlockEntry& block, const search::BlockBodies& bodies) {
    BlockRead read{&bodies, pages_.size(), 0};
    for (uint32_t piece : narrowing_.wanted_pieces(bodies)) pages_.push_back(block.piece_page(piece));
    read.count = pages_.size() - read.first;
    reads_.push_back(read);
  }

  task<Result<bool>> take() {
    ROOST_CO_TRY(auto found, co_await env_.indexes->get_index_pages(account_, std::exchange(pages_, {})));
    if (!std::ranges::all_of(found, [](const auto& page) { return page.has_value(); })) co_return false;
    ROOST_CO_TRY_VOID(co_await env_.pool.run([&]() -> Result<> {
      std::vector<BytesView> pieces;
      for (const auto& page : found) pieces.emplace_back(*page);
      for (const BlockRead& read : std::exchange(reads_, {})) {
        ROOST_TRY_VOID(narrowing_.take(*read.bodies, std::span(pieces).subspan(read.first, read.count)));
      }
      return {};
    }));
    co_return true;
  }

  Environment& env_;
  const AccountId account_;
  search::Narrowing& narrowing_;
  std::vector<PageId> pages_;
  std::vector<BlockRead> reads_;
};

// Null where it says nothing, or does not pay.
task<Result<std::unique_ptr<search::Narrowing>>> try_read(std::shared_ptr<OpenAccount> account,
                                                          const std::vector<search::NarrowedKey>& keys,
                                                          uint64_t candidates) {
  Environment& env = account->environment();
  std::unique_ptr<search::Narrowing> narrowing;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    ROOST_CO_TRY(StoredIndex stored, co_await read_index(env, account->id()));
    if (!stored.root || candidates <= kMessagesPerBlock * stored.root->blocks.size()) break;
    // One of a log that was longer, perhaps: follow_log() sees to that.
    if (stored.root->position > account->snapshot()->position()) break;
    narrowing = std::make_unique<search::Narrowing>(keys);
    Reading reading(env, account->id(), *narrowing);
    ROOST_CO_TRY(bool whole, co_await reading.read(stored.root->blocks));
    if (whole) {
      co_await env.pool.run([&] {
        narrowing->finish();
        return true;
      });
      co_return narrowing;
    }
    narrowing = nullptr;
  }
  co_return narrowing;
}

}  // namespace

task<std::unique_ptr<search::Narrowing>> read_narrowing(std::shared_ptr<OpenAccount> account,
                                                        std::vector<search::NarrowedKey> keys, uint64_t candidates) {
  Environment& env = account->environment();
  if (!env.indexing || env.indexes == nullptr || keys.empty()) co_return nullptr;
  auto read = co_await try_read(account, keys, candidates);
  if (read) co_return *std::move(read);
  log::warn("search_index_unreadable", {{"account", account->id().value}, {"text", read.error().text}});
  co_return nullptr;
}

}  // namespace roost::accounts
