// How fast SEARCH goes through rows, cards and text, without the reading.
#include <benchmark/benchmark.h>

#include "mail/checkpoint.h"
#include "mail/engine.h"
#include "message/card.h"
#include "message/parser.h"
#include "search/scan.h"

namespace roost::search {
namespace {

constexpr size_t kMessages = 20'000;

struct Box {
  Box() : snapshot(mail::empty_account(AccountId(1), UidValidity(9))) {
    text = "From: a@example.org\r\nSubject: The subject of a message\r\nDate: Mon, 7 Feb 1994 23:52:25 -0800\r\n\r\n";
    while (text.size() < 4'096) text += "The quick brown fox jumps over the lazy dog, as ever.\r\n";
    auto card = std::make_shared<const Bytes>(message::encode_card(message::make_card(message::parse(text))));
    mail::Append append{std::string("INBOX"), {}};
    for (size_t i = 0; i < kMessages; ++i) {
      mail::NewMessage message;
      message.flags = i % 3 == 0 ? SystemFlags(SystemFlag::seen) : SystemFlags();
      message.size = text.size();
      message.body = std::make_shared<const Bytes>(text);
      message.card = card;
      append.messages.push_back(std::move(message));
    }
    mail::EngineLimits limits;
    auto planned = std::get<mail::Planned>(mail::plan(*snapshot, append, {.limits = &limits, .now = 0}));
    snapshot = std::get<mail::Folded>(mail::fold(snapshot, mail::make_record({planned.effects}), Position(1))).snapshot;
  }

  size_t search(const Query& query) const {
    auto scan = *Scan::start(snapshot, snapshot->find("INBOX")->id(), query, QueryLimits(), 0);
    for (;;) {
      switch (scan->run(system_clock(), TimePoint::max())) {
        case Scan::State::done: return scan->matches().uids.count();
        case Scan::State::more: break;
        case Scan::State::cards: {
          std::vector<std::shared_ptr<const Bytes>> cards;
          for (const mail::Cold& row : scan->wanted_cards()) cards.push_back(row.card.tail);
          scan->feed_cards(std::move(cards));
          break;
        }
        case Scan::State::octets: {
          std::vector<std::optional<Bytes>> octets;
          for (const Scan::Read& read : scan->wanted_octets()) octets.emplace_back(text.substr(read.offset, read.size));
          scan->feed_octets(std::move(octets));
        }
      }
    }
  }

  std::string text;
  mail::SnapshotPtr snapshot;
};

void scan(benchmark::State& state, const Query& query, bool octets) {
  static const Box box;
  for (auto _ : state) benchmark::DoNotOptimize(box.search(query));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kMessages));
  if (octets) state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * kMessages * box.text.size()));
}

BENCHMARK_CAPTURE(scan, flags, Query(Not{{Flag{SystemFlag::seen}}}), false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(scan, dates, Query(Date{WhichDate::internal, When::since, {2020, 1, 1}}), false)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(scan, subject, Query(InField{Field::subject, "nowhere"}), false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(scan, body, Query(InBody{"nowhere"}), true)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roost::search
