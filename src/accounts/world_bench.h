// Accounts on RocksDB and real loops, for benchmarks.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>

#include "accounts/accounts.h"
#include "base/log.h"
#include "rt/real.h"
#include "store/open.h"

namespace roost::accounts {

inline constexpr size_t kLoops = 2;

// Beside the program, not in /tmp: that may be memory.
inline std::string scratch_directory() {
  std::string pattern = std::filesystem::current_path() / "roost-bench-XXXXXX";
  return ::mkdtemp(pattern.data());
}

class BenchWorld {
 public:
  BenchWorld() : directory_(scratch_directory()) {
    log::configure(log::Level::error, log::Format::text);
    store::StoreConfig config;
    config.directory = directory_;
    database_ = *store::open_store(config, *reads_);
    node_ = database_->node();
    accounts_ = make_accounts({}, *node_, *loops_, *pool_, system_clock());
    thread_ = std::thread([this] { loops_->run(); });
  }
  BenchWorld(const BenchWorld&) = delete;
  BenchWorld& operator=(const BenchWorld&) = delete;
  ~BenchWorld() {
    wait(accounts_->stop());
    loops_->stop();
    thread_.join();
    accounts_.reset();
    node_.reset();
    database_.reset();
    std::filesystem::remove_all(directory_);
  }

  // Forgets everything in memory but the store's own caches.
  void forget() {
    wait(accounts_->stop());
    accounts_ = make_accounts({}, *node_, *loops_, *pool_, system_clock());
  }

  void wait(task<> work) {
    std::binary_semaphore done(0);
    rt::spawn(loops_->at(0), signal(std::move(work), &done));
    done.acquire();
  }
  Accounts& accounts() { return *accounts_; }
  rt::Loops& loops() { return *loops_; }

 private:
  static task<> signal(task<> work, std::binary_semaphore* done) {
    co_await std::move(work);
    done->release();
  }

  std::string directory_;
  std::unique_ptr<rt::Pool> reads_ = rt::make_pool("reads", 8);
  std::unique_ptr<rt::Pool> pool_ = rt::make_pool("work", 2);
  std::unique_ptr<rt::RealLoops> loops_ = rt::make_loops(kLoops);
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<store::AccountStore> node_;
  std::unique_ptr<Accounts> accounts_;
  std::thread thread_;
};

}  // namespace roost::accounts
