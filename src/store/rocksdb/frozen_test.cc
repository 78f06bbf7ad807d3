// Copies of the store that stand still.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "store/open.h"
#include "store/rocksdb/scratch_test.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;

constexpr AccountId kAlice{1};

task<Result<>> put(AccountStore& node, BlobId id, Bytes data) {
  ROOST_CO_TRY(auto writer, co_await node.create_blob(id, data.size()));
  ROOST_CO_TRY_VOID(co_await writer->write(std::move(data)));
  co_return co_await writer->finish();
}

struct Store {
  std::unique_ptr<Database> database;
  std::unique_ptr<AccountStore> node;
};

class Frozen : public testing::Test {
 protected:
  Store open(const std::string& directory) {
    StoreConfig config;
    config.directory = directory;
    Store out{open_store(config, runtime_.pool()).value(), nullptr};
    out.node = out.database->node();
    return out;
  }
  void commit(AccountStore& node, uint64_t at, Bytes record) {
    CommitId id{};
    id[0] = static_cast<uint8_t>(at + 1);
    EXPECT_EQ(runtime_.wait(node.commit(kAlice, Commit{Position(at), id, std::move(record), {}})).outcome, Outcome::ok);
  }
  std::vector<Bytes> records(AccountStore& node) {
    std::vector<Bytes> out;
    for (LogRecord& record : runtime_.wait(node.open(kAlice)).value().tail) out.push_back(std::move(record.record));
    return out;
  }

  ScratchDirectory scratch_;
  RealRuntime runtime_;
  const Bytes large_ = Bytes(300'000, 'x');
};

TEST_F(Frozen, IsAStoreAsItWas) {
  Store live = open(scratch_.path() + "/live");
  commit(*live.node, 0, "one");
  ASSERT_TRUE(runtime_.wait(put(*live.node, BlobId{kAlice, 1}, "small")));
  ASSERT_TRUE(runtime_.wait(put(*live.node, BlobId{kAlice, 2}, large_)));
  std::string frozen = runtime_.wait(live.node->freeze("copy")).value();
  commit(*live.node, 1, "two");
  std::vector<BlobId> gone{{kAlice, 1}, {kAlice, 2}};
  ASSERT_TRUE(runtime_.wait(live.node->delete_blobs(gone)));
  std::string copied = scratch_.path() + "/copied";
  fs::copy(frozen, copied, fs::copy_options::recursive);
  Store copy = open(copied);
  EXPECT_THAT(records(*copy.node), testing::ElementsAre("one"));
  EXPECT_EQ(runtime_.wait(copy.node->get_blob(BlobId{kAlice, 1}, Range{0, UINT64_MAX})).value(), "small");
  EXPECT_EQ(runtime_.wait(copy.node->get_blob(BlobId{kAlice, 2}, Range{0, UINT64_MAX})).value(), large_);
  EXPECT_THAT(records(*live.node), testing::ElementsAre("one", "two"));
  EXPECT_TRUE(runtime_.wait(copy.node->damaged_files()).value().empty());
}

TEST_F(Frozen, StaysUntilItIsThawedByItsName) {
  Store live = open(scratch_.path() + "/live");
  commit(*live.node, 0, "one");
  std::string first = runtime_.wait(live.node->freeze("copy")).value();
  EXPECT_EQ(runtime_.wait(live.node->freeze("copy")).error().code, Code::already_exists);
  std::string second = runtime_.wait(live.node->freeze("backup")).value();
  EXPECT_NE(first, second);
  ASSERT_TRUE(runtime_.wait(live.node->thaw("copy")));
  ASSERT_TRUE(runtime_.wait(live.node->thaw("copy")));
  EXPECT_FALSE(fs::exists(first));
  EXPECT_TRUE(fs::exists(second + "/db/CURRENT"));
}

TEST_F(Frozen, IsMadeAnewAfterOneThatWasInterrupted) {
  Store live = open(scratch_.path() + "/live");
  commit(*live.node, 0, "one");
  fs::create_directories(scratch_.path() + "/live/frozen/copy.unfinished/db");
  ASSERT_TRUE(runtime_.wait(live.node->freeze("copy")));
  EXPECT_FALSE(fs::exists(scratch_.path() + "/live/frozen/copy.unfinished"));
}

}  // namespace
}  // namespace roost::store
