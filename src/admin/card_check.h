// Every stored card, against one made again from the body.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "mail/row.h"
#include "message/parser.h"
#include "rt/task.h"
#include "store/store.h"

namespace roost::admin {

// Enough of a card to tell it from another: whole cards of a whole account would not fit into memory.
struct CardDigest {
  uint32_t checksum = 0;
  uint32_t bytes = 0;

  static CardDigest of(BytesView card) { return {crc32c(card), static_cast<uint32_t>(card.size())}; }
  friend bool operator==(const CardDigest&, const CardDigest&) = default;
};

// A message whose card waits for its body to be read.
struct AwaitedCard {
  MailboxId mailbox;
  Uid uid;
  CardDigest stored;
};

// Reads cards as they are stored, which Account::cards() does not: it mends what is damaged.
class StoredCards {
 public:
  StoredCards(store::AccountStore& store, AccountId account) : store_(store), account_(account) {}

  // Checks the card of a row by itself: that it can be read and decoded, and is the message's size. What is left to
  // compare with the body goes to `awaited`. Cards of an older parser, and opaque ones (of messages that must not be
  // parsed), are never compared.
  task<Result<>> take(MailboxId mailbox, const mail::Cold& row);

  // Nothing where no card waits for this body.
  const std::vector<AwaitedCard>* awaiting(BlobId body) const;

 private:
  task<Result<Bytes>> read(const mail::CardRef& card);

  store::AccountStore& store_;
  AccountId account_;
  PageId segment_;  // the one read last: neighbours' cards lie together
  std::vector<Bytes> cards_;
  std::map<BlobId, std::vector<AwaitedCard>> awaited_;
};

}  // namespace roost::admin
