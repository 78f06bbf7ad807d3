// BINARY[…] and BINARY.SIZE[…] of a FetchBatch (RFC 3516 4.2): sections with their transfer encoding undone.
#include <algorithm>

#include "imapd/features/fetch_batch.h"
#include "message/section.h"
#include "message/transfer.h"

namespace roost::imapd {

using Kind = imap::FetchItem::Kind;

// What is decoded is the body of a leaf: RFC 2045 6.4 allows no encoding of a multipart or a message, and BINARY[] is
// the message as it lies there.
void FetchBatch::locate_binary(Read read, const imap::FetchItem& item, const std::vector<message::Part>& parts) {
  FetchedMessage& message = messages_[read.message];
  BodyPiece& piece = message.pieces[read.piece];
  if (item.kind == Kind::binary_size) piece.how = BodyPiece::How::size;
  message::ByteRange range{.offset = 0, .size = message.row.cold.size};
  if (!item.section.part.empty()) {
    std::optional<uint32_t> index = message::find_part(parts, item.section.part);
    if (!index) return;
    const message::Part& part = parts[*index];
    bool leaf = part.kind == message::PartKind::leaf;
    if (leaf && part.encoding == message::Encoding::unknown) {
      return fail(message, no(Code::unknown_cte, "The encoding of the part is not known.").error());
    }
    if (leaf && message::is_encoded(part.encoding)) return locate_decoded(read, item, part);
    range = part.body;
  }
  piece.size = range.size;
  if (item.kind == Kind::binary_size) return;
  if (item.partial) range = message::partial(range, item.partial->offset, item.partial->count);
  want(read, range);
}

void FetchBatch::locate_decoded(Read read, const imap::FetchItem& item, const message::Part& part) {
  BodyPiece& piece = messages_[read.message].pieces[read.piece];
  piece.encoding = part.encoding;
  read.decoded = &item;
  want(read, part.body);
  if (part.body.size == 0 && item.kind == Kind::binary_size) piece.how = BodyPiece::How::size;
}

// How many octets a large part has once it is decoded must be known before the first of them is sent: it is read
// twice, and never held.
task<> FetchBatch::measure_large(FetchedMessage& message) {
  std::vector<const imap::FetchItem*> items;
  for (const imap::FetchItem& item : plan_.items) {
    if (is_body_item(item)) items.push_back(&item);
  }
  for (size_t i = 0; i < message.pieces.size(); ++i) {
    BodyPiece& piece = message.pieces[i];
    if (piece.how != BodyPiece::How::large || !piece.encoding) continue;
    auto same = std::find_if(message.pieces.begin(), message.pieces.begin() + static_cast<ptrdiff_t>(i),
                             [&](const BodyPiece& p) { return p.encoding && p.range == piece.range; });
    if (same != message.pieces.begin() + static_cast<ptrdiff_t>(i)) {
      piece.size = same->size;
    } else {
      Result<uint64_t> size = co_await decoded_size(message.row.cold.blob, piece);
      if (!size) co_return fail(message, size.error());
      piece.size = *size;
    }
    if (items[i]->kind == Kind::binary_size) piece.how = BodyPiece::How::size;
  }
}

task<Result<uint64_t>> FetchBatch::decoded_size(BlobId blob, const BodyPiece& piece) {
  message::TransferDecoder decoder(*piece.encoding);
  uint64_t size = 0;
  Bytes decoded;
  for (uint64_t at = 0; at < piece.range.size; at += config_.body_piece_bytes) {
    uint64_t wanted = std::min<uint64_t>(config_.body_piece_bytes, piece.range.size - at);
    ROOST_CO_TRY(Bytes octets, co_await account_.body(blob, {.offset = piece.range.offset + at, .size = wanted}));
    if (octets.size() != wanted) co_return fault("a body is shorter than its row says", Code::corruption);
    decoder.feed(octets, decoded);
    size += decoded.size();
    decoded.clear();
  }
  decoder.finish(decoded);
  co_return size + decoded.size();
}

}  // namespace roost::imapd
