// How long it takes to have all rows of a mailbox of 100,000 messages in memory after a restart, and to search, sort
// and thread it.
#include <benchmark/benchmark.h>

#include "accounts/ordering.h"
#include "accounts/random.h"
#include "accounts/search.h"
#include "accounts/world_bench.h"
#include "message/card.h"
#include "message/parser.h"
#include "search/references.h"
#include "search/sort.h"

namespace roost::accounts {
namespace {

constexpr int kMessages = 100'000;
constexpr int kMessagesEach = 500;  // in one append
constexpr AccountId kAccount{1};

// Threads of ten, each message answering the one before.
std::string text_of(int number) {
  std::string text = "From: a@b.example\r\nSubject: Number " + std::to_string(number) + "\r\n";
  text += "Message-ID: <" + std::to_string(number) + "@b.example>\r\nReferences:";
  for (int i = number - number % 10; i < number; ++i) text += " <" + std::to_string(i) + "@b.example>";
  return text + "\r\n\r\nshort\r\n";
}

task<> fill(BenchWorld* world) {
  auto account = co_await world->accounts().open(kAccount);
  for (int i = 0; i < kMessages; i += kMessagesEach) {
    mail::Append append{std::string("INBOX"), {}};
    for (int k = 0; k < kMessagesEach; ++k) {
      std::string text = text_of(i + k);
      mail::NewMessage message;
      message.size = text.size();
      message.card = std::make_shared<const Bytes>(message::encode_card(message::make_card(message::parse(text))));
      message.body = std::make_shared<const Bytes>(std::move(text));
      message.email_id = random_object_id();
      message.thread_id = random_object_id();
      append.messages.push_back(std::move(message));
    }
    if (!co_await (*account)->execute(std::move(append))) std::abort();
  }
  if (!co_await world->accounts().maintain(kAccount)) std::abort();
}

task<> load(BenchWorld* world) {
  auto account = co_await world->accounts().open(kAccount);
  MailboxId inbox = (*account)->snapshot()->find("INBOX")->id();
  auto snapshot = co_await (*account)->load(inbox);
  if ((*snapshot)->find(inbox)->messages() != kMessages) std::abort();
}

task<> find(BenchWorld* world, search::Query query) {
  auto account = co_await world->accounts().open(kAccount);
  MailboxId inbox = (*account)->snapshot()->find("INBOX")->id();
  auto snapshot = co_await (*account)->load(inbox);
  auto found = co_await search(*account, *snapshot, inbox, std::move(query), nullptr);
  if (!found) std::abort();
}

task<> put_in_order(BenchWorld* world, search::Ordering* ordering) {
  auto account = co_await world->accounts().open(kAccount);
  MailboxId inbox = (*account)->snapshot()->find("INBOX")->id();
  auto snapshot = co_await (*account)->load(inbox);
  auto ordered = co_await order(*account, *snapshot, inbox, (*snapshot)->find(inbox)->uids(), *ordering, nullptr);
  if (!ordered) std::abort();
}

BenchWorld& filled() {
  static BenchWorld world;
  static bool once = (world.wait(fill(&world)), true);
  benchmark::DoNotOptimize(once);
  return world;
}

void load_after_restart(benchmark::State& state) {
  BenchWorld& world = filled();
  for (auto _ : state) {
    state.PauseTiming();
    world.forget();
    state.ResumeTiming();
    world.wait(load(&world));
  }
}
BENCHMARK(load_after_restart)->UseRealTime()->Unit(benchmark::kMillisecond);

void search_mailbox(benchmark::State& state, const search::Query& query) {
  BenchWorld& world = filled();
  for (auto _ : state) world.wait(find(&world, query));
}
BENCHMARK_CAPTURE(search_mailbox, unseen, search::Query(search::Not{{search::Flag{SystemFlag::seen}}}))
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search_mailbox, subject, search::Query(search::InField{search::Field::subject, "number 77"}))
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search_mailbox, body, search::Query(search::InBody{"nowhere"}))
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

template <class Make>
void order_mailbox(benchmark::State& state, Make make) {
  BenchWorld& world = filled();
  for (auto _ : state) {
    auto ordering = make();
    world.wait(put_in_order(&world, ordering.get()));
  }
}
using Key = search::SortCriterion::Key;
auto sort_by(Key key) {
  return [key] { return std::make_unique<search::Sorting>(std::vector<search::SortCriterion>{{key}}); };
}
auto by_references() { return std::make_unique<search::References>(search::References::Kind::references, 1); }
BENCHMARK_CAPTURE(order_mailbox, arrival, sort_by(Key::arrival))->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_mailbox, subject, sort_by(Key::subject))->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_mailbox, references, by_references)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roost::accounts
