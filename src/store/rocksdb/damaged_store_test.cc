// Tables that are cut short or missing, on the real file system.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "store/contract_test.h"
#include "store/rocksdb/engine.h"
#include "store/rocksdb/node.h"
#include "store/rocksdb/scratch_test.h"
#include "store/rocksdb/tables.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;

constexpr AccountId kAlice{1};
constexpr AccountId kBob{2};

class StoreOnDisk : public testing::Test {
 protected:
  StoreOnDisk() {
    config_.directory = scratch_.path() + "/store";
    config_.free_bytes_min = 0;
    config_.reserve_bytes = 0;
  }

  Result<std::shared_ptr<Engine>> open(const std::string& directory = {}) {
    StoreConfig config = config_;
    if (!directory.empty()) config.directory = directory;
    return Engine::open(config, runtime_.pool(), {});
  }
  template <class T>
  T wait(task<T> work) {
    return runtime_.wait(std::move(work));
  }
  void commit(AccountStore& node, AccountId account, uint64_t at, Bytes record, std::vector<NewBlob> blobs = {}) {
    Commit commit{Position(at), {}, std::move(record), std::move(blobs), true};
    ASSERT_EQ(wait(node.commit(account, std::move(commit))).outcome, Outcome::ok);
  }
  void put_large(AccountStore& node, BlobId id, Bytes data) {
    auto writer = wait(node.create_blob(id, data.size()));
    ASSERT_TRUE(writer);
    ASSERT_TRUE(wait((*writer)->write(std::move(data))));
    ASSERT_TRUE(wait((*writer)->finish()));
  }
  Result<Bytes> body(AccountStore& node, BlobId id) { return wait(node.get_blob(id, {0, UINT64_MAX})); }

  // Where a family's records lie, each in a table of its own.
  std::vector<std::string> tables_of(Engine& engine, Family family) {
    rocksdb::ColumnFamilyMetaData about;
    engine.tables().db().GetColumnFamilyMetaData(engine.tables().family(family), &about);
    std::vector<std::string> out;
    for (const auto& level : about.levels) {
      for (const auto& file : level.files) out.push_back(file.db_path + "/" + file.name);
    }
    return out;
  }

  ScratchDirectory scratch_;
  StoreConfig config_;
  RealRuntime runtime_;
};

// So large that it goes into a pack.
Bytes body_of(uint64_t serial) { return Bytes(16'384 + serial, 'x'); }

// Two tables may have the key: only the other one does.
TEST_F(StoreOnDisk, GivesWhatIsWholeTogetherWithWhatIsDamaged) {
  auto put = [this](std::vector<uint64_t> serials, uint64_t at) {
    auto node = make_node(open().value());
    std::vector<NewBlob> blobs;
    for (uint64_t serial : serials) blobs.push_back({{kAlice, serial}, body_of(serial)});
    commit(*node, kAlice, at, "record", std::move(blobs));
  };
  put({1, 3}, 0);
  std::vector<std::string> first = tables_of(*open().value(), Family::blobs);
  ASSERT_EQ(first.size(), 1U);
  put({2}, 1);
  fs::resize_file(first[0], fs::file_size(first[0]) / 2);

  auto node = make_node(open().value());
  std::vector<AccountStore::BlobRange> wanted;
  for (uint64_t serial : {1, 2, 3}) wanted.push_back({{kAlice, serial}, {0, UINT64_MAX}});
  auto bodies = wait(node->get_blobs(std::move(wanted)));
  ASSERT_EQ(bodies.size(), 3U);
  EXPECT_EQ(bodies[0].error().code, Code::corruption);
  EXPECT_EQ(bodies[1], body_of(2));
  EXPECT_EQ(bodies[2].error().code, Code::corruption);
}

class ATable : public StoreOnDisk, public testing::WithParamInterface<const char*> {};

TEST_P(ATable, ThatIsDamagedIsRefusedAndTheRestIsServed) {
  {
    auto node = make_node(open().value());
    commit(*node, kAlice, 0, "alice", {{{kAlice, 1}, "a body"}});
    put_large(*node, {kAlice, 2}, Bytes(300'000, 'x'));
  }
  std::vector<std::string> logs;
  {
    auto engine = open().value();
    logs = tables_of(*engine, Family::log);
  }
  ASSERT_EQ(logs.size(), 1U);
  fs::resize_file(logs[0], std::string_view(GetParam()) == "empty" ? 0 : fs::file_size(logs[0]) / 2);
  for (int openings = 0; openings < 2; ++openings) {
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().text;
    auto node = make_node(*opened);
    EXPECT_EQ(wait(node->open(kAlice)).error().code, Code::corruption);
    EXPECT_EQ(body(*node, {kAlice, 1}).value(), "a body");
    EXPECT_EQ(body(*node, {kAlice, 2}).value().size(), 300'000U);
    BlobId fresh{kBob, static_cast<uint64_t>(openings + 1)};
    put_large(*node, fresh, "small");
    EXPECT_EQ(body(*node, fresh).value(), "small");
  }
}

TEST_F(StoreOnDisk, IsNotOpenedWithoutOneOfItsTables) {
  commit(*make_node(open().value()), kAlice, 0, "alice");
  std::vector<std::string> logs = tables_of(*open().value(), Family::log);
  ASSERT_EQ(logs.size(), 1U);
  fs::remove(logs[0]);
  EXPECT_EQ(open().error().code, Code::corruption);
}

TEST_F(StoreOnDisk, GivesOutNoAccountsWhereItCannotTellWhichItGave) {
  {
    auto node = make_node(open().value());
    ASSERT_TRUE(wait(node->new_account_id()));
    commit(*node, kAlice, 0, "alice");
  }
  std::vector<std::string> numbers = tables_of(*open().value(), Family::meta);
  ASSERT_EQ(numbers.size(), 1U);
  fs::resize_file(numbers[0], 100);
  auto opened = open();
  ASSERT_TRUE(opened) << opened.error().text;
  auto node = make_node(*opened);
  EXPECT_EQ(wait(node->new_account_id()).error().code, Code::unavailable);
  EXPECT_EQ(wait(node->open(kAlice))->tail.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Cut, ATable, testing::Values("cut", "empty"));

}  // namespace
}  // namespace roost::store
