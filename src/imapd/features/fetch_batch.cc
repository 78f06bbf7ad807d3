#include "imapd/features/fetch_batch.h"

#include <algorithm>
#include <utility>

#include "message/section.h"
#include "message/transfer.h"
#include "rt/loop.h"

namespace roost::imapd {

using Kind = imap::FetchItem::Kind;
using SectionText = imap::Section::Text;

namespace {

// Sizes of messages whose small sections wait in memory at once.
inline constexpr uint64_t kBatchMessageBytesMax = uint64_t{1} << 20;

// Of one message, what is kept from its verification until it is sent, rather than read twice.
inline constexpr uint64_t kHeldLargeBytesMax = uint64_t{512} << 10;

// Parts that may be decoded or passed in search of a section before other connections have their turn: below a
// millisecond.
constexpr size_t kPartsPerStep = 10'000;

// A header that HEADER.FIELDS is to be cut from; larger ones are refused.
inline constexpr uint64_t kFilteredHeaderBytesMax = uint64_t{8} << 20;

bool is_filtered(const imap::FetchItem& item) {
  return item.kind == Kind::body_section &&
         (item.section.text == SectionText::header_fields || item.section.text == SectionText::header_fields_not);
}

message::SectionText section_text(const imap::FetchItem& item) {
  if (item.kind == Kind::rfc822_header) return message::SectionText::header;
  if (item.kind == Kind::rfc822_text) return message::SectionText::text;
  if (item.kind == Kind::rfc822) return message::SectionText::whole;
  switch (item.section.text) {
    case SectionText::whole: return message::SectionText::whole;
    case SectionText::text: return message::SectionText::text;
    case SectionText::mime: return message::SectionText::mime;
    case SectionText::header:
    case SectionText::header_fields:
    case SectionText::header_fields_not: return message::SectionText::header;
  }
  return message::SectionText::whole;
}

std::vector<BytesView> names_of(const imap::FetchItem& item) {
  return {item.section.fields.begin(), item.section.fields.end()};
}

Bytes cut(Bytes octets, const imap::FetchItem& item) {
  if (!item.partial) return octets;
  message::ByteRange piece =
      message::partial({.offset = 0, .size = octets.size()}, item.partial->offset, item.partial->count);
  return octets.substr(piece.offset, piece.size);
}

bool needs_parts(const FetchPlan& plan) {
  return std::any_of(plan.items.begin(), plan.items.end(), [](const imap::FetchItem& item) {
    return is_body_item(item) && item.kind != Kind::rfc822 &&
           (item.kind != Kind::body_section || !item.section.part.empty() || item.section.text != SectionText::whole);
  });
}

}  // namespace

void FetchBatch::take_rows(const View& view, const std::vector<Uid>& uids, size_t& next) {
  uint64_t bytes = 0;
  for (; next < uids.size() && messages_.size() < config_.batch_bodies; ++next) {
    Uid uid = uids[next];
    bool ghost = view.ghosts().contains(uid);
    auto row = ghost ? view.mailbox().find_expunged(uid) : view.mailbox().find(uid);
    if (!row) {
      ++gone_;
      continue;
    }
    bytes += plan_.needs_body ? std::min(row->cold.size, config_.small_body_bytes_max) : 0;
    if (bytes > kBatchMessageBytesMax && !messages_.empty()) return;
    messages_.push_back({.uid = uid, .row = *std::move(row)});
  }
}

task<Result<>> FetchBatch::load() {
  if (plan_.needs_card) ROOST_CO_TRY_VOID(co_await load_cards());
  if (!plan_.needs_body) co_return Result<>{};
  for (size_t i = 0; i < messages_.size(); ++i) {
    if (!messages_[i].failed) co_await locate(i);
  }
  while (!ranges_.empty()) co_await read_pieces();
  for (FetchedMessage& message : messages_) {
    if (!message.failed) co_await measure_large(message);
  }
  co_return Result<>{};
}

task<> FetchBatch::verify_large(FetchedMessage& message) {
  uint64_t held = 0;
  for (BodyPiece& piece : message.pieces) {
    if (piece.how != BodyPiece::How::large || piece.encoding) continue;  // measure_large() has read what is encoded
    if (held + piece.range.size <= kHeldLargeBytesMax) {
      held += piece.range.size;
      piece.octets = co_await read_large(message, piece.range);
      piece.how = BodyPiece::How::held;
      continue;
    }
    for (uint64_t at = 0; at < piece.range.size && !message.failed; at += config_.body_piece_bytes) {
      uint64_t wanted = std::min<uint64_t>(config_.body_piece_bytes, piece.range.size - at);
      co_await read_large(message, {.offset = piece.range.offset + at, .size = wanted});
    }
  }
}

task<Bytes> FetchBatch::read_large(FetchedMessage& message, message::ByteRange range) {
  Result<Bytes> octets = co_await account_.body(message.row.cold.blob, {.offset = range.offset, .size = range.size});
  if (octets && octets->size() == range.size) co_return *std::move(octets);
  fail(message, octets ? fault("a body is shorter than its row says", Code::corruption).error() : octets.error());
  co_return Bytes();
}

void FetchBatch::fail(FetchedMessage& message, Error error) {
  message.failed = true;
  failure_ = std::move(error);
}

void FetchBatch::open_card(FetchedMessage& message) {
  Result<message::CardView> card = message::CardView::open(*message.card_bytes);
  if (card) {
    message.card = *card;
  } else {
    fail(message, card.error());
  }
}

task<Result<>> FetchBatch::load_cards() {
  std::vector<mail::Cold> rows;
  rows.reserve(messages_.size());
  for (const FetchedMessage& message : messages_) rows.push_back(message.row.cold);
  auto cards = co_await account_.cards(std::move(rows));
  if (!cards && messages_.size() == 1) {
    if (cards.error().kind == Error::Kind::closed) co_return std::unexpected(std::move(cards).error());
    fail(messages_.front(), cards.error());
    co_return Result<>{};
  }
  for (size_t i = 0; i < messages_.size(); ++i) {
    if (cards) {
      messages_[i].card_bytes = std::move((*cards)[i]);
      open_card(messages_[i]);
    } else {
      co_await load_card(messages_[i]);  // one of them spoiled it for all: find out which
    }
  }
  co_return Result<>{};
}

task<> FetchBatch::load_card(FetchedMessage& message) {
  std::vector<mail::Cold> row(1, message.row.cold);
  auto card = co_await account_.cards(std::move(row));
  if (!card) {
    fail(message, card.error());
    co_return;
  }
  message.card_bytes = std::move(card->front());
  open_card(message);
}

task<> FetchBatch::locate(size_t index) {
  FetchedMessage& message = messages_[index];
  std::vector<message::Part> parts;
  if (needs_parts(plan_)) {
    Result<std::vector<message::Part>> decoded = message.card->parts();
    if (!decoded) {
      fail(message, decoded.error());
      co_return;
    }
    parts = *std::move(decoded);
  }
  for (const imap::FetchItem& item : plan_.items) {
    if (!is_body_item(item)) continue;
    locate_item(index, item, parts);
    parts_passed_ += parts.size();
    if (parts_passed_ < kPartsPerStep) continue;
    parts_passed_ = 0;
    co_await rt::Loop::current()->yield();
  }
}

void FetchBatch::locate_item(size_t index, const imap::FetchItem& item, const std::vector<message::Part>& parts) {
  FetchedMessage& message = messages_[index];
  BodyPiece& piece = message.pieces.emplace_back();
  Read read{.message = index,
            .piece = message.pieces.size() - 1,
            .filter = is_filtered(item) ? &item : nullptr,
            .decoded = nullptr};
  if (is_binary_item(item)) return locate_binary(read, item, parts);
  if (read.filter != nullptr && item.section.part.empty() && item.section.text == SectionText::header_fields) {
    std::vector<BytesView> names = names_of(item);
    if (auto fields = message.card->header_fields(names)) {
      piece.how = BodyPiece::How::held;
      piece.octets = cut(*std::move(fields), item);
      return;
    }
  }
  std::optional<message::ByteRange> range = message::ByteRange{.offset = 0, .size = message.row.cold.size};
  if (!parts.empty()) range = message::find_section(parts, item.section.part, section_text(item));
  if (!range) return;
  if (read.filter != nullptr) {
    if (range->size > kFilteredHeaderBytesMax) {
      return fail(message, no(Code::limit, "The header is too large.").error());
    }
  } else if (item.partial) {
    *range = message::partial(*range, item.partial->offset, item.partial->count);
  }
  want(read, *range);
}

void FetchBatch::want(Read read, message::ByteRange range) {
  BodyPiece& piece = messages_[read.message].pieces[read.piece];
  piece.range = range;
  if (range.size > config_.small_body_bytes_max && read.filter == nullptr) {
    piece.how = BodyPiece::How::large;
    return;
  }
  piece.how = BodyPiece::How::held;
  if (range.size == 0) return;  // also the filtered header of nothing
  reads_.push_back(read);
  ranges_.push_back(
      {.id = messages_[read.message].row.cold.blob, .range = {.offset = range.offset, .size = range.size}});
}

void FetchBatch::take(const Read& read, Bytes octets) {
  BodyPiece& piece = messages_[read.message].pieces[read.piece];
  if (const imap::FetchItem* filter = read.filter) {
    bool only = filter->section.text == SectionText::header_fields;
    std::vector<BytesView> names = names_of(*filter);
    octets =
        message::filter_header_fields(octets, names, only ? message::FieldFilter::only : message::FieldFilter::all_but);
    piece.octets = cut(std::move(octets), *filter);
  } else if (read.decoded != nullptr) {
    octets = message::decode_transfer(*piece.encoding, octets);
    piece.size = octets.size();
    if (read.decoded->kind == Kind::binary_size) {
      piece.how = BodyPiece::How::size;
    } else {
      piece.octets = cut(std::move(octets), *read.decoded);
    }
  } else {
    piece.octets = std::move(octets);
  }
}

task<> FetchBatch::read_pieces() {
  size_t count = std::min<size_t>(ranges_.size(), config_.batch_bodies);
  std::vector<store::AccountStore::BlobRange> ranges(ranges_.end() - count, ranges_.end());
  std::vector<Read> reads(reads_.end() - count, reads_.end());
  ranges_.resize(ranges_.size() - count);
  reads_.resize(reads_.size() - count);
  std::vector<Result<Bytes>> bodies = co_await account_.bodies(std::move(ranges));
  for (size_t i = 0; i < reads.size(); ++i) {
    FetchedMessage& message = messages_[reads[i].message];
    BodyPiece& piece = message.pieces[reads[i].piece];
    if (!bodies[i]) {
      fail(message, bodies[i].error());
    } else if (bodies[i]->size() != piece.range.size) {
      fail(message, fault("a body is shorter than its row says", Code::corruption).error());
    } else {
      take(reads[i], *std::move(bodies[i]));
    }
  }
}

}  // namespace roost::imapd
