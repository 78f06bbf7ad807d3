#include "mail/layout.h"

#include <algorithm>

#include "mail/checkpoint.h"

namespace roost::mail {
namespace {

template <class Value>
void add_spans(const SerialMap<Value>& map, std::vector<PageOwner>& out) {
  map.spans().for_each([&out](uint64_t, const auto& span) {
    out.push_back({span.page, MailboxId(0)});
    return true;
  });
}

void add_mailbox(const MailboxState& mailbox, std::vector<PageOwner>& out) {
  for (const ChunkPtr& chunk : mailbox.chunks) {
    out.push_back({chunk->cold_page, mailbox.id});
    out.push_back({chunk->hot_page, mailbox.id});
  }
  for (const TraceBlock& block : mailbox.traces.sealed()) out.push_back({block.page, mailbox.id});
}

}  // namespace

std::shared_ptr<const Layout> make_layout(const AccountState& state, std::vector<EntryPage<MailboxId>> mailboxes,
                                          std::vector<EntryPage<std::string>> subscriptions,
                                          std::vector<EntryPage<MailboxId>> metadata,
                                          std::vector<EntryPage<MailboxId>> deleted,
                                          std::vector<EntryPage<SeenKey>> seen) {
  auto layout = std::make_shared<Layout>();
  std::vector<PageOwner>& pages = layout->pages;
  for (const auto& page : mailboxes) pages.push_back({page.page, MailboxId(0)});
  for (const auto& page : subscriptions) pages.push_back({page.page, MailboxId(0)});
  for (const auto& page : metadata) pages.push_back({page.page, MailboxId(0)});
  for (const auto& page : seen) pages.push_back({page.page, MailboxId(0)});
  for (const auto& page : deleted) pages.push_back({page.page, MailboxId(0)});
  add_spans(state.body_counts, pages);
  add_spans(state.dead_blobs, pages);
  add_spans(state.segment_cards, pages);
  state.segment_cards.for_each([&pages](uint64_t page, uint32_t) { pages.push_back({PageId(page), MailboxId(0)}); });
  for (const auto* owners : {&state.mailboxes, &state.deleted}) {
    owners->for_each([&pages](MailboxId, const MailboxPtr& mailbox) {
      add_mailbox(*mailbox, pages);
      return true;
    });
  }
  std::ranges::sort(pages, {}, &PageOwner::page);
  layout->mailboxes = std::move(mailboxes);
  layout->subscriptions = std::move(subscriptions);
  layout->metadata = std::move(metadata);
  layout->seen = std::move(seen);
  layout->deleted = std::move(deleted);
  return layout;
}

CheckpointPages checkpoint_pages(const Snapshot& snapshot) {
  CheckpointPages out;
  const AccountState& state = snapshot.state();
  out.next = PageId(state.next_page);
  if (state.layout) {
    out.pages.reserve(state.layout->pages.size());
    for (const PageOwner& owner : state.layout->pages) out.pages.push_back(owner.page);
  }
  out.pages.erase(std::ranges::unique(out.pages).begin(), out.pages.end());
  return out;
}

}  // namespace roost::mail
