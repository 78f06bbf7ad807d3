// Up to 64 messages of a FETCH with everything that is sent of them: rows, cards, and the octets of small sections,
// read all at once. Large sections are only located, to be sent piece by piece.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "accounts/accounts.h"
#include "base/bytes.h"
#include "base/result.h"
#include "imapd/config.h"
#include "imapd/features/fetch_plan.h"
#include "imapd/view.h"
#include "mail/row.h"
#include "message/card.h"
#include "message/part.h"
#include "rt/task.h"

namespace roost::imapd {

// The answer to one body item.
struct BodyPiece {
  enum class How : uint8_t {
    nil,    // there is no such section
    held,   // `octets`
    large,  // `range` of the message, to be read while it is sent; decoded, if an encoding is given
    size,   // BINARY.SIZE: `size`
  };
  How how = How::nil;
  Bytes octets;
  message::ByteRange range;                   // of the message as stored
  std::optional<message::Encoding> encoding;  // BINARY: to be undone
  uint64_t size = 0;                          // octets of the whole section once it is decoded
};

struct FetchedMessage {
  Uid uid;
  mail::Row row;
  std::shared_ptr<const Bytes> card_bytes;
  std::optional<message::CardView> card;
  std::vector<BodyPiece> pieces;  // of the plan's body items, in their order
  bool failed = false;            // could not be read: nothing is sent of it
};

class FetchBatch {
 public:
  FetchBatch(accounts::Account& account, const ImapdConfig& config, const FetchPlan& plan)
      : account_(account), config_(config), plan_(plan) {}

  // Takes messages from `next` on (of `uids`, by index) while the batch has room, and advances `next`.
  void take_rows(const View& view, const std::vector<Uid>& uids, size_t& next);
  // A message of any mailbox of the account.
  void take_row(Uid uid, mail::Row row) { messages_.push_back({.uid = uid, .row = std::move(row)}); }
  task<Result<>> load();
  // Just before a message is sent: reads what of it is sent piece by piece, so that a damaged body is refused before
  // its literal is announced, after which only ending the connection would be left. What is not too much is kept, and
  // not read again.
  task<> verify_large(FetchedMessage& message);

  std::vector<FetchedMessage>& messages() { return messages_; }
  // Expunged so long ago that nothing is left to read.
  size_t gone() const { return gone_; }
  // Why something failed, if anything did.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  struct Read {
    size_t message;
    size_t piece;
    const imap::FetchItem* filter;   // HEADER.FIELDS of what is read; null: as it is
    const imap::FetchItem* decoded;  // BINARY: what is sent of it once its encoding is undone
  };

  task<Result<>> load_cards();
  task<> load_card(FetchedMessage& message);
  void open_card(FetchedMessage& message);
  task<> locate(size_t index);
  void locate_item(size_t index, const imap::FetchItem& item, const std::vector<message::Part>& parts);
  void locate_binary(Read read, const imap::FetchItem& item, const std::vector<message::Part>& parts);
  void locate_decoded(Read read, const imap::FetchItem& item, const message::Part& part);
  void want(Read read, message::ByteRange range);
  void take(const Read& read, Bytes octets);
  // Empty where it fails, which is noted.
  task<Bytes> read_large(FetchedMessage& message, message::ByteRange range);
  task<> measure_large(FetchedMessage& message);
  task<Result<uint64_t>> decoded_size(BlobId blob, const BodyPiece& piece);
  task<> read_pieces();
  void fail(FetchedMessage& message, Error error);

  accounts::Account& account_;
  const ImapdConfig& config_;
  const FetchPlan& plan_;
  std::vector<FetchedMessage> messages_;
  std::vector<Read> reads_;
  std::vector<store::AccountStore::BlobRange> ranges_;
  size_t parts_passed_ = 0;  // since other connections had their turn
  std::optional<Error> failure_;
  size_t gone_ = 0;
};

}  // namespace roost::imapd
