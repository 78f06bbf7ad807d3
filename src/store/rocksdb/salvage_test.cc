#include "store/salvage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "store/rocksdb/damage_scan.h"
#include "store/rocksdb/engine.h"
#include "store/rocksdb/node.h"
#include "store/rocksdb/scratch_test.h"
#include "store/rocksdb/tables.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr AccountId kAlice{1};
constexpr AccountId kBob{2};
constexpr uint64_t kRecords = 16;
constexpr uint64_t kWords = 512;  // of each

TEST(KeyAbove, CountsAsANumberDoes) {
  EXPECT_EQ(key_above(std::string("\0\xff", 2), 0), std::string("\1\0", 2));
  EXPECT_EQ(key_above("ab", 8), "bb");
  EXPECT_EQ(key_above("\xff\xff", 0), std::nullopt);
  EXPECT_EQ(key_above("a", 8), std::nullopt);
}

class Salvage : public testing::Test {
 protected:
  Salvage() {
    config_.directory = scratch_.path() + "/store";
    config_.free_bytes_min = 0;
    config_.reserve_bytes = 0;
    auto node = make_node(open().value());
    for (AccountId account : {kAlice, kBob}) {
      for (uint64_t at = 0; at < kRecords; ++at) commit(*node, account, at);
    }
  }

  Result<std::shared_ptr<Engine>> open(bool repairing = false) {
    StoreConfig config = config_;
    config.repairing = repairing;
    return Engine::open(config, runtime_.pool(), {});
  }
  template <class T>
  T wait(task<T> work) {
    return runtime_.wait(std::move(work));
  }
  // Records that LZ4 cannot shorten, so that they fill several blocks; a body with each.
  void commit(AccountStore& node, AccountId account, uint64_t at) {
    Bytes record;
    for (uint64_t i = 0; i < kWords; ++i) {
      uint64_t word = (account.value * kRecords + at) * kWords + i;
      word *= 0x9e3779b97f4a7c15U;
      record.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    Commit commit{Position(at), {}, std::move(record), {{{account, at + 1}, body_of(at)}}, true};
    ASSERT_EQ(wait(node.commit(account, std::move(commit))).outcome, Outcome::ok);
  }
  static Bytes body_of(uint64_t at) { return "body " + std::to_string(at); }

  std::string table_of(Family family) {
    auto engine = open().value();
    rocksdb::ColumnFamilyMetaData about;
    engine->tables().db().GetColumnFamilyMetaData(engine->tables().family(family), &about);
    for (const auto& level : about.levels) {
      if (!level.files.empty()) return level.files.front().db_path + level.files.front().name;
    }
    return {};
  }
  void flip(const std::string& path, double where) {
    Bytes data = read_whole(path);
    auto at = static_cast<size_t>(static_cast<double>(data.size()) * where);
    data[at] = static_cast<char>(data[at] ^ 0x10);
    write_whole(path, data);
  }
  Result<> salvage() { return salvage_store(config_, runtime_.pool()); }
  std::vector<std::string> names(AccountStore& node, std::string_view space) {
    std::vector<std::string> out;
    for (const auto& name : wait(node.list_names(std::string(space))).value()) out.push_back(name.name);
    return out;
  }
  std::string findings(AccountStore& node) {
    std::string out;
    for (const auto& name : wait(node.list_names(std::string(kSalvageFindings))).value()) out += name.value + "\n";
    return out;
  }

  ScratchDirectory scratch_;
  StoreConfig config_;
  RealRuntime runtime_;
};

TEST_F(Salvage, LeavesASoundStoreAlone) {
  ASSERT_TRUE(salvage());
  EXPECT_FALSE(fs::exists(config_.directory + "/damaged"));
  auto node = make_node(open().value());
  EXPECT_EQ(wait(node->open(kBob))->tail.size(), kRecords);
}

TEST_F(Salvage, CutsTheLogWhereOneOfItsBlocksIsDamaged) {
  flip(table_of(Family::log), 0.25);
  EXPECT_EQ(wait(make_node(open().value())->open(kAlice)).error().code, Code::corruption);
  ASSERT_TRUE(salvage());
  EXPECT_EQ(open().error().code, Code::corruption) << "the accounts are still to be repaired";
  auto node = make_node(open(true).value());
  EXPECT_THAT(wait(node->damaged_files()).value(), IsEmpty());
  auto alice = wait(node->open(kAlice)).value();
  EXPECT_GT(alice.tail.size(), 2U);
  EXPECT_LT(alice.tail.size(), kRecords);
  EXPECT_EQ(wait(node->open(kBob))->tail.size(), kRecords);
  EXPECT_THAT(names(*node, kShortenedAccounts), ElementsAre("1"));
  EXPECT_THAT(findings(*node), HasSubstr("records of the log between number"));
  EXPECT_THAT(findings(*node), HasSubstr("account 1: a record is lost"));
  for (uint64_t at = 0; at < kRecords; ++at) {
    ASSERT_EQ(wait(node->get_blob({kAlice, at + 1}, {0, 100})).value(), body_of(at));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(config_.directory + "/damaged"), fs::directory_iterator()), 1);
  for (const std::string& name : names(*node, kShortenedAccounts)) {
    ASSERT_TRUE(wait(node->release_name(std::string(kShortenedAccounts), name)));
  }
  for (const std::string& name : names(*node, kSalvageFindings)) {
    ASSERT_TRUE(wait(node->release_name(std::string(kSalvageFindings), name)));
  }
  node.reset();
  EXPECT_TRUE(open());
}

// Nobody misses one.
TEST_F(Salvage, LeavesTheSearchIndexesBehind) {
  Bytes page(100'000, 'x');
  IndexChange change{.expect = 0, .tag = 7, .root = "root"};
  change.pages.push_back({PageId(1), page});
  ASSERT_TRUE(*wait(dynamic_cast<IndexStore&>(*make_node(open().value())).change_index(kAlice, std::move(change))));
  flip(table_of(Family::index), 0.01);
  ASSERT_TRUE(salvage());
  auto node = make_node(open(true).value());
  EXPECT_THAT(wait(node->damaged_files()).value(), IsEmpty());
  EXPECT_EQ(wait(dynamic_cast<IndexStore&>(*node).read_index(kAlice))->tag, 0U);
  EXPECT_THAT(findings(*node), HasSubstr("of the search indexes, was damaged"));
  EXPECT_THAT(names(*node, kShortenedAccounts), IsEmpty());
  for (AccountId account : {kAlice, kBob}) EXPECT_EQ(wait(node->open(account))->tail.size(), kRecords);
}

TEST_F(Salvage, TakesWhatIsInTheOtherTablesWhereOneDoesNotOpen) {
  for (double kept : {0.0, 0.5, 0.99}) {
    std::string table = table_of(Family::log);
    fs::resize_file(table, static_cast<uintmax_t>(static_cast<double>(fs::file_size(table)) * kept));
    ASSERT_TRUE(salvage()) << kept;
    auto node = make_node(open(true).value());
    EXPECT_EQ(wait(node->open(kAlice))->tail.size(), 0U);
    EXPECT_THAT(names(*node, kShortenedAccounts), Contains("1"));
    EXPECT_EQ(wait(node->list_blobs(kAlice, 0, 1000))->size(), kRecords);
    for (std::string_view space : {kShortenedAccounts, kSalvageFindings}) {
      for (const std::string& name : names(*node, space)) {
        ASSERT_TRUE(wait(node->release_name(std::string(space), name)));
      }
    }
    for (uint64_t at = 0; at < 3; ++at) commit(*node, kAlice, at);
  }
}

TEST_F(Salvage, CountsTheBodiesAgain) {
  fs::resize_file(table_of(Family::sizes), 10);
  ASSERT_TRUE(salvage());
  auto node = make_node(open(true).value());
  EXPECT_EQ(wait(node->list_blobs(kAlice, 0, 1000))->size(), kRecords);
  EXPECT_THAT(names(*node, kShortenedAccounts), IsEmpty());
}

}  // namespace
}  // namespace roost::store
