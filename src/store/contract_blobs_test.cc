// The contract's blobs.
#include "store/contract_test.h"

namespace roost::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr AccountId kAlice{1};
constexpr AccountId kBob{2};
constexpr uint64_t kWhole = UINT64_MAX;
constexpr uint64_t kBlock = 64 << 10;

class BlobContract : public Contract {};
ROOST_FOR_EVERY_ENGINE(BlobContract);

TEST_P(BlobContract, GivesBackBlobsOfEverySizeAtTheirEdges) {
  std::vector<uint64_t> sizes = {
      0, 1, kBlock - 1, kBlock, kBlock + 1, 2 * kBlock, 2 * kBlock + 1, 4 * kBlock, 5 * kBlock + 17, 3 << 20};
  for (uint64_t i = 0; i < sizes.size(); ++i) put({kAlice, i + 1}, noise(sizes[i], i));
  store().reopen();
  auto listed = ok(node().list_blobs(kAlice, 0, 100));
  ASSERT_EQ(listed.size(), sizes.size());
  for (uint64_t i = 0; i < sizes.size(); ++i) {
    EXPECT_TRUE(ok(node().get_blob({kAlice, i + 1}, {0, kWhole})) == noise(sizes[i], i)) << sizes[i];
    EXPECT_EQ(listed[i].id, (BlobId{kAlice, i + 1}));
    EXPECT_EQ(listed[i].size, sizes[i]);
  }
}

TEST_P(BlobContract, CutsRangesAtTheEnd) {
  for (uint64_t size : {uint64_t{1000}, 3 * kBlock + 5}) {
    BlobId id{kAlice, size};
    Bytes data = noise(size, size);
    put(id, data);
    EXPECT_TRUE(ok(node().get_blob(id, {10, 20})) == data.substr(10, 20));
    EXPECT_TRUE(ok(node().get_blob(id, {size - 3, 100})) == data.substr(size - 3));
    EXPECT_TRUE(ok(node().get_blob(id, {1, kWhole})) == data.substr(1));
    EXPECT_THAT(ok(node().get_blob(id, {size, 1})), IsEmpty());
    EXPECT_THAT(ok(node().get_blob(id, {kWhole, kWhole})), IsEmpty());
    EXPECT_THAT(ok(node().get_blob(id, {5, 0})), IsEmpty());
  }
}

TEST_P(BlobContract, ReadsRangesAcrossBlocks) {
  Bytes data = noise(20 * kBlock + 100, 1);
  BlobId id{kAlice, 1};
  put(id, data);
  for (uint64_t offset : {uint64_t{0}, kBlock - 1, kBlock, 7 * kBlock + 3}) {
    for (uint64_t size : {uint64_t{1}, uint64_t{2}, kBlock, 17 * kBlock}) {
      EXPECT_TRUE(ok(node(1).get_blob(id, {offset, size})) == data.substr(offset, size)) << offset << " " << size;
    }
  }
}

task<Result<>> write_pieces(AccountStore& node, BlobId id, Bytes data, size_t piece_bytes) {
  ROOST_CO_TRY(auto writer, co_await node.create_blob(id, data.size()));
  for (size_t at = 0; at < data.size(); at += piece_bytes) {
    ROOST_CO_TRY_VOID(co_await writer->write(data.substr(at, piece_bytes)));
  }
  co_return co_await writer->finish();
}

TEST_P(BlobContract, TakesALargeBlobInPiecesOfAnySize) {
  Bytes data = noise(1'000'003, 2);
  uint64_t serial = 0;
  for (size_t piece : {size_t{4099}, size_t{65536}, size_t{300'000}}) {
    BlobId id{kAlice, ++serial};
    ok(write_pieces(node(), id, data, piece));
    EXPECT_TRUE(ok(node().get_blob(id, {0, kWhole})) == data) << piece;
  }
}

task<Result<>> write_half(AccountStore& node, BlobId id, Bytes data) {
  ROOST_CO_TRY(auto writer, co_await node.create_blob(id, data.size()));
  co_return co_await writer->write(std::move(data));
}

TEST_P(BlobContract, ThrowsAwayWhatWasNotFinished) {
  ok(write_half(node(), {kAlice, 1}, noise(1 << 20, 1)));
  ok(write_half(node(), {kAlice, 2}, noise(100, 1)));
  EXPECT_THAT(ok(node().list_blobs(kAlice, 0, 100)), IsEmpty());
  EXPECT_EQ(code_of(node().get_blob({kAlice, 1}, {0, 1})), Code::corruption);
  store().reopen();
  EXPECT_THAT(ok(node().list_blobs(kAlice, 0, 100)), IsEmpty());
}

TEST_P(BlobContract, StoresTheBodiesOfACommitWithIt) {
  std::vector<NewBlob> blobs = {{{kAlice, 1}, noise(5000, 1)}, {{kAlice, 2}, "small"}};
  Committed c = wait(node().commit(kAlice, Commit{Position(0), {}, "record", blobs}));
  EXPECT_EQ(c.outcome, Outcome::ok);
  EXPECT_TRUE(ok(node(1).get_blob({kAlice, 1}, {0, kWhole})) == noise(5000, 1));
  EXPECT_EQ(ok(node(1).get_blob({kAlice, 2}, {1, 2})), "ma");
}

TEST_P(BlobContract, GivesManyBlobsAtOnceInTheirOrder) {
  auto size_of = [](uint64_t i) { return i % 8 == 0 ? 200'000 : 1000 + i; };
  std::vector<AccountStore::BlobRange> asked;
  for (uint64_t i = 1; i <= 64; ++i) {
    put({kAlice, i}, noise(size_of(i), i));
    asked.push_back({{kAlice, i}, {i, 10}});
  }
  asked[5].id.serial = 999;
  auto got = wait(node().get_blobs(asked));
  ASSERT_EQ(got.size(), 64);
  for (uint64_t i = 1; i <= 64; ++i) {
    if (i == 6) {
      EXPECT_EQ(got[i - 1].error().code, Code::corruption);
    } else {
      EXPECT_TRUE(*got[i - 1] == noise(size_of(i), i).substr(i, 10)) << i;
    }
  }
}

TEST_P(BlobContract, LinksABlobToAnotherAccount) {
  put({kAlice, 1}, noise(1000, 1));
  put({kAlice, 2}, noise(300'000, 2));
  ok(node().link_blob({kAlice, 1}, {kBob, 11}));
  ok(node().link_blob({kAlice, 2}, {kBob, 12}));
  ok(node().link_blob({kAlice, 2}, {kBob, 12}));
  std::vector<BlobId> originals = {{kAlice, 1}, {kAlice, 2}};
  ok(node().delete_blobs(originals));
  store().reopen();
  EXPECT_TRUE(ok(node().get_blob({kBob, 11}, {0, kWhole})) == noise(1000, 1));
  EXPECT_TRUE(ok(node().get_blob({kBob, 12}, {0, kWhole})) == noise(300'000, 2));
  EXPECT_THAT(ok(node().list_blobs(kAlice, 0, 10)), IsEmpty());
  EXPECT_EQ(ok(node().list_blobs(kBob, 0, 10)).size(), 2);
  EXPECT_EQ(code_of(node().link_blob({kAlice, 1}, {kBob, 13})), Code::corruption);
}

TEST_P(BlobContract, DeletesBlobsMoreThanOnce) {
  put({kAlice, 1}, "small");
  put({kAlice, 2}, noise(300'000, 1));
  put({kAlice, 3}, "stays");
  std::vector<BlobId> gone = {{kAlice, 1}, {kAlice, 2}, {kBob, 1}};
  ok(node().delete_blobs(gone));
  ok(node().delete_blobs(gone));
  EXPECT_EQ(code_of(node().get_blob({kAlice, 1}, {0, 1})), Code::corruption);
  EXPECT_EQ(code_of(node().get_blob({kAlice, 2}, {0, 1})), Code::corruption);
  EXPECT_EQ(ok(node().get_blob({kAlice, 3}, {0, 9})), "stays");
  EXPECT_EQ(ok(node().list_blobs(kAlice, 0, 10)).size(), 1);
}

std::vector<uint64_t> serials(const std::vector<BlobInfo>& infos) {
  std::vector<uint64_t> out;
  for (const auto& info : infos) out.push_back(info.id.serial);
  return out;
}

TEST_P(BlobContract, ListsBlobsInPieces) {
  for (uint64_t i : {5, 1, 300, 4, 2}) put({kAlice, i}, noise(i % 2 == 0 ? 200'000 : 10, i));
  put({kBob, 3}, "other");
  EXPECT_THAT(serials(ok(node().list_blobs(kAlice, 0, 3))), ElementsAre(1, 2, 4));
  EXPECT_THAT(serials(ok(node().list_blobs(kAlice, 4, 3))), ElementsAre(5, 300));
  EXPECT_THAT(ok(node().list_blobs(kAlice, 300, 3)), IsEmpty());
  EXPECT_THAT(ok(node().list_blobs(kAlice, UINT64_MAX, 3)), IsEmpty());
}

TEST_P(BlobContract, TellsADamagedBlockOfALargeBlobAndGivesTheOthers) {
  BlobId id{kAlice, 1};
  Bytes data = noise(5 * kBlock, 1);
  put(id, data);
  store().reopen_with_damaged_blob(id, 2 * kBlock + 100, BytesView(data).substr(2 * kBlock + 100, 64));
  EXPECT_EQ(code_of(node().get_blob(id, {0, kWhole})), Code::corruption);
  EXPECT_EQ(code_of(node().get_blob(id, {2 * kBlock + 9, 1})), Code::corruption);
  EXPECT_TRUE(ok(node().get_blob(id, {0, 2 * kBlock})) == data.substr(0, 2 * kBlock));
  EXPECT_TRUE(ok(node().get_blob(id, {3 * kBlock, kWhole})) == data.substr(3 * kBlock));
}

TEST_P(BlobContract, TellsADamagedSmallBlobAndGivesTheOthers) {
  Bytes damaged = noise(5000, 1);
  put({kAlice, 1}, damaged);
  put({kAlice, 2}, noise(5000, 2));
  store().reopen_with_damaged_blob({kAlice, 1}, 100, BytesView(damaged).substr(100, 64));
  EXPECT_EQ(code_of(node().get_blob({kAlice, 1}, {0, kWhole})), Code::corruption);
  EXPECT_TRUE(ok(node().get_blob({kAlice, 2}, {0, kWhole})) == noise(5000, 2));
}

}  // namespace
}  // namespace roost::store
