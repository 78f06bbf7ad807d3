// The power goes at any moment, again and again: what was acknowledged is there, and the store opens.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "store/contract_test.h"
#include "store/rocksdb/engine.h"
#include "store/rocksdb/power_cut_disk_test.h"
#include "store/rocksdb/scratch_test.h"
#include "store/rocksdb/workload_test.h"

namespace roost::store {
namespace {

constexpr uint64_t kAccounts = 10;
constexpr int kRounds = 8;

// Small enough that flushes, compactions, new logs and blob garbage happen all the time.
StoreConfig tiny_config(const std::string& directory) {
  StoreConfig config;
  config.directory = directory;
  config.write_buffer_bytes_max = 256 << 10;
  config.wal_bytes_max = 256 << 10;
  config.blob_pack_bytes = 256 << 10;
  config.heads_max = 4;
  return config;
}

task<> write_all(AccountStore& store, AckedTable& acked, const std::atomic<bool>& stop) {
  std::vector<task<>> writers;
  for (uint64_t i = 1; i <= kAccounts; ++i) {
    writers.push_back(write_account(
        store, AccountId(i), stop, [&](AccountId a, Position p) { acked.commit(a, p); },
        [&](AccountId a, Generation g) { acked.checkpoint(a, g); }));
  }
  co_await together(std::move(writers));
}

task<> verify_all(AccountStore& store, std::map<AccountId, Acked> acked) {
  for (uint64_t i = 1; i <= kAccounts; ++i) co_await verify_account(store, AccountId(i), acked[AccountId(i)]);
}

struct Round {
  std::string from;
  std::string to;
  std::chrono::microseconds cut_after;
};

// Works on `from` and leaves in `to` what a cut made of it; gives back what was acknowledged before the cut.
std::map<AccountId, Acked> run_round(RealRuntime& runtime, const Round& round, const std::map<AccountId, Acked>& before,
                                     uint64_t seed) {
  PowerCutDisk disk(round.from, seed);
  auto engine = Engine::open(tiny_config(round.from), runtime.pool(), {&disk.files(), disk.file_system()});
  EXPECT_TRUE(engine.has_value()) << engine.error().text;
  if (!engine) return before;
  auto node = make_node(*engine);
  engine->reset();
  runtime.run(verify_all(*node, before));
  AckedTable acked;
  for (const auto& [account, was] : before) {
    acked.commit(account, was.last);
    acked.checkpoint(account, was.generation);
  }
  std::atomic<bool> stop = false;
  std::map<AccountId, Acked> certain;
  std::thread cutter([&] {
    std::this_thread::sleep_for(round.cut_after);  // the one random moment that the test is about
    certain = acked.get();
    disk.cut(round.to);
    stop = true;
  });
  runtime.run(write_all(*node, acked, stop));
  cutter.join();
  return certain;
}

TEST(PowerCut, LosesNothingThatWasAcknowledged) {
  const char* given = std::getenv("ROOST_SEED");  // NOLINT(concurrency-mt-unsafe)
  uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  SCOPED_TRACE("ROOST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  ScratchDirectory scratch;
  RealRuntime runtime;
  std::map<AccountId, Acked> acked;
  for (int i = 0; i < kRounds && !testing::Test::HasFailure(); ++i) {
    Round round{scratch.path() + "/" + std::to_string(i), scratch.path() + "/" + std::to_string(i + 1),
                std::chrono::microseconds(random() % (i % 3 == 0 ? 5'000 : 400'000))};
    acked = run_round(runtime, round, acked, random());
    std::filesystem::remove_all(round.from);
  }
  EXPECT_GT(acked[AccountId(1)].last.value, 0);
}

}  // namespace
}  // namespace roost::store
