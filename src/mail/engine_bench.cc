#include <benchmark/benchmark.h>

#include <cstdlib>
#include <map>
#include <random>

#include "mail/checkpoint.h"
#include "mail/engine.h"

namespace roost::mail {
namespace {

constexpr int64_t kNow = 1'700'000'000;
constexpr size_t kCardBytes = 1'000;

struct Bench {
  SnapshotPtr snapshot = empty_account(AccountId(1), UidValidity(1'700'000'000));
  EngineLimits limits;
  std::mt19937_64 random{1};

  template <class T>
  static T must(auto outcome) {
    if (!std::holds_alternative<T>(outcome)) std::abort();
    return std::get<T>(std::move(outcome));
  }
  Planned planned(const Operation& operation) {
    PlanContext context{&limits, kNow};
    return must<Planned>(plan(*snapshot, operation, context));
  }
  void run(const Operation& operation) {
    snapshot =
        must<Folded>(fold(snapshot, make_record({planned(operation).effects}), snapshot->position().next())).snapshot;
  }

  NewMessage message() {
    static const auto kBody = std::make_shared<const Bytes>(4'096, 'b');
    Bytes card;
    while (card.size() < kCardBytes) card += "Subject " + std::to_string(random() % 1'000'000) + " alice@example.org ";
    NewMessage out;
    out.internal_date = {kNow + static_cast<int64_t>(random() % 86'400), 60};
    out.size = 4'096 + random() % 100'000;
    out.body = kBody;
    out.card = std::make_shared<const Bytes>(std::move(card));
    for (uint8_t& byte : out.email_id.bytes) byte = static_cast<uint8_t>(random());
    out.thread_id = out.email_id;
    return out;
  }

  void fill(size_t messages) {
    constexpr size_t kBatch = 1'000;
    for (size_t done = 0; done < messages; done += kBatch) {
      Append append{std::string("INBOX"), {}};
      for (size_t i = 0; i < kBatch; ++i) append.messages.push_back(message());
      run(append);
    }
  }
  Mailbox inbox() const { return snapshot->find("INBOX").value(); }
};

// Filled once, checkpointed, with everything in memory.
const Bench& million() {
  static const Bench bench = [] {
    Bench made;
    for (int i = 0; i < 10; ++i) {
      made.fill(100'000);
      made.snapshot = Bench::must<Checkpoint>(make_checkpoint(made.snapshot, {kNow, 3'600})).snapshot;
    }
    return made;
  }();
  return bench;
}

void plan_append(benchmark::State& state) {
  Bench bench = million();
  Append append{std::string("INBOX"), {bench.message()}};
  for (auto _ : state) benchmark::DoNotOptimize(bench.planned(append));
}
BENCHMARK(plan_append);

void fold_append(benchmark::State& state) {
  Bench bench = million();
  Append append{std::string("INBOX"), {bench.message()}};
  for (auto _ : state) {
    state.PauseTiming();
    Bytes record = make_record({bench.planned(append).effects});
    state.ResumeTiming();
    auto folded = fold(bench.snapshot, record, bench.snapshot->position().next());
    bench.snapshot = std::get<Folded>(std::move(folded)).snapshot;
  }
}
BENCHMARK(fold_append);

void store_one_flag(benchmark::State& state) {
  Bench bench = million();
  bool on = false;
  for (auto _ : state) {
    auto uid = Uid(static_cast<uint32_t>(bench.random() % 1'000'000 + 1));
    bench.run(Store{bench.inbox().id(),
                    UidSet::single(uid),
                    on ? StoreHow::add : StoreHow::replace,
                    on ? SystemFlag::seen : SystemFlag::flagged,
                    {},
                    {}});
    on = !on;
  }
}
BENCHMARK(store_one_flag);

void fold_store_one_flag(benchmark::State& state) {
  Bench bench = million();
  Bytes record = make_record(
      {bench.planned(Store{bench.inbox().id(), UidSet::single(Uid(500'000)), StoreHow::add, SystemFlag::seen, {}, {}})
           .effects});
  for (auto _ : state) benchmark::DoNotOptimize(fold(bench.snapshot, record, bench.snapshot->position().next()));
}
BENCHMARK(fold_store_one_flag);

void for_each_hot(benchmark::State& state) {
  const Bench& bench = million();
  uint64_t rows = 0;
  for (auto _ : state) {
    uint64_t sum = 0;
    bench.inbox().for_each_hot(Uid(1), Uid(UINT32_MAX), [&](Uid uid, const Hot& hot) {
      sum += uid.value + hot.flags.bits + hot.modseq.value;
      return true;
    });
    benchmark::DoNotOptimize(sum);
    rows += 1'000'000;
  }
  state.counters["rows"] = benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsRate);
}
BENCHMARK(for_each_hot);

void one_change_in_a_million(benchmark::State& state) {
  Bench bench = million();
  ModSeq since = bench.inbox().highest_modseq();
  bench.run(Store{bench.inbox().id(), UidSet::single(Uid(500'000)), StoreHow::add, SystemFlag::seen, {}, {}});
  for (auto _ : state) benchmark::DoNotOptimize(changes_since(bench.inbox(), since));
}
BENCHMARK(one_change_in_a_million);

void one_expunge_in_a_million(benchmark::State& state) {
  Bench bench = million();
  for (uint32_t uid = 1; uid < 2'000; uid += 2) {
    bench.run(Store{bench.inbox().id(), UidSet::single(Uid(uid)), StoreHow::add, SystemFlag::deleted, {}, {}});
    bench.run(Expunge{bench.inbox().id(), {}});
  }
  ModSeq since(bench.inbox().highest_modseq().value - 1);
  for (auto _ : state) benchmark::DoNotOptimize(changes_since(bench.inbox(), since));
}
BENCHMARK(one_expunge_in_a_million);

void store_all(benchmark::State& state) {
  Bench bench = million();
  bool on = true;
  for (auto _ : state) {
    bench.run(Store{bench.inbox().id(),
                    {{Uid(1), Uid(100'000)}},
                    on ? StoreHow::add : StoreHow::remove,
                    SystemFlag::seen,
                    {"$Seen"},
                    {}});
    on = !on;
  }
}
BENCHMARK(store_all)->Unit(benchmark::kMillisecond);

void copy_all(benchmark::State& state) {
  Bench bench = million();
  bench.run(CreateMailbox{"Archive", {}});
  SnapshotPtr before = bench.snapshot;
  for (auto _ : state) {
    bench.run(Copy{bench.inbox().id(), {{Uid(1), Uid(100'000)}}, std::string("Archive"), false});
    bench.snapshot = before;
  }
}
BENCHMARK(copy_all)->Unit(benchmark::kMillisecond);

void expunge_all(benchmark::State& state) {
  Bench bench = million();
  bench.run(Store{bench.inbox().id(), {{Uid(1), Uid(100'000)}}, StoreHow::add, SystemFlag::deleted, {}, {}});
  SnapshotPtr before = bench.snapshot;
  for (auto _ : state) {
    bench.run(Expunge{bench.inbox().id(), {}});
    bench.snapshot = before;
  }
}
BENCHMARK(expunge_all)->Unit(benchmark::kMillisecond);

void open_ten_thousand_mailboxes(benchmark::State& state) {
  Bench bench;
  for (int i = 0; i < 10'000; ++i) bench.run(CreateMailbox{"folder/number " + std::to_string(i), {}});
  auto made = Bench::must<Checkpoint>(make_checkpoint(bench.snapshot, {kNow, 3'600}));
  std::vector<LoadedPage> pages;
  for (CheckpointPage& page : made.pages) pages.push_back({page.id, std::move(page.data)});
  for (auto _ : state) {
    SnapshotPtr opened = open_root(AccountId(1), made.root, pages).value();
    uint64_t sum = 0;
    opened->for_each_mailbox([&sum](const Mailbox& mailbox) {
      sum += mailbox.messages() + mailbox.uidnext().value;
      return true;
    });
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(open_ten_thousand_mailboxes)->Unit(benchmark::kMillisecond);

void checkpoint(benchmark::State& state) {
  Bench bench;
  bench.fill(100'000);
  uint64_t bytes = 0;
  for (auto _ : state) {
    auto made = Bench::must<Checkpoint>(make_checkpoint(bench.snapshot, {kNow, 3'600}));
    for (const CheckpointPage& page : made.pages) bytes += page.data.size();
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(checkpoint)->Unit(benchmark::kMillisecond);

void checkpoint_after_one_flag(benchmark::State& state) {
  Bench bench = million();
  bench.run(Store{bench.inbox().id(), UidSet::single(Uid(500'000)), StoreHow::add, SystemFlag::seen, {}, {}});
  for (auto _ : state) benchmark::DoNotOptimize(make_checkpoint(bench.snapshot, {kNow, 3'600}));
}
BENCHMARK(checkpoint_after_one_flag)->Unit(benchmark::kMicrosecond);

// What SELECT of 100,000 messages costs after a restart, without the reading of pages; and with more of its rows.
void open_and_load(benchmark::State& state, const Rows* wanted) {
  Bench bench;
  bench.fill(100'000);
  auto made = Bench::must<Checkpoint>(make_checkpoint(bench.snapshot, {kNow, 3'600}));
  std::map<PageId, Bytes> pages;
  for (CheckpointPage& page : made.pages) pages.emplace(page.id, std::move(page.data));
  auto read = [&pages](const std::vector<PageId>& ids) {
    std::vector<LoadedPage> out;
    for (PageId id : ids) out.push_back({id, pages.at(id)});
    return out;
  };
  size_t bytes = 0;
  for (auto _ : state) {
    SnapshotPtr opened = open_root(AccountId(1), made.root, read(root_pages(made.root).value())).value();
    Rows rows = wanted != nullptr ? *wanted : opened->find("INBOX")->rows_to_open(opened->find("INBOX")->uidnext());
    auto loaded = read(opened->find("INBOX")->missing_pages(rows));
    bytes = 0;
    for (const LoadedPage& page : loaded) bytes += page.data.size();
    SnapshotPtr ready = with_pages(opened, loaded).value();
    benchmark::DoNotOptimize(ready->find("INBOX")->first_unseen());
  }
  state.counters["page_bytes"] = static_cast<double>(bytes);
}
BENCHMARK_CAPTURE(open_and_load, what_select_says, nullptr)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(open_and_load, flags, &kAllFlags)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(open_and_load, all_rows, &kAllRows)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roost::mail
