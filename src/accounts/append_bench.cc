// Durable appends of 4 KiB messages a second, received, parsed, committed and folded: 64 at once, into one account and
// into 64. The aim is more than 8,000.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <thread>

#include "accounts/accounts.h"
#include "base/log.h"
#include "rt/real.h"
#include "store/open.h"

namespace roost::accounts {
namespace {

constexpr size_t kLoops = 2;
constexpr int kWriters = 64;
constexpr int kAppendsEach = 100;

std::string scratch_directory() {
  // Beside the program, not in /tmp: that may be memory.
  std::string pattern = std::filesystem::current_path() / "roost-bench-XXXXXX";
  return ::mkdtemp(pattern.data());
}

std::string message_of(size_t size) {
  std::string text =
      "Return-Path: <a@example.org>\r\nReceived: from a by b; Mon, 7 Feb 1994 23:52:25 -0800\r\n"
      "From: Somebody <somebody@example.org>\r\nTo: Another <another@example.org>\r\nSubject: A message of some "
      "length\r\n"
      "Message-ID: <1@example.org>\r\nDate: Mon, 7 Feb 1994 23:52:25 -0800\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  while (text.size() < size)
    text += "The quick brown fox jumps over the lazy dog " + std::to_string(text.size()) + ".\r\n";
  text.resize(size);
  return text;
}

class AppendBench {
 public:
  AppendBench() : directory_(scratch_directory()) {
    log::configure(log::Level::error, log::Format::text);
    store::StoreConfig config;
    config.directory = directory_;
    database_ = *store::open_store(config, *reads_);
    node_ = database_->node();
    accounts_ = make_accounts({}, *node_, *loops_, *pool_, system_clock());
    thread_ = std::thread([this] { loops_->run(); });
  }
  AppendBench(const AppendBench&) = delete;
  AppendBench& operator=(const AppendBench&) = delete;
  ~AppendBench() {
    std::binary_semaphore stopped(0);
    rt::spawn(loops_->at(0), stop(accounts_.get(), &stopped));
    stopped.acquire();
    loops_->stop();
    thread_.join();
    accounts_.reset();
    node_.reset();
    database_.reset();
    std::filesystem::remove_all(directory_);
  }

  // Into accounts 1 to `accounts`, each writer into one.
  void run(int accounts) {
    std::counting_semaphore<kWriters> done(0);
    for (int i = 0; i < kWriters; ++i) {
      rt::spawn(loops_->at(static_cast<size_t>(i) % kLoops),
                write(AccountId(static_cast<uint64_t>(i % accounts) + 1), &done));
    }
    for (int i = 0; i < kWriters; ++i) done.acquire();
  }
  AccountsStats stats() const { return accounts_->stats(); }

 private:
  task<> write(AccountId id, std::counting_semaphore<kWriters>* done) {
    auto account = co_await accounts_->open(id);
    for (int i = 0; i < kAppendsEach && account; ++i) {
      auto upload = co_await (*account)->upload(1 << 20);
      if (!co_await (*upload)->write(text_)) std::abort();
      auto message = co_await (*upload)->finish();
      mail::Append append{std::string("INBOX"), {}};
      append.messages.push_back(*std::move(message));
      if (!co_await (*account)->execute(std::move(append))) std::abort();
    }
    done->release();
  }
  static task<> stop(Accounts* accounts, std::binary_semaphore* stopped) {
    co_await accounts->stop();
    stopped->release();
  }

  std::string directory_;
  std::string text_ = message_of(4096);
  std::unique_ptr<rt::Pool> reads_ = rt::make_pool("reads", 8);
  std::unique_ptr<rt::Pool> pool_ = rt::make_pool("work", 2);
  std::unique_ptr<rt::RealLoops> loops_ = rt::make_loops(kLoops);
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::AccountStore> node_;
  std::unique_ptr<Accounts> accounts_;
  std::thread thread_;
};

void append(benchmark::State& state) {
  AppendBench bench;
  int64_t appends = 0;
  for (auto _ : state) {
    bench.run(static_cast<int>(state.range(0)));
    appends += int64_t{kWriters} * kAppendsEach;
  }
  state.counters["appends/s"] = benchmark::Counter(static_cast<double>(appends), benchmark::Counter::kIsRate);
  state.counters["appends/commit"] = static_cast<double>(appends) / static_cast<double>(bench.stats().commits);
}
BENCHMARK(append)->Arg(1)->Arg(64)->ArgName("accounts")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roost::accounts
