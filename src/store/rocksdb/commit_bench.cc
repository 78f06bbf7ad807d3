// Commits a second with 64 and 256 waiting at once, beside the rate at which this disk syncs at all.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <semaphore>
#include <thread>

#include "base/log.h"
#include "rt/real.h"
#include "store/open.h"

namespace roost::store {
namespace {

constexpr int kSyncsMeasured = 400;
constexpr int kCommitsEach = 100;

std::string scratch_directory() {
  // Beside the program, not in /tmp: that may be memory.
  std::string pattern = std::filesystem::current_path() / "roost-bench-XXXXXX";
  return ::mkdtemp(pattern.data());
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Appends and syncs of `bytes` a second, as a program with one writer would do them.
double syncs_per_second(const std::string& directory, size_t bytes) {
  std::string path = directory + "/syncs";
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  Bytes data(bytes, 'x');
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kSyncsMeasured; ++i) {
    if (::write(fd, data.data(), data.size()) < 0 || ::fdatasync(fd) != 0) std::abort();
  }
  double rate = kSyncsMeasured / seconds_since(start);
  ::close(fd);
  ::unlink(path.c_str());
  return rate;
}

// Text with the redundancy of mail, so that LZ4 has to work as it would.
Bytes body_of(size_t bytes, uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes out;
  while (out.size() < bytes)
    out += std::to_string(random() % 100'000) + (random() % 4 == 0 ? "\r\n" : " the words of ");
  out.resize(bytes);
  return out;
}

class CommitBench {
 public:
  CommitBench() : thread_([this] { loops_->run(); }) {
    StoreConfig config;
    config.directory = directory_;
    database_ = open_store(config, *pool_).value();
    node_ = database_->node();
  }
  CommitBench(const CommitBench&) = delete;
  CommitBench& operator=(const CommitBench&) = delete;
  ~CommitBench() {
    node_.reset();
    database_.reset();
    loops_->stop();
    thread_.join();
    std::filesystem::remove_all(directory_);
  }

  // Commits a second of `writers` accounts, each with one commit of `bytes` under way.
  double run(int writers, size_t bytes) {
    left_ = writers;
    Bytes body = body_of(bytes, 1);
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < writers; ++i) {
      rt::spawn(loops_->at(static_cast<size_t>(i) % loops_->size()), write(AccountId(++accounts_), body));
    }
    done_.acquire();
    return writers * kCommitsEach / seconds_since(start);
  }
  const std::string& directory() const { return directory_; }

 private:
  task<> write(AccountId account, Bytes body) {
    for (uint64_t i = 0; i < kCommitsEach; ++i) {
      Commit commit{Position(i), {}, Bytes(200, 'r'), {}};
      commit.blobs.push_back({{account, i + 1}, body});
      Committed done = co_await node_->commit(account, std::move(commit));
      if (done.outcome != Outcome::ok) std::abort();
    }
    if (--left_ == 0) done_.release();
  }

  std::string directory_ = scratch_directory();
  std::unique_ptr<rt::RealLoops> loops_ = rt::make_loops(2);
  std::unique_ptr<rt::Pool> pool_ = rt::make_pool("bench", 4);
  std::thread thread_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<AccountStore> node_;
  std::atomic<int> left_ = 0;
  std::atomic<uint64_t> accounts_ = 0;
  std::binary_semaphore done_{0};
};

void concurrent_commits(benchmark::State& state) {
  log::configure(log::Level::warn, log::Format::text);
  CommitBench bench;
  auto writers = static_cast<int>(state.range(0));
  auto bytes = static_cast<size_t>(state.range(1));
  double commits = 0;
  double syncs = 0;
  for (auto _ : state) {
    syncs += syncs_per_second(bench.directory(), bytes);
    commits += bench.run(writers, bytes);
  }
  auto rounds = static_cast<double>(state.iterations());
  state.counters["commits/s"] = commits / rounds;
  state.counters["syncs/s"] = syncs / rounds;
  state.counters["ratio"] = commits / syncs;
}
BENCHMARK(concurrent_commits)
    ->ArgNames({"writers", "bytes"})
    ->ArgsProduct({{64, 256}, {4096, 8192}})
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roost::store
