#include <gtest/gtest.h>

#include "message/card.h"
#include "message/parser.h"
#include "search/test_mailbox_test.h"

namespace roost::search {

TestMailbox::TestMailbox() : snapshot_(mail::empty_account(AccountId(1), UidValidity(1000))) {}

Uid TestMailbox::append(const std::string& message, SystemFlags flags, std::vector<std::string> keywords,
                        mail::InternalDate date) {
  mail::NewMessage added;
  added.flags = flags;
  added.keywords = std::move(keywords);
  added.internal_date = date;
  added.size = message.size();
  added.body = std::make_shared<const Bytes>(message);
  added.card = std::make_shared<const Bytes>(message::encode_card(message::make_card(message::parse(message))));
  added.email_id.bytes[0] = static_cast<uint8_t>(bodies_.size() + 1);
  added.thread_id.bytes[0] = static_cast<uint8_t>(bodies_.size() / 2 + 1);
  mail::Append append{std::string("INBOX"), {}};
  append.messages.push_back(std::move(added));
  auto outcome = mail::plan(*snapshot_, append, {.limits = &limits_, .now = now});
  auto& planned = std::get<mail::Planned>(outcome);
  for (const auto& body : planned.bodies) bodies_[body.id.serial] = body.data;
  auto folded = mail::fold(snapshot_, mail::make_record({planned.effects}), snapshot_->position().next());
  snapshot_ = std::get<mail::Folded>(folded).snapshot;
  return std::get<mail::Appended>(planned.result).first;
}

UidSet TestMailbox::search(const Query& query) {
  cards_read = 0;
  octets_read = 0;
  auto scan = Scan::start(snapshot_, inbox(), query, QueryLimits(), now);
  if (!scan) {
    ADD_FAILURE() << scan.error().text;
    return {};
  }
  (*scan)->set_guard(guard);
  if (narrowing) (*scan)->set_narrowing(narrowing((*scan)->narrowed_keys()));
  ImpatientClock clock;
  for (;;) {
    Scan::State state = (*scan)->run(clock, TimePoint());
    if (state == Scan::State::done) {
      Matches matches = (*scan)->matches();
      unreadable = matches.unreadable;
      return matches.uids;
    }
    bring(**scan, state);
  }
}

void TestMailbox::bring(Scan& scan, Scan::State state) {
  if (state == Scan::State::cards) {
    std::vector<std::shared_ptr<const Bytes>> cards;
    for (const mail::Cold& row : scan.wanted_cards()) cards.push_back(row.card.tail);
    EXPECT_LE(cards.size(), kBatchMessages);
    cards_read += cards.size();
    scan.feed_cards(std::move(cards));
  }
  if (state == Scan::State::octets) {
    std::vector<std::optional<Bytes>> octets;
    EXPECT_LE(scan.wanted_octets().size(), kBatchReads);
    for (const Scan::Read& read : scan.wanted_octets()) {
      octets_read += read.size;
      octets.emplace_back();
      if (!bodies_lost_) octets.back() = body(read.blob).substr(read.offset, read.size);
    }
    scan.feed_octets(std::move(octets));
  }
}

}  // namespace roost::search
