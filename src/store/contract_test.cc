// The engines as the contract sees them.
#include "store/contract_test.h"

#include <cstring>
#include <random>
#include <stdexcept>

#include "rt/simulated.h"
#include "store/memory/memory.h"
#include "store/open.h"
#include "store/rocksdb/scratch_test.h"

namespace roost::store {
namespace {

class MemoryUnderTest : public StoreUnderTest {
 public:
  MemoryUnderTest() { attach(); }

  AccountStore& node(size_t index) override { return *nodes_.at(index); }
  void reopen() override { attach(); }
  void run(task<> work) override { simulation_->wait(finished(std::move(work))); }
  void reopen_with_damaged_blob(BlobId id, uint64_t offset, BytesView) override {
    ASSERT_TRUE(disk_.damage_blob(id, offset));
    attach();
  }
  void reopen_with_damaged_page(AccountId account, PageId page, BytesView) override {
    ASSERT_TRUE(disk_.damage_page(account, page));
    attach();
  }
  void reopen_with_damaged_record(AccountId account, Position position, BytesView) override {
    ASSERT_TRUE(disk_.damage_record(account, position));
    attach();
  }

 private:
  void attach() {
    nodes_.clear();
    nodes_.push_back(disk_.attach());
    nodes_.push_back(disk_.attach());
  }
  static task<bool> finished(task<> work) {
    co_await std::move(work);
    co_return true;
  }

  std::unique_ptr<rt::Simulation> simulation_ = rt::make_simulation(1);
  MemoryDisk disk_;
  std::vector<std::unique_ptr<MemoryStore>> nodes_;
};

class RocksdbUnderTest : public StoreUnderTest {
 public:
  RocksdbUnderTest() { open(); }
  ~RocksdbUnderTest() override { close(); }

  AccountStore& node(size_t index) override { return *nodes_.at(index); }
  void reopen() override {
    close();
    open();
  }
  void run(task<> work) override { runtime_.run(std::move(work)); }
  void reopen_with_damaged_blob(BlobId, uint64_t, BytesView bytes) override { reopen_with_damage(bytes); }
  void reopen_with_damaged_page(AccountId, PageId, BytesView bytes) override { reopen_with_damage(bytes); }
  void reopen_with_damaged_record(AccountId, Position, BytesView bytes) override { reopen_with_damage(bytes); }

 private:
  void open() {
    StoreConfig config;
    config.directory = directory_.path();
    auto opened = open_store(config, runtime_.pool());
    if (!opened) throw std::runtime_error(opened.error().text);
    database_ = *std::move(opened);
    nodes_.push_back(database_->node());
    nodes_.push_back(database_->node());
  }
  void close() {
    nodes_.clear();
    database_.reset();
  }
  void reopen_with_damage(BytesView bytes) {
    close();
    EXPECT_GT(flip_bit_of(directory_.path(), bytes), 0);
    open();
  }

  ScratchDirectory directory_;
  RealRuntime runtime_;
  std::unique_ptr<Database> database_;
  std::vector<std::unique_ptr<AccountStore>> nodes_;
};

class OnePiece : public ByteSource {
 public:
  explicit OnePiece(Bytes data) : data_(std::move(data)) {}
  task<Result<Bytes>> next() override { co_return std::exchange(data_, Bytes()); }

 private:
  Bytes data_;
};

task<> count_down(task<> work, std::shared_ptr<size_t> left) {
  co_await std::move(work);
  --*left;
}

}  // namespace

std::unique_ptr<StoreUnderTest> make_memory_under_test() { return std::make_unique<MemoryUnderTest>(); }
std::unique_ptr<StoreUnderTest> make_rocksdb_under_test() { return std::make_unique<RocksdbUnderTest>(); }

task<Result<>> Contract::store_blob(AccountStore& on, BlobId id, Bytes data) {
  uint64_t size = data.size();
  OnePiece source(std::move(data));
  co_return co_await on.put_blob(id, size, source);
}

task<> together(std::vector<task<>> works) {
  auto left = std::make_shared<size_t>(works.size());
  rt::Loop* loop = rt::Loop::current();
  for (auto& work : works) rt::spawn(*loop, count_down(std::move(work), left));
  while (*left > 0) co_await loop->sleep(Millis(1));
}

Bytes noise(size_t size, uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes out(size, '\0');
  for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
    uint64_t octets = random();
    std::memcpy(out.data() + at, &octets, std::min(sizeof octets, size - at));
  }
  return out;
}

std::vector<std::string> texts(const std::vector<LogRecord>& records) {
  std::vector<std::string> out;
  for (const auto& record : records) out.push_back(record.record);
  return out;
}

}  // namespace roost::store
