// Messages for tests of SORT and THREAD, as the cards have them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/ordering.h"
#include "search/test_mailbox_test.h"
#include "search/thread.h"

namespace roost::search {

struct TestMessage {
  std::string subject;  // base subject
  bool reply = false;
  uint64_t id = 0;
  std::vector<uint64_t> references;
  int64_t sent = 0;
  int64_t arrived = 0;
  uint64_t size = 0;
  std::string from;
};

// Uids from 1. Interrupts as often as it can.
inline void order(Ordering& ordering, const std::vector<TestMessage>& messages) {
  uint32_t uid = 0;
  for (const TestMessage& message : messages) {
    message::Card card;
    card.sort.subject = message.subject;
    card.sort.from = message.from;
    card.sort.reply_or_forward = message.reply;
    card.thread = {message.id, message.references};
    card.sent = message::SentDate{message.sent, 0};
    Bytes encoded = message::encode_card(card);
    auto view = message::CardView::open(encoded);
    mail::Cold row{.uid = Uid(++uid), .internal_date = {message.arrived, 0}, .size = message.size};
    EXPECT_TRUE(ordering.add(row, &*view));
  }
  ImpatientClock clock;
  for (;;) {
    Slice slice(clock, TimePoint());
    if (ordering.finish(slice)) return;
  }
}

}  // namespace roost::search
