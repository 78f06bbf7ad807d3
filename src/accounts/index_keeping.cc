#include "accounts/index_keeping.h"

#include <algorithm>
#include <set>
#include <utility>

#include "accounts/content_reading.h"
#include "accounts/stored_index.h"
#include "base/log.h"
#include "mail/arrivals.h"
#include "search/indexing.h"

namespace roost::accounts {
namespace {

using search::Indexing;

constexpr std::chrono::microseconds kPoolSlice{2'000};
constexpr size_t kRowsAtOnce = 64;  // whose texts are read together
constexpr size_t kHistoryBytesAtOnce = 1024 * 1024;
// Where records bring nothing, how far the index is, is written down only so often: whoever opens the account next
// reads them once more.
constexpr uint64_t kUnwrittenRecordsMax = 1'000;
// Of more of them it takes a while.
constexpr uint64_t kMessagesWorthTelling = 10'000;
// What another node does to the index meanwhile is waited for so many times.
constexpr int kTriesMax = 5;

Fail changed_meanwhile() { return no(Code::in_use, "The search index was changed by somebody else."); }

// --- messages into blocks ---

// Puts messages into blocks, and the blocks into an edit.
class Blocks {
 public:
  Blocks(std::shared_ptr<OpenAccount> account, search::TrigramSet& trigrams, StoredIndex index)
      : account_(std::move(account)),
        env_(account_->environment()),
        trigrams_(trigrams),
        note_(*env_.guard),
        edit_(std::move(index)) {}

  task<Result<>> add(std::vector<mail::Cold> rows) {
    for (size_t at = 0; at < rows.size();) {
      size_t count = std::min(kRowsAtOnce, rows.size() - at);
      std::vector<mail::Cold> some(rows.begin() + static_cast<std::ptrdiff_t>(at),
                                   rows.begin() + static_cast<std::ptrdiff_t>(at + count));
      ROOST_CO_TRY(size_t done, co_await add_some(std::move(some)));
      at += done;
    }
    co_return Result<>();
  }

  // Joins what is small, and writes. False where the index is another one by now.
  task<Result<bool>> write() {
    search::IndexRoot& root = edit_.root();
    size_t joined = finished_ ? 0 : search::blocks_to_join(root.blocks, block_.bodies(), block_.postings());
    for (; joined > 0; --joined) {
      ROOST_CO_TRY(WholeBlock last, co_await read_block(env_, account_->id(), root.blocks.back()));
      edit_.drop(root.blocks.size() - 1);
      ROOST_CO_TRY_VOID(co_await env_.pool.run([&] {
        return block_.add(last.bodies, std::move(last.pieces), [](const search::IndexedBody&) { return true; });
      }));
    }
    co_await finish_block();
    co_return co_await edit_.write(env_, account_->id(), {});
  }

  IndexEdit& edit() { return edit_; }

 private:
  // How many of them it took: less than all where a block became full.
  task<Result<size_t>> add_some(std::vector<mail::Cold> rows) {
    ROOST_CO_TRY(auto cards, co_await account_->cards(rows));
    Indexing work(std::move(rows), std::move(cards), block_, trigrams_);
    work.set_guard(&note_);
    Indexing::State state = Indexing::State::more;
    while (state != Indexing::State::done) {
      if (account_->winding_down()) co_return closed();
      if (state == Indexing::State::octets) {
        ROOST_CO_TRY(auto octets, co_await read_octets(account_, work.wanted_octets()));
        work.feed_octets(std::move(octets));
      }
      state = co_await env_.pool.run([&] { return work.run(env_.clock, env_.clock.now() + kPoolSlice); });
    }
    if (work.full()) {
      finished_ = true;
      co_await finish_block();
    }
    co_return work.done();
  }

  task<> finish_block() {
    co_await env_.pool.run([this] {
      edit_.add(block_);
      return true;
    });
  }

  std::shared_ptr<OpenAccount> account_;
  Environment& env_;
  search::TrigramSet& trigrams_;
  ContentNote note_;
  search::BlockBuilder block_;
  IndexEdit edit_;
  bool finished_ = false;  // the edit has a full block, so there is none at the end that could be joined
};

// --- following ---

// What is written after `position`; nothing where some of it is no longer there, or the log does not reach so far (any
// more: where a damaged one was accepted).
task<Result<std::optional<std::vector<store::LogRecord>>>> read_log(Environment& env, AccountId id, Position position) {
  using Records = std::optional<std::vector<store::LogRecord>>;
  ROOST_CO_TRY(auto news, co_await env.store.since(id, position));
  if (!news.reopen) co_return Records(std::move(news.tail));
  ROOST_CO_TRY(auto records, co_await env.store.history(id, position, kHistoryBytesAtOnce));
  if (records.empty() || records.front().position != position.next()) co_return Records();
  co_return Records(std::move(records));
}

task<Result<std::vector<mail::Cold>>> rows_of(Environment& env, AccountId id,
                                              const std::vector<store::LogRecord>& records) {
  co_return co_await env.pool.run([&, id]() -> Result<std::vector<mail::Cold>> {
    std::vector<mail::Cold> rows;
    for (const store::LogRecord& record : records) {
      ROOST_TRY(auto some, mail::arrived_rows(id, record.record));
      std::ranges::move(some, std::back_inserter(rows));
    }
    return rows;
  });
}

enum class Followed : uint8_t {
  to_the_end,
  on,       // there may be more
  missing,  // the index has to be made from the account
};

// Some records on. With the index's lock.
task<Result<Followed>> follow_some(std::shared_ptr<OpenAccount> account, search::TrigramSet& trigrams) {
  Environment& env = account->environment();
  ROOST_CO_TRY(StoredIndex stored, co_await read_index(env, account->id()));
  mail::SnapshotPtr snapshot = account->snapshot();
  if (stored.tag == 0 && snapshot->messages() == 0) {
    account->index.tag = 0;
    account->index.followed = snapshot->position();
    co_return Followed::to_the_end;
  }
  if (!stored.root || !stored.root->complete) co_return Followed::missing;
  bool known = stored.tag == account->index.tag && account->index.followed >= stored.root->position;
  Position from = known ? account->index.followed : stored.root->position;
  ROOST_CO_TRY(auto records, co_await read_log(env, account->id(), from));
  if (!records) co_return Followed::missing;
  account->index.tag = stored.tag;
  account->index.followed = from;
  if (records->empty()) co_return Followed::to_the_end;
  const Position to = records->back().position;
  ROOST_CO_TRY(auto rows, co_await rows_of(env, account->id(), *records));
  if (!rows.empty() || to.value - stored.root->position.value > kUnwrittenRecordsMax) {
    records.reset();
    Blocks blocks(account, trigrams, std::move(stored));
    ROOST_CO_TRY_VOID(co_await blocks.add(std::move(rows)));
    blocks.edit().root().position = to;
    ROOST_CO_TRY(bool written, co_await blocks.write());
    if (!written) co_return Followed::on;
    account->index.tag = blocks.edit().take().tag;
  }
  account->index.followed = to;
  co_return Followed::on;
}

// --- making ---

// The messages of an account, each body once, so many at a time.
class AllRows {
 public:
  explicit AllRows(std::shared_ptr<OpenAccount> account) : account_(std::move(account)) {
    account_->snapshot()->for_each_mailbox([this](const mail::Mailbox& mailbox) {
      mailboxes_.push_back(mailbox.id());
      return true;
    });
  }

  // Empty at the end.
  task<Result<std::vector<mail::Cold>>> next(size_t count_max) {
    std::vector<mail::Cold> rows;
    while (rows.size() < count_max && !mailboxes_.empty()) {
      if (snapshot_ == nullptr) {
        auto loaded = co_await account_->load(mailboxes_.back());
        if (!loaded && loaded.error().code != Code::nonexistent) co_return std::unexpected(loaded.error());
        if (!loaded || !(*loaded)->find(mailboxes_.back())) {
          leave_mailbox();
          continue;
        }
        snapshot_ = *std::move(loaded);
      }
      bool ended = co_await account_->environment().pool.run([&] { return gather(rows, count_max); });
      if (ended) leave_mailbox();
    }
    co_return rows;
  }

  uint64_t passed() const { return passed_; }

 private:
  // True at the mailbox's end.
  bool gather(std::vector<mail::Cold>& rows, size_t count_max) {
    bool ended = true;
    snapshot_->find(mailboxes_.back())->for_each(next_, Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot&) {
      if (rows.size() == count_max) return ended = false;
      next_ = Uid(cold.uid.value + 1);
      ++passed_;
      if (is_new(cold.blob.serial)) rows.push_back(cold);
      return true;
    });
    return ended;
  }

  bool is_new(uint64_t serial) {
    constexpr uint64_t kStep = 1024;
    if (serial >= seen_.size()) seen_.resize(serial / kStep * kStep + kStep);
    if (seen_[serial]) return false;
    seen_[serial] = true;
    return true;
  }

  void leave_mailbox() {
    mailboxes_.pop_back();
    snapshot_ = nullptr;
    next_ = Uid(1);
  }

  std::shared_ptr<OpenAccount> account_;
  std::vector<MailboxId> mailboxes_;  // still to be gone through, the one at hand last
  mail::SnapshotPtr snapshot_;        // with that one's rows in memory
  Uid next_{1};
  uint64_t passed_ = 0;
  std::vector<bool> seen_;  // by serial: bodies are numbered on, so that is an octet for each eight there ever were
};

// An empty one, to be filled. The log's position before it was begun stands in it.
task<Result<search::IndexRoot>> begin_index(std::shared_ptr<OpenAccount> account) {
  Environment& env = account->environment();
  auto lock = co_await account->index.changing.lock();
  ROOST_CO_TRY_VOID(co_await env.indexes->drop_index(account->id()));
  search::IndexRoot root = new_index_root(account->snapshot()->position());
  IndexEdit edit(StoredIndex{0, root, false});
  ROOST_CO_TRY(bool written, co_await edit.write(env, account->id(), {}));
  if (!written) co_return changed_meanwhile();
  co_return root;
}

// The index that was begun, with more in it. `last`: it is complete then.
task<Result<>> extend_index(std::shared_ptr<OpenAccount> account, uint64_t index, std::vector<mail::Cold> rows,
                            bool last, search::TrigramSet& trigrams) {
  auto lock = co_await account->index.changing.lock();
  for (int tries = 0; tries < kTriesMax; ++tries) {
    ROOST_CO_TRY(StoredIndex stored, co_await read_index(account->environment(), account->id()));
    if (!stored.root || stored.root->id != index) co_return changed_meanwhile();
    Blocks blocks(account, trigrams, std::move(stored));
    ROOST_CO_TRY_VOID(co_await blocks.add(rows));
    blocks.edit().root().complete = last;
    ROOST_CO_TRY(bool written, co_await blocks.write());
    if (written) co_return Result<>();
  }
  co_return changed_meanwhile();
}

task<Result<>> make_all(std::shared_ptr<OpenAccount> account, search::TrigramSet& trigrams,
                        std::shared_ptr<Errand> errand) {
  ROOST_CO_TRY(search::IndexRoot root, co_await begin_index(account));
  const auto goal = static_cast<uint32_t>(std::min<uint64_t>(account->snapshot()->messages(), UINT32_MAX));
  AllRows all(account);
  for (bool more = true; more;) {
    if (account->winding_down() || (errand && errand->cancelled())) co_return closed();
    ROOST_CO_TRY(auto rows, co_await all.next(search::kBlockBodiesMax));
    more = !rows.empty();
    ROOST_CO_TRY_VOID(co_await extend_index(account, root.id, std::move(rows), !more, trigrams));
    if (errand) errand->note_progress(static_cast<uint32_t>(std::min<uint64_t>(all.passed(), goal)), goal);
  }
  co_return Result<>();
}

// --- deleting ---

// The blocks that know any of these bodies, by their place in the root.
task<Result<std::vector<size_t>>> blocks_with(Environment& env, AccountId id, const search::IndexRoot& root,
                                              const std::set<uint64_t>& serials) {
  ROOST_CO_TRY(auto bodies, co_await read_bodies(env, id, root.blocks));
  std::vector<size_t> found;
  for (size_t i = 0; i < bodies.size(); ++i) {
    if (!bodies[i]) co_return fault("search index: a block is missing", Code::corruption);
    bool any = std::ranges::any_of(bodies[i]->bodies,
                                   [&](const search::IndexedBody& body) { return serials.contains(body.serial); });
    if (any) found.push_back(i);
  }
  co_return found;
}

// The block in that place without these bodies.
task<Result<>> without(Environment& env, AccountId id, IndexEdit& edit, size_t at, const std::set<uint64_t>& serials) {
  ROOST_CO_TRY(WholeBlock whole, co_await read_block(env, id, edit.root().blocks[at]));
  edit.drop(at);
  co_return co_await env.pool.run([&]() -> Result<> {
    search::BlockBuilder block;
    ROOST_TRY_VOID(block.add(whole.bodies, std::move(whole.pieces),
                             [&](const search::IndexedBody& body) { return !serials.contains(body.serial); }));
    edit.add(block, at);
    return {};
  });
}

// One block at a time, so that no change grows large; the bodies go with the last. False where the index is another
// one by now.
task<Result<bool>> delete_from(Environment& env, AccountId id, StoredIndex stored, const std::vector<BlobId>& bodies) {
  std::set<uint64_t> serials;
  for (BlobId body : bodies) serials.insert(body.serial);
  if (!stored.root) stored.root = new_index_root(Position());  // so that who makes one meanwhile finds it changed
  ROOST_CO_TRY(auto blocks, co_await blocks_with(env, id, *stored.root, serials));
  while (blocks.size() > 1) {
    size_t at = blocks.back();
    blocks.pop_back();
    IndexEdit edit(std::move(stored));
    ROOST_CO_TRY_VOID(co_await without(env, id, edit, at, serials));
    ROOST_CO_TRY(bool written, co_await edit.write(env, id, {}));
    if (!written) co_return false;
    stored = edit.take();
  }
  IndexEdit edit(std::move(stored));
  if (!blocks.empty()) ROOST_CO_TRY_VOID(co_await without(env, id, edit, blocks.front(), serials));
  co_return co_await edit.write(env, id, bodies);
}

task<Result<>> drop_and_delete(Environment& env, AccountId id, const std::vector<BlobId>& bodies) {
  ROOST_CO_TRY_VOID(co_await env.indexes->drop_index(id));
  co_return co_await env.store.delete_blobs(bodies);
}

}  // namespace

task<Result<bool>> follow_log(std::shared_ptr<OpenAccount> account, search::TrigramSet& trigrams) {
  std::shared_ptr<void> work = account->begin_work();
  for (;;) {
    if (account->winding_down()) co_return closed();
    Result<Followed> followed = Followed::on;
    {
      auto lock = co_await account->index.changing.lock();
      followed = co_await follow_some(account, trigrams);
    }
    // Damage: it is made anew.
    if (!followed && followed.error().code == Code::corruption) followed = Followed::missing;
    if (!followed) co_return std::unexpected(followed.error());
    // Whoever is making it follows the log afterwards.
    if (*followed == Followed::missing) co_return account->index.making;
    if (*followed == Followed::to_the_end) co_return true;
  }
}

task<Result<>> make_index(std::shared_ptr<OpenAccount> account, search::TrigramSet& trigrams,
                          std::shared_ptr<Errand> errand) {
  std::shared_ptr<void> work = account->begin_work();
  if (std::exchange(account->index.making, true)) co_return no(Code::in_use, "The search index is being made already.");
  const uint64_t messages = account->snapshot()->messages();
  const bool worth_telling = messages >= kMessagesWorthTelling;
  if (worth_telling) log::info("search_index_begun", {{"account", account->id().value}, {"messages", messages}});
  Result<> made = co_await make_all(account, trigrams, std::move(errand));
  account->index.making = false;
  if (worth_telling && made) log::info("search_index_made", {{"account", account->id().value}});
  co_return made;
}

task<Result<>> delete_bodies(std::shared_ptr<OpenAccount> account, std::vector<BlobId> bodies) {
  Environment& env = account->environment();
  if (env.indexes == nullptr) co_return co_await env.store.delete_blobs(bodies);
  auto lock = co_await account->index.changing.lock();
  for (int tries = 0; tries < kTriesMax; ++tries) {
    ROOST_CO_TRY(StoredIndex stored, co_await read_index(env, account->id()));
    bool usable = stored.root.has_value() || stored.tag == 0;
    // One that is not kept up goes as a whole; so does one in which the bodies cannot be found.
    if (!env.indexing && stored.tag == 0) co_return co_await env.store.delete_blobs(bodies);
    if (!env.indexing || !usable) co_return co_await drop_and_delete(env, account->id(), bodies);
    auto deleted = co_await delete_from(env, account->id(), std::move(stored), bodies);
    if (!deleted && deleted.error().code == Code::corruption) {
      co_return co_await drop_and_delete(env, account->id(), bodies);
    }
    if (!deleted) co_return std::unexpected(deleted.error());
    if (*deleted) co_return Result<>();
  }
  co_return co_await drop_and_delete(env, account->id(), bodies);
}

}  // namespace roost::accounts
