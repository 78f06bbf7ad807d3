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
  const search::BlockEntry* entry;
  search::BlockNarrowing narrowing;
  size_t pages = 0;  // of it, that are being read
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
      if (!std::ranges::all_of(bodies, [](const auto& block) { return block.has_value(); })) co_return false;
      co_await env_.pool.run([&] { return begin(some, bodies); });
      for (bool more = true; more;) {
        ROOST_CO_TRY(Round round, co_await read_round());
        if (round == Round::gone) co_return false;
        more = round == Round::more;
      }
      co_await env_.pool.run([this] { return end(); });
    }
    co_return true;
  }

 private:
  enum class Round : uint8_t { more, done, gone };

  bool begin(std::span<const search::BlockEntry> blocks, std::vector<std::optional<search::BlockBodies>>& bodies) {
    for (size_t i = 0; i < blocks.size(); ++i) {
      reads_.push_back({&blocks[i], search::BlockNarrowing(narrowing_.keys(), *std::move(bodies[i]))});
    }
    return true;
  }
  bool end() {
    for (const BlockRead& read : reads_) narrowing_.add(read.narrowing);
    reads_.clear();
    return true;
  }

  // What each of the blocks wants next.
  task<Result<Round>> read_round() {
    Round round = Round::done;
    for (size_t at = 0; at < reads_.size();) {
      std::vector<PageId> pages;
      size_t begin = at;
      for (; at < reads_.size() && pages.size() < kPagesAtOnce; ++at) {
        reads_[at].pages = reads_[at].narrowing.wanted_pieces().size();
        for (uint32_t piece : reads_[at].narrowing.wanted_pieces())
          pages.push_back(reads_[at].entry->piece_page(piece));
      }
      if (pages.empty()) continue;
      round = Round::more;
      ROOST_CO_TRY(auto found, co_await env_.indexes->get_index_pages(account_, std::move(pages)));
      if (!std::ranges::all_of(found, [](const auto& page) { return page.has_value(); })) co_return Round::gone;
      ROOST_CO_TRY_VOID(
          co_await env_.pool.run([&] { return take(std::span(reads_).subspan(begin, at - begin), found); }));
    }
    co_return round;
  }

  static Result<> take(std::span<BlockRead> reads, const std::vector<std::optional<Bytes>>& found) {
    std::vector<BytesView> pieces;
    for (const auto& page : found) pieces.emplace_back(*page);
    size_t at = 0;
    for (BlockRead& read : reads) {
      if (read.pages == 0) continue;
      ROOST_TRY_VOID(read.narrowing.take(std::span(pieces).subspan(at, read.pages)));
      at += read.pages;
    }
    return {};
  }

  Environment& env_;
  const AccountId account_;
  search::Narrowing& narrowing_;
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
