#include "admin/card_check.h"

#include <fmt/format.h>

#include "mail/checkpoint.h"
#include "message/card.h"

namespace roost::admin {
namespace {

Fail damaged(std::string what) { return fault(std::move(what), Code::corruption); }

}  // namespace

task<Result<Bytes>> StoredCards::read(const mail::CardRef& card) {
  if (card.tail) co_return *card.tail;
  if (card.blob) {
    store::Range whole{0, UINT64_MAX};
    co_return co_await store_.get_blob(card.blob, whole);
  }
  if (card.segment.value == 0) co_return damaged("has no card");
  if (card.segment != segment_) {
    std::vector<PageId> wanted(1, card.segment);
    ROOST_CO_TRY(auto pages, co_await store_.get_pages(account_, wanted));
    ROOST_CO_TRY(cards_, mail::cards_in_segment(pages.front()));
    segment_ = card.segment;
  }
  if (card.index >= cards_.size()) co_return damaged("names a card that its segment does not have");
  co_return cards_[card.index];
}

task<Result<>> StoredCards::take(MailboxId mailbox, const mail::Cold& row) {
  ROOST_CO_TRY(Bytes stored, co_await read(row.card));
  ROOST_CO_TRY(auto view, message::CardView::open(stored));
  if (view.parser_version() != message::kParserVersion) co_return Result<>{};
  ROOST_CO_TRY(auto card, message::decode_card(stored));
  if (card.size != row.size) {
    co_return damaged(fmt::format("has a card of {} octets and is of {}", card.size, row.size));
  }
  if (!card.opaque) awaited_[row.blob].push_back({mailbox, row.uid, CardDigest::of(stored)});
  co_return Result<>{};
}

const std::vector<AwaitedCard>* StoredCards::awaiting(BlobId body) const {
  auto found = awaited_.find(body);
  return found == awaited_.end() ? nullptr : &found->second;
}

}  // namespace roost::admin
