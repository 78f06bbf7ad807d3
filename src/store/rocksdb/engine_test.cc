// What only the engine on a disk does: locking, versions, full disks, and ending the process on an I/O error.
#include "store/rocksdb/engine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "rt/gather.h"
#include "store/contract_test.h"
#include "store/rocksdb/blob_files.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/requests.h"
#include "store/rocksdb/scratch_test.h"
#include "store/rocksdb/tables.h"
#include "store/rocksdb/values.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr AccountId kAlice{1};

// Fails syncs and reports less room than there is where it is told to.
struct Faults {
  std::atomic<bool> sync_fails = false;
  std::atomic<uint64_t> free_bytes = UINT64_MAX;
};

class FailingFile : public File {
 public:
  FailingFile(Faults& faults, std::unique_ptr<File> file) : faults_(faults), file_(std::move(file)) {}
  Result<> write(uint64_t offset, BytesView data) override { return file_->write(offset, data); }
  Result<Bytes> read(uint64_t offset, size_t size) override { return file_->read(offset, size); }
  Result<uint64_t> size() override { return file_->size(); }
  Result<> sync() override {
    if (faults_.sync_fails) return fault("sync: input/output error");
    return file_->sync();
  }

 private:
  Faults& faults_;
  std::unique_ptr<File> file_;
};

class FailingFiles : public Files {
 public:
  explicit FailingFiles(Faults& faults) : faults_(faults) {}
  Result<std::unique_ptr<File>> open(const std::string& path) override { return real_.open(path); }
  Result<std::unique_ptr<File>> create(const std::string& path) override {
    ROOST_TRY(auto file, real_.create(path));
    return std::make_unique<FailingFile>(faults_, std::move(file));
  }
  Result<> rename(const std::string& from, const std::string& to) override { return real_.rename(from, to); }
  Result<> link(const std::string&, const std::string&) override { return no(Code::limit, "too many links"); }
  Result<> remove(const std::string& path) override { return real_.remove(path); }
  Result<bool> make_directory(const std::string& path) override { return real_.make_directory(path); }
  Result<> remove_directory(const std::string& path) override { return real_.remove_directory(path); }
  Result<> sync_directory(const std::string& path) override { return real_.sync_directory(path); }
  Result<std::vector<std::string>> list(const std::string& path) override { return real_.list(path); }
  Result<uint64_t> size(const std::string& path) override { return real_.size(path); }
  Result<Space> space(const std::string& path) override {
    ROOST_TRY(Space space, real_.space(path));
    space.free_bytes = std::min<uint64_t>(space.free_bytes, faults_.free_bytes);
    return space;
  }
  Result<> allocate(const std::string& path, uint64_t) override {
    ROOST_TRY_VOID(real_.create(path));
    return {};
  }
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override { return real_.lock(path); }

 private:
  Faults& faults_;
  Files& real_ = system_files();
};

// RocksDB's log cannot be synced any more once the fault is on.
class FailingWal : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingWal(Faults& faults, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), faults_(faults) {}
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    if (faults_.sync_fails) return rocksdb::IOStatus::IOError("sync failed");
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }

 private:
  Faults& faults_;
};

class FailingFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FailingFileSystem(Faults& faults) : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(faults) {}
  const char* Name() const override { return "Failing"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override {
    auto status = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    if (status.ok() && path.ends_with(".log")) *result = std::make_unique<FailingWal>(faults_, std::move(*result));
    return status;
  }

 private:
  Faults& faults_;
};

class RocksdbEngine : public testing::Test {
 protected:
  RocksdbEngine() { config_.directory = scratch_.path() + "/store"; }

  Result<std::shared_ptr<Engine>> open() {
    return Engine::open(config_, runtime_.pool(), {&files_, std::make_shared<FailingFileSystem>(faults_)});
  }
  template <class T>
  T wait(task<T> work) {
    return runtime_.wait(std::move(work));
  }
  Committed commit(AccountStore& node, uint64_t at, Bytes record, bool grows = true) {
    return wait(node.commit(kAlice, Commit{Position(at), {}, std::move(record), {}, grows}));
  }
  Result<> put(AccountStore& node, BlobId id, Bytes data) { return wait(put_pieces(node, id, std::move(data))); }

  Faults faults_;
  FailingFiles files_{faults_};
  ScratchDirectory scratch_;
  StoreConfig config_;
  RealRuntime runtime_;

 private:
  static task<Result<>> put_pieces(AccountStore& node, BlobId id, Bytes data) {
    ROOST_CO_TRY(auto writer, co_await node.create_blob(id, data.size()));
    ROOST_CO_TRY_VOID(co_await writer->write(std::move(data)));
    co_return co_await writer->finish();
  }
};

TEST_F(RocksdbEngine, SaysWhichProcessHasTheStore) {
  auto first = open();
  ASSERT_TRUE(first.has_value());
  auto second = open();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::in_use);
  EXPECT_EQ(second.error().text,
            "the store in " + config_.directory + " is in use by process " + std::to_string(::getpid()));
  first->reset();
  EXPECT_TRUE(open().has_value());
}

TEST_F(RocksdbEngine, RefusesAFormatItDoesNotKnow) {
  ASSERT_TRUE(open().has_value());
  EXPECT_EQ(read_whole(config_.directory + "/format"), "roost store 1\n");
  write_whole(config_.directory + "/format", "roost store 2\n");
  auto newer = open();
  ASSERT_FALSE(newer.has_value());
  EXPECT_EQ(newer.error().code, Code::cannot);
  EXPECT_THAT(newer.error().text, HasSubstr("has format 2"));
  for (const char* text : {"", "roost store \n", "roost store 1", "roost store 1x\n", "something else\n"}) {
    write_whole(config_.directory + "/format", text);
    EXPECT_EQ(open().error().code, Code::corruption) << text;
  }
}

TEST_F(RocksdbEngine, RefusesADatabaseWithoutAFormat) {
  ASSERT_TRUE(open().has_value());
  fs::remove(config_.directory + "/format");
  EXPECT_EQ(open().error().code, Code::corruption);
}

TEST_F(RocksdbEngine, IsReadableByItsOwnerOnly) {
  ASSERT_TRUE(open().has_value());
  EXPECT_EQ(fs::status(config_.directory).permissions(), fs::perms::owner_all);
}

TEST_F(RocksdbEngine, RemovesUnfinishedBlobsAtTheStart) {
  ASSERT_TRUE(open().has_value());
  std::string left = config_.directory + "/blobs/unfinished/0000000000000001";
  write_whole(left, "half a message");
  ASSERT_TRUE(open().has_value());
  EXPECT_FALSE(fs::exists(left));
}

TEST_F(RocksdbEngine, CopiesABlobThatCannotHaveMoreLinks) {
  auto engine = open().value();
  auto node = make_node(engine);
  Bytes data = noise(3'000'000, 1);
  ASSERT_TRUE(put(*node, {kAlice, 1}, data).has_value());
  ASSERT_TRUE(wait(node->link_blob({kAlice, 1}, {AccountId(2), 1})).has_value());
  EXPECT_TRUE(wait(node->get_blob({AccountId(2), 1}, {0, UINT64_MAX})).value() == data);
}

TEST_F(RocksdbEngine, RefusesWhatGrowsWhereTheDiskIsNearlyFull) {
  auto node = make_node(open().value());
  ASSERT_TRUE(put(*node, {kAlice, 1}, noise(200'000, 1)).has_value());
  ASSERT_EQ(commit(*node, 0, "before").outcome, Outcome::ok);
  faults_.free_bytes = config_.free_bytes_min - 1;
  EXPECT_EQ(commit(*node, 1, "refused").outcome, Outcome::full);
  EXPECT_EQ(put(*node, {kAlice, 2}, noise(200'000, 1)).error().code, Code::limit);
  EXPECT_EQ(put(*node, {kAlice, 2}, "small").error().code, Code::limit);
  EXPECT_EQ(wait(node->claim_name("login", "a", "")).error().code, Code::limit);
  EXPECT_EQ(commit(*node, 1, "flags", false).outcome, Outcome::ok);
  EXPECT_TRUE(wait(node->checkpoint(kAlice, Generation(0), {Position(2), "root"}, {})).value());
  faults_.free_bytes = UINT64_MAX;
  EXPECT_EQ(commit(*node, 2, "room again").outcome, Outcome::ok);
}

TEST_F(RocksdbEngine, OnlyDeletesWhereTheDiskIsFull) {
  auto node = make_node(open().value());
  ASSERT_TRUE(put(*node, {kAlice, 1}, noise(200'000, 1)).has_value());
  faults_.free_bytes = 0;
  EXPECT_EQ(commit(*node, 0, "flags", false).outcome, Outcome::unavailable);
  std::vector<BlobId> blobs = {{kAlice, 1}};
  EXPECT_TRUE(wait(node->delete_blobs(blobs)).has_value());
  EXPECT_TRUE(wait(node->open(kAlice)).has_value());
  EXPECT_TRUE(wait(node->delete_account(AccountId(7))).has_value());
}

TEST_F(RocksdbEngine, GivesItsReserveBackWhereTheDiskIsFullAndMakesItAgain) {
  std::string reserve = config_.directory + "/reserve";
  auto node = make_node(open().value());
  EXPECT_TRUE(fs::exists(reserve));
  faults_.free_bytes = config_.free_bytes_min - 1;
  EXPECT_EQ(commit(*node, 0, "flags", false).outcome, Outcome::ok);
  EXPECT_TRUE(fs::exists(reserve));
  faults_.free_bytes = config_.free_bytes_min / 10;
  EXPECT_EQ(commit(*node, 1, "flags", false).outcome, Outcome::ok);
  EXPECT_FALSE(fs::exists(reserve));
  faults_.free_bytes = config_.free_bytes_min + 1;
  EXPECT_EQ(commit(*node, 2, "room, but not for a reserve").outcome, Outcome::ok);
  EXPECT_FALSE(fs::exists(reserve));
  faults_.free_bytes = UINT64_MAX;
  EXPECT_EQ(commit(*node, 3, "room again").outcome, Outcome::ok);
  EXPECT_TRUE(fs::exists(reserve));
}

TEST_F(RocksdbEngine, GoesOnWithCommitsItNoLongerRemembersTheHeadsOf) {
  config_.heads_max = 2;
  auto node = make_node(open().value());
  for (uint64_t round = 0; round < 3; ++round) {
    for (uint64_t account = 1; account <= 10; ++account) {
      auto done = wait(node->commit(AccountId(account), Commit{Position(round), {}, "r", {}}));
      EXPECT_EQ(done.outcome, Outcome::ok);
      EXPECT_EQ(wait(node->open(AccountId(account))).value().tail.size(), round + 1);
    }
  }
}

TEST_F(RocksdbEngine, HoldsFewRangeDeletionsInMemory) {
  auto engine = open().value();
  auto node = make_node(engine);
  ASSERT_EQ(commit(*node, 0, "r").outcome, Outcome::ok);
  ASSERT_TRUE(wait(node->checkpoint(kAlice, Generation(0), {Position(1), "root"}, {})).value());
  auto entries = [&] {
    uint64_t count = 0;
    EXPECT_TRUE(engine->tables().db().GetIntProperty(engine->tables().family(Family::log),
                                                     rocksdb::DB::Properties::kNumEntriesActiveMemTable, &count));
    return count;
  };
  auto trim = [&](uint32_t times) {
    std::vector<task<Result<>>> work;
    for (uint32_t i = 0; i < times; ++i) work.push_back(node->trim_history(kAlice, Position(1)));
    for (const Result<>& done : wait(gather(std::move(work)))) EXPECT_TRUE(done.has_value());
  };
  trim(kRangeDeletionsMax - 1);
  EXPECT_EQ(entries(), kRangeDeletionsMax);  // and the record
  trim(1);
  EXPECT_EQ(entries(), 0);
  trim(kRangeDeletionsMax - 1);
  EXPECT_EQ(entries(), kRangeDeletionsMax - 1);
  EXPECT_TRUE(wait(node->history(kAlice, Position(), 1)).value().empty());
  EXPECT_EQ(commit(*node, 1, "next").outcome, Outcome::ok);
}

TEST_F(RocksdbEngine, TellsAGapInTheTail) {
  auto engine = open().value();
  auto node = make_node(engine);
  for (uint64_t i = 0; i < 3; ++i) ASSERT_EQ(commit(*node, i, "r").outcome, Outcome::ok);
  rocksdb::WriteOptions options;
  ASSERT_TRUE(engine->tables().db().Delete(options, engine->tables().family(Family::log), keys::pair(kAlice, 2)).ok());
  EXPECT_EQ(wait(node->open(kAlice)).error().code, Code::corruption);
  EXPECT_EQ(wait(node->since(kAlice, Position(1))).error().code, Code::corruption);
  EXPECT_EQ(wait(node->since(kAlice, Position(2))).value().tail.size(), 1);
}

TEST_F(RocksdbEngine, TellsAValueThatStandsUnderAnothersKey) {
  auto engine = open().value();
  auto node = make_node(engine);
  ASSERT_EQ(commit(*node, 0, "mine").outcome, Outcome::ok);
  Tables& tables = engine->tables();
  auto value = tables.get(Family::log, keys::pair(kAlice, 1)).value().value();
  ASSERT_TRUE(tables.db().Put({}, tables.family(Family::log), keys::pair(AccountId(2), 1), value).ok());
  EXPECT_EQ(wait(node->open(AccountId(2))).error().code, Code::corruption);
  EXPECT_TRUE(wait(node->open(kAlice)).has_value());
}

class RocksdbEngineDeathTest : public RocksdbEngine {
 protected:
  RocksdbEngineDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(RocksdbEngineDeathTest, EndsTheProcessWhereTheLogCannotBeSynced) {
  auto node = make_node(open().value());
  ASSERT_EQ(commit(*node, 0, "before").outcome, Outcome::ok);
  EXPECT_DEATH(
      {
        faults_.sync_fails = true;
        commit(*node, 1, "never acknowledged");
      },
      "store_failed");
}

TEST_F(RocksdbEngineDeathTest, EndsTheProcessWhereALargeBlobCannotBeSynced) {
  auto node = make_node(open().value());
  EXPECT_DEATH(
      {
        faults_.sync_fails = true;
        (void)put(*node, {kAlice, 1}, noise(200'000, 1));
      },
      "syncing a blob");
}

}  // namespace
}  // namespace roost::store
