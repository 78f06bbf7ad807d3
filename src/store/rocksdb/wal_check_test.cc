#include "store/rocksdb/wal_check.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "store/contract_test.h"
#include "store/open.h"
#include "store/rocksdb/scratch_test.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;

constexpr AccountId kAlice{1};
constexpr size_t kPageBytes = 4096;

TEST(WalMark, IsReadFromTheHeadOfABatch) {
  WalMark mark{0x1122334455667788, 9, 8};
  Bytes encoded = encode_mark(mark);
  Bytes batch(12, '\7');
  batch += '\3';
  batch += static_cast<char>(encoded.size());
  batch += encoded;
  EXPECT_EQ(decode_mark(batch), mark);
  EXPECT_EQ(decode_mark(batch + "more"), mark);
  for (size_t size = 0; size < batch.size(); ++size) EXPECT_FALSE(decode_mark(BytesView(batch).substr(0, size)));
  batch[12] = '\1';
  EXPECT_FALSE(decode_mark(batch));
}

bool lost(std::initializer_list<WalMark> marks) {
  WalJudge judge;
  judge.begin_file();
  for (const auto& mark : marks) {
    if (mark.number == 0) {
      judge.saw_damage();
    } else {
      judge.saw_mark(mark);
    }
  }
  return judge.lost_synced();
}
constexpr WalMark kDamage{};

TEST(WalJudge, KnowsATornTailFromDamage) {
  EXPECT_FALSE(lost({{1, 1, 0}, {1, 2, 1}, kDamage}));
  EXPECT_FALSE(lost({{1, 1, 0}, {1, 2, 1}, kDamage, {1, 4, 2}}));  // 3 was not synced when 4 was written
  EXPECT_TRUE(lost({{1, 1, 0}, kDamage, {1, 3, 2}}));
  EXPECT_TRUE(lost({{1, 1, 0}, kDamage, {1, 3, 1}, {1, 4, 3}}));
}

TEST(WalJudge, MissesABatchThatIsGoneWithoutATrace) {
  EXPECT_TRUE(lost({{1, 1, 0}, {1, 3, 2}}));
  EXPECT_TRUE(lost({kDamage, {1, 7, 6}}));
  EXPECT_FALSE(lost({{1, 7, 6}, {1, 8, 7}}));  // older logs are deleted
}

TEST(WalJudge, ForgetsWhatWasBeforeTheLastOpening) {
  EXPECT_FALSE(lost({{1, 1, 0}, kDamage, {1, 3, 2}, {2, 1, 0}}));
  EXPECT_TRUE(lost({{1, 1, 0}, {2, 1, 0}, kDamage, {2, 3, 2}}));
}

// A store as a kill leaves it: copied while it is open and idle, so that all of it is in the log.
class DamagedLog : public testing::Test {
 protected:
  static constexpr uint64_t kRecords = 20;

  DamagedLog() {
    StoreConfig config;
    config.directory = scratch_.path() + "/live";
    auto database = open_store(config, runtime_.pool()).value();
    auto node = database->node();
    runtime_.run(write(*node));
    // The last one's seal is written after its waiter was resumed.
    while (!ends_with_seal(config.directory)) std::this_thread::yield();
    fs::copy(config.directory, copy_, fs::copy_options::recursive);
  }

  static task<> write(AccountStore& node) {
    for (uint64_t i = 0; i < kRecords; ++i) {
      Committed done = co_await node.commit(kAlice, Commit{Position(i), {}, record(i + 1), {}});
      EXPECT_EQ(done.outcome, Outcome::ok);
    }
  }
  static Bytes record(uint64_t number) { return noise(100'000, number); }

  static bool ends_with_seal(const std::string& directory) {
    constexpr size_t kSealBytes = 7 + 12 + 2 + 25;  // fragment, batch, mark
    Bytes log = read_whole(log_path(directory));
    if (log.size() < kSealBytes) return false;
    auto mark = decode_mark(BytesView(log).substr(log.size() - kSealBytes + 7));
    return mark && mark->synced >= kRecords && mark->number == mark->synced + 1;
  }
  fs::path log_path() const { return log_path(copy_); }
  static fs::path log_path(const std::string& directory) {
    for (const auto& entry : fs::directory_iterator(directory + "/db")) {
      if (entry.path().extension() == ".log" && entry.file_size() > 0) return entry.path();
    }
    return {};
  }
  // Opens the copy; how many records it has.
  Result<size_t> open(bool accept_log_damage = false) {
    StoreConfig config;
    config.directory = copy_;
    config.accept_log_damage = accept_log_damage;
    ROOST_TRY(auto database, open_store(config, runtime_.pool()));
    auto node = database->node();
    Result<size_t> count = 0;
    runtime_.run(read(*node, count));
    return count;
  }
  static task<> read(AccountStore& node, Result<size_t>& count) {
    auto opened = co_await node.open(kAlice);
    if (!opened) {
      count = Fail(opened.error());
      co_return;
    }
    count = opened->tail.size();
    for (const auto& r : opened->tail) EXPECT_TRUE(r.record == record(r.position.value));
  }

  ScratchDirectory scratch_;
  RealRuntime runtime_;
  std::string copy_ = scratch_.path() + "/copy";
};

TEST_F(DamagedLog, OpensWhereThereIsNoDamage) { EXPECT_EQ(open(), kRecords); }

TEST_F(DamagedLog, RefusesToOpenWhereAnAcknowledgedRecordIsDamaged) {
  ASSERT_EQ(flip_bit_of(log_path().parent_path(), BytesView(record(5)).substr(0, 100)), 1);
  auto opened = open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::corruption);
  EXPECT_THAT(opened.error().text, testing::HasSubstr("damaged before its last sync"));
  EXPECT_EQ(open(true), 4) << "the operator may go back to the moment before the damage";
  EXPECT_EQ(open(), 4);
}

TEST_F(DamagedLog, RefusesToOpenWhereTheLastRecordIsDamaged) {
  ASSERT_EQ(flip_bit_of(log_path().parent_path(), BytesView(record(kRecords)).substr(0, 100)), 1);
  EXPECT_FALSE(open().has_value());
  EXPECT_EQ(open(true), kRecords - 1);
}

// What an acknowledged group never looks like, and a group that the power caught often does.
TEST_F(DamagedLog, OpensWithoutATailThatWasNeverSynced) {
  Bytes log = read_whole(log_path());
  size_t last = log.find(record(kRecords).substr(0, 100));
  ASSERT_NE(last, Bytes::npos);
  log.resize(last + 50'000);
  for (const Bytes& tail : {Bytes(), Bytes(50'000, '\0'), noise(50'000, 1), Bytes(100'000, '\0') + noise(100, 2)}) {
    fs::remove_all(copy_ + ".again");
    fs::copy(copy_, copy_ + ".again", fs::copy_options::recursive);
    write_whole(log_path(), log + tail);
    EXPECT_EQ(open(), kRecords - 1);
    fs::remove_all(copy_);
    fs::copy(copy_ + ".again", copy_, fs::copy_options::recursive);
  }
}

TEST_F(DamagedLog, OpensWhereOnePageOfTheTailNeverArrived) {
  Bytes log = read_whole(log_path());
  size_t last = log.find(record(kRecords).substr(0, 100));
  size_t page = (last + 30'000) / kPageBytes * kPageBytes;
  std::fill_n(log.begin() + static_cast<ptrdiff_t>(page), kPageBytes, '\0');
  // Only this record: what came behind it was not written when the power went.
  size_t end = log.find(record(kRecords).substr(99'900, 100));
  log.resize(end != Bytes::npos ? end + 100 : log.size());
  write_whole(log_path(), log);
  EXPECT_EQ(open(), kRecords - 1);
}

}  // namespace
}  // namespace roost::store
