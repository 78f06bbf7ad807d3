#include "accounts/card_reader.h"

#include <algorithm>
#include <utility>

#include "accounts/guarded_parser.h"
#include "base/log.h"
#include "mail/checkpoint.h"
#include "message/card.h"

namespace roost::accounts {
namespace {

constexpr size_t kBlobsAtOnce = 64;
constexpr size_t kSegmentsAtOnce = 16;
constexpr uint64_t kBodyPieceBytes = 256 * 1024;

bool is_current(BytesView encoded) {
  auto card = message::CardView::open(encoded);
  return card && card->parser_version() >= message::kParserVersion;
}

Result<SegmentPtr> decode_segment(BytesView page) {
  ROOST_TRY(auto cards, mail::cards_in_segment(page));
  auto segment = std::make_shared<DecodedSegment>();
  segment->cards = std::move(cards);
  for (const Bytes& card : segment->cards) segment->bytes += card.capacity() + sizeof card;
  segment->current = std::ranges::all_of(segment->cards, is_current);
  return segment;
}

class Reading {
 public:
  Reading(std::shared_ptr<Environment> env, AccountId account, std::vector<mail::Cold> rows)
      : env_(std::move(env)), account_(account), rows_(std::move(rows)), cards_(rows_.size()), current_(rows_.size()) {}

  task<Result<std::vector<CardPtr>>> run() {
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].card.tail) cards_[i] = rows_[i].card.tail;
    }
    ROOST_CO_TRY_VOID(co_await read_segments());
    ROOST_CO_TRY_VOID(co_await read_blobs());
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (cards_[i] && (current_[i] || is_current(*cards_[i]))) continue;
      ROOST_CO_TRY(cards_[i], co_await make_again(rows_[i]));
    }
    co_return std::move(cards_);
  }

 private:
  task<Result<>> read_segments() {
    std::vector<PageId> wanted;
    PageId found;  // neighbours mostly lie in one segment
    SegmentPtr segment;
    for (size_t i = 0; i < rows_.size(); ++i) {
      PageId page = rows_[i].card.segment;
      if (page.value == 0 || cards_[i]) continue;
      if (page != found) segment = env_->cards.find(account_, page);
      found = page;
      if (segment) {
        place(i, segment);
      } else if (std::ranges::find(wanted, page) == wanted.end()) {
        wanted.push_back(page);
      }
    }
    for (size_t at = 0; at < wanted.size(); at += kSegmentsAtOnce) {
      size_t count = std::min(kSegmentsAtOnce, wanted.size() - at);
      ROOST_CO_TRY_VOID(co_await read_some(std::vector(wanted.begin() + at, wanted.begin() + at + count)));
    }
    co_return Result<>();
  }

  // Damage in one segment must not cost the others.
  task<Result<>> read_some(std::vector<PageId> pages) {
    auto data = co_await env_->store.get_pages(account_, pages);
    if (data) {
      co_await place_segments(pages, *std::move(data));
      co_return Result<>();
    }
    if (data.error().code != Code::corruption) co_return std::unexpected(data.error());
    if (pages.size() == 1) co_return Result<>();
    for (PageId page : pages) {
      std::vector<PageId> one(1, page);
      ROOST_CO_TRY_VOID(co_await read_some(std::move(one)));
    }
    co_return Result<>();
  }

  task<> place_segments(const std::vector<PageId>& pages, std::vector<Bytes> data) {
    auto segments = co_await env_->pool.run([&data] {
      std::vector<Result<SegmentPtr>> decoded;
      for (const Bytes& page : data) decoded.push_back(decode_segment(page));
      return decoded;
    });
    for (size_t s = 0; s < segments.size(); ++s) {
      if (!segments[s]) continue;
      env_->cards.insert(account_, pages[s], *segments[s]);
      for (size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i].card.segment == pages[s]) place(i, *segments[s]);
      }
    }
  }

  void place(size_t row, const SegmentPtr& segment) {
    uint32_t index = rows_[row].card.index;
    if (index >= segment->cards.size()) return;
    cards_[row] = CardPtr(segment, &segment->cards[index]);
    current_[row] = segment->current;
  }

  task<Result<>> read_blobs() {
    std::vector<size_t> places;
    std::vector<store::AccountStore::BlobRange> ranges;
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (cards_[i] || !rows_[i].card.blob) continue;
      places.push_back(i);
      ranges.push_back({rows_[i].card.blob, {0, UINT64_MAX}});
    }
    for (size_t at = 0; at < ranges.size(); at += kBlobsAtOnce) {
      size_t count = std::min(kBlobsAtOnce, ranges.size() - at);
      std::vector<store::AccountStore::BlobRange> some(ranges.begin() + at, ranges.begin() + at + count);
      auto blobs = co_await env_->store.get_blobs(std::move(some));
      for (size_t i = 0; i < blobs.size(); ++i) {
        if (blobs[i]) cards_[places[at + i]] = std::make_shared<const Bytes>(*std::move(blobs[i]));
      }
    }
    co_return Result<>();
  }

  task<Result<CardPtr>> make_again(const mail::Cold& row) {
    GuardedParser parser(*env_->guard);
    for (uint64_t at = 0; at < row.size;) {
      auto piece = co_await env_->store.get_blob(row.blob, {at, kBodyPieceBytes});
      if (!piece && piece.error().code != Code::corruption) co_return std::unexpected(piece.error());
      if (!piece || piece->empty()) {
        log::error("body_unreadable", {{"account", account_.value}, {"blob", row.blob.serial}});
        co_return std::make_shared<const Bytes>(message::encode_card(message::opaque_card(row.size)));
      }
      at += piece->size();
      co_await env_->pool.run([&parser, &piece] {
        parser.feed(*piece);
        return true;
      });
    }
    co_return std::make_shared<const Bytes>(parser.finish());
  }

  std::shared_ptr<Environment> env_;
  const AccountId account_;
  const std::vector<mail::Cold> rows_;
  std::vector<CardPtr> cards_;
  std::vector<bool> current_;  // those that need not be looked at for that
};

}  // namespace

task<Result<std::vector<CardPtr>>> read_cards(std::shared_ptr<Environment> env, AccountId account,
                                              std::vector<mail::Cold> rows) {
  Reading reading(std::move(env), account, std::move(rows));
  co_return co_await reading.run();
}

}  // namespace roost::accounts
