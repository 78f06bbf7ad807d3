// What every engine is held to. A test sees a store through StoreUnderTest and nothing else; contract_*_test.cc hold
// the contract, one file for each part of store.h, and every engine runs all of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "rt/loop.h"
#include "store/store.h"

namespace roost::store {

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  // Two nodes, 0 and 1, on one durable state.
  virtual AccountStore& node(size_t index) = 0;
  // Closes both nodes and opens the durable state again.
  virtual void reopen() = 0;
  // Runs `work` on a loop until it ends.
  virtual void run(task<> work) = 0;
  // Closed meanwhile; `bytes` are what is stored there and nowhere else, at least 32 octets that do not compress.
  virtual void reopen_with_damaged_blob(BlobId id, uint64_t offset, BytesView bytes) = 0;
  virtual void reopen_with_damaged_page(AccountId account, PageId page, BytesView bytes) = 0;
  virtual void reopen_with_damaged_record(AccountId account, Position position, BytesView bytes) = 0;
};

struct EngineUnderTest {
  const char* name;
  std::unique_ptr<StoreUnderTest> (*make)();
};
std::unique_ptr<StoreUnderTest> make_memory_under_test();
std::unique_ptr<StoreUnderTest> make_rocksdb_under_test();

class Contract : public testing::TestWithParam<EngineUnderTest> {
 protected:
  Contract() : store_(GetParam().make()) {}

  AccountStore& node(size_t index = 0) { return store_->node(index); }
  StoreUnderTest& store() { return *store_; }

  // Drives the store until `work` is done.
  template <class T>
  T wait(task<T> work) {
    std::optional<T> value;
    store_->run(collect(std::move(work), value));
    return std::move(value).value();
  }
  // The value of what must succeed.
  template <class T>
  T ok(task<Result<T>> work) {
    auto result = wait(std::move(work));
    if (!result) throw std::runtime_error("unexpected error: " + result.error().text);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }
  template <class T>
  Code code_of(task<Result<T>> work) {
    auto result = wait(std::move(work));
    return result ? Code::none : result.error().code;
  }

  Committed commit(size_t node_index, AccountId account, Position expect, Bytes record, CommitId id = {}) {
    return wait(node(node_index).commit(account, Commit{expect, id, std::move(record), {}}));
  }
  // Appends `count` records "1", "2", … to an account that has none.
  void fill(AccountId account, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      ASSERT_EQ(commit(0, account, Position(i), std::to_string(i + 1)).outcome, Outcome::ok);
    }
  }
  void put(BlobId id, Bytes data) { ok(store_blob(node(), id, std::move(data))); }

  static task<Result<>> store_blob(AccountStore& on, BlobId id, Bytes data);

 private:
  template <class T>
  static task<> collect(task<T> work, std::optional<T>& value) {
    value.emplace(co_await std::move(work));
  }
  std::unique_ptr<StoreUnderTest> store_;
};

inline std::string engine_name(const testing::TestParamInfo<EngineUnderTest>& info) { return info.param.name; }

#define ROOST_FOR_EVERY_ENGINE(suite)                                                             \
  INSTANTIATE_TEST_SUITE_P(Engines, suite,                                                        \
                           testing::Values(EngineUnderTest{"memory", &make_memory_under_test},    \
                                           EngineUnderTest{"rocksdb", &make_rocksdb_under_test}), \
                           engine_name)

// Runs all of them at once on the current loop and waits for the last.
task<> together(std::vector<task<>> works);

// Octets that no compression shortens, the same for the same seed.
Bytes noise(size_t size, uint64_t seed);

// "1", "2", … of a tail or history.
std::vector<std::string> texts(const std::vector<LogRecord>& records);

}  // namespace roost::store
