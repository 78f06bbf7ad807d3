// How fast SORT and THREAD put messages in order, once their cards are in memory.
#include <benchmark/benchmark.h>

#include "message/card.h"
#include "search/references.h"
#include "search/sort.h"

namespace roost::search {
namespace {

constexpr uint32_t kMessages = 10'000;
constexpr uint32_t kInThread = 5;

// Threads of five, each message naming all before it.
std::vector<Bytes> make_cards() {
  std::vector<Bytes> cards;
  for (uint32_t i = 0; i < kMessages; ++i) {
    message::Card card;
    card.sent = message::SentDate{.seconds = int64_t{i} * 7'919 % 1'000'003, .zone_minutes = 0};
    card.envelope = Bytes(400, 'x');
    card.sort.subject = "SUBJECT " + std::to_string(i / kInThread);
    card.sort.reply_or_forward = i % kInThread != 0;
    card.thread.message_id = i + 1;
    for (uint32_t before = i - i % kInThread; before < i; ++before) card.thread.references.push_back(before + 1);
    cards.push_back(message::encode_card(card));
  }
  return cards;
}

template <class Made>
void order(benchmark::State& state, Made made) {
  const std::vector<Bytes> cards = make_cards();
  for (auto _ : state) {
    auto ordering = made();
    ordering.expect(kMessages);
    mail::Cold row;
    for (uint32_t i = 0; i < kMessages; ++i) {
      row.uid = Uid(i + 1);
      auto card = message::CardView::open(cards[i]);
      benchmark::DoNotOptimize(ordering.add(row, &*card).has_value());
    }
    Slice slice(system_clock(), TimePoint::max());
    while (!ordering.finish(slice)) {
    }
    benchmark::DoNotOptimize(ordering.result().size());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kMessages));
}

void sort_by_date(benchmark::State& state) {
  order(state, [] { return Sorting({{.key = SortCriterion::Key::date, .reverse = true}}); });
}
BENCHMARK(sort_by_date)->Unit(benchmark::kMicrosecond);

void sort_by_subject(benchmark::State& state) {
  order(state, [] { return Sorting({{.key = SortCriterion::Key::subject, .reverse = false}}); });
}
BENCHMARK(sort_by_subject)->Unit(benchmark::kMicrosecond);

void thread_by_references(benchmark::State& state) {
  order(state, [] { return References(References::Kind::references, 42); });
}
BENCHMARK(thread_by_references)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace roost::search
