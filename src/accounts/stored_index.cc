#include "accounts/stored_index.h"

#include <utility>

#include "base/random.h"

namespace roost::accounts {
namespace {

constexpr uint64_t kDamagedTag = 1;

uint64_t new_tag() {
  for (;;) {
    if (uint64_t tag = random_number(); tag > kDamagedTag) return tag;
  }
}

Fail incomplete() { return fault("search index: a page is missing", Code::corruption); }

task<Result<std::vector<Bytes>>> read_pages(Environment& env, AccountId account, std::vector<PageId> pages) {
  ROOST_CO_TRY(auto found, co_await env.indexes->get_index_pages(account, std::move(pages)));
  std::vector<Bytes> out;
  out.reserve(found.size());
  for (std::optional<Bytes>& page : found) {
    if (!page) co_return incomplete();
    out.push_back(*std::move(page));
  }
  co_return out;
}

}  // namespace

task<Result<StoredIndex>> read_index(Environment& env, AccountId account) {
  auto head = co_await env.indexes->read_index(account);
  if (!head && head.error().code == Code::corruption) co_return StoredIndex{kDamagedTag, std::nullopt, true};
  if (!head) co_return std::unexpected(head.error());
  StoredIndex index{head->tag, std::nullopt, false};
  if (index.tag == 0) co_return index;
  auto root = search::decode_index_root(head->root);
  index.damaged = !root;
  if (root && root->made_by == search::index_maker()) index.root = *std::move(root);
  co_return index;
}

search::IndexRoot new_index_root(Position position) {
  constexpr int kRoomBits = 16;  // for counting on from there
  search::IndexRoot root;
  root.id = random_number();
  root.made_by = search::index_maker();
  root.position = position;
  root.complete = false;
  root.next_page = (random_number() >> kRoomBits) + 1;
  return root;
}

task<Result<WholeBlock>> read_block(Environment& env, AccountId account, search::BlockEntry block) {
  std::vector<PageId> first(1, block.bodies_page());
  ROOST_CO_TRY(auto bodies, co_await read_pages(env, account, std::move(first)));
  WholeBlock whole;
  ROOST_CO_TRY(whole.bodies, search::decode_block_bodies(bodies.front()));
  ROOST_CO_TRY(whole.pieces, co_await read_pages(env, account, block.piece_pages()));
  co_return whole;
}

task<Result<std::vector<std::optional<search::BlockBodies>>>> read_bodies(Environment& env, AccountId account,
                                                                          std::span<const search::BlockEntry> blocks) {
  std::vector<PageId> wanted;
  for (const search::BlockEntry& block : blocks) wanted.push_back(block.bodies_page());
  ROOST_CO_TRY(auto pages, co_await env.indexes->get_index_pages(account, std::move(wanted)));
  using Decoded = Result<std::vector<std::optional<search::BlockBodies>>>;
  co_return co_await env.pool.run([&pages]() -> Decoded {
    std::vector<std::optional<search::BlockBodies>> out(pages.size());
    for (size_t i = 0; i < pages.size(); ++i) {
      if (!pages[i]) continue;
      ROOST_TRY(out[i], search::decode_block_bodies(*pages[i]));
    }
    return out;
  });
}

IndexEdit::IndexEdit(StoredIndex index) : index_(std::move(index)) {}

void IndexEdit::drop(size_t at) {
  for (PageId page : root().blocks[at].pages()) dropped_.push_back(page);
  root().blocks.erase(root().blocks.begin() + static_cast<std::ptrdiff_t>(at));
}

void IndexEdit::add(search::BlockBuilder& block, size_t at) {
  if (block.empty()) return;
  search::BlockEntry entry{
      .first = root().next_page, .bodies = static_cast<uint32_t>(block.bodies()), .postings = block.postings()};
  search::IndexBlock made = block.finish();
  entry.pieces = static_cast<uint32_t>(made.pieces.size());
  entry.bytes = made.bodies.size();
  pages_.push_back({entry.bodies_page(), std::move(made.bodies)});
  for (uint32_t i = 0; i < entry.pieces; ++i) {
    entry.bytes += made.pieces[i].size();
    pages_.push_back({entry.piece_page(i), std::move(made.pieces[i])});
  }
  root().next_page += entry.pieces + uint64_t{1};
  root().blocks.insert(root().blocks.begin() + static_cast<std::ptrdiff_t>(at), entry);
}

task<Result<bool>> IndexEdit::write(Environment& env, AccountId account, std::vector<BlobId> dead) {
  uint64_t tag = new_tag();
  store::IndexChange change{.expect = index_.tag,
                            .tag = tag,
                            .root = search::encode_index_root(root()),
                            .pages = std::move(pages_),
                            .dropped = std::move(dropped_),
                            .dead = std::move(dead)};
  pages_.clear();
  dropped_.clear();
  ROOST_CO_TRY(bool written, co_await env.indexes->change_index(account, std::move(change)));
  if (written) index_.tag = tag;
  co_return written;
}

}  // namespace roost::accounts
