#include "store/rocksdb/values.h"

#include <gtest/gtest.h>

#include "store/rocksdb/blob_format.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/wal_check.h"

namespace roost::store {
namespace {

constexpr AccountId kAccount{258};
constexpr CommitId kCommitId = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

Bytes from_hex(std::string_view text) {
  Bytes out;
  int digits = 0;
  int value = 0;
  for (char c : text) {
    if (c == ' ') continue;
    value = value * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    if (++digits % 2 != 0) continue;
    out.push_back(static_cast<char>(value));
    value = 0;
  }
  return out;
}

// The examples of docs/formats/store.md, octet by octet.

TEST(StoreFormat, HasTheDocumentedKeys) {
  EXPECT_EQ(keys::pair(kAccount, 3), from_hex("00 00 00 00 00 00 01 02 00 00 00 00 00 00 00 03"));
  EXPECT_EQ(keys::account(kAccount), from_hex("00 00 00 00 00 00 01 02"));
  EXPECT_EQ(keys::follower(kAccount, "ix"), from_hex("00 00 00 00 00 00 01 02 69 78"));
  EXPECT_EQ(keys::name("login", "al"), from_hex("6c 6f 67 69 6e 00 61 6c"));
}

TEST(StoreFormat, HasTheDocumentedRecord) {
  Bytes example = from_hex("01 75 f3 7b 52 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 68 69");
  EXPECT_EQ(values::encode_record(kAccount, Position(3), kCommitId, "hi"), example);
  auto record = values::decode_record(kAccount, Position(3), example);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->position, Position(3));
  EXPECT_EQ(record->commit_id, kCommitId);
  EXPECT_EQ(record->record, "hi");
}

TEST(StoreFormat, HasTheDocumentedRoot) {
  Bytes example = from_hex("01 98 b9 a7 53 07 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 68 69");
  EXPECT_EQ(values::encode_root(kAccount, Generation(7), {Position(3), "hi"}), example);
  auto root = values::decode_root(kAccount, example);
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->generation, Generation(7));
  EXPECT_EQ(root->position, Position(3));
  EXPECT_EQ(root->data, "hi");
}

TEST(StoreFormat, HasTheDocumentedPageNumberAndName) {
  Bytes page = from_hex("01 10 a4 b5 44 68 69");
  EXPECT_EQ(values::encode_page(kAccount, PageId(9), "hi"), page);
  EXPECT_EQ(values::decode_page(kAccount, PageId(9), page), "hi");
  Bytes number = from_hex("01 b2 95 26 b2 02 01 00 00 00 00 00 00");
  EXPECT_EQ(values::encode_number(258), number);
  EXPECT_EQ(values::decode_number(number), 258);
  Bytes name = from_hex("01 61 45 1d 4a 68 69");
  EXPECT_EQ(values::encode_name("hi"), name);
  EXPECT_EQ(values::decode_name(name), "hi");
}

TEST(StoreFormat, HasTheDocumentedSmallBlob) {
  Bytes example = from_hex("01 02 c2 d9 9d f5 68 69");
  EXPECT_EQ(values::encode_blob("hi"), example);
  EXPECT_EQ(values::decode_blob(example, {0, 9}), "hi");
  EXPECT_EQ(values::encode_blob(""), from_hex("01 00"));
}

TEST(StoreFormat, HasTheDocumentedLargeBlob) {
  Bytes example = from_hex(
      "52 6f 6f 73 74 42 6c 62 01 00 00 00 02 00 00 00 00 00 00 00 88 77 66 55 44 33 22 11 92 4d 5f b8"
      "68 69 a9 7b c2 84");
  blob_format::Header header{2, 0x1122334455667788};
  Bytes file = blob_format::encode_header(header);
  blob_format::append_block(file, header.nonce, 0, "hi");
  EXPECT_EQ(file, example);
  EXPECT_EQ(blob_format::file_bytes(2), example.size());
  EXPECT_EQ(blob_format::decode_header(BytesView(example).substr(0, blob_format::kHeaderBytes)), header);
  Bytes data;
  ASSERT_TRUE(blob_format::extract(header, 0, BytesView(example).substr(blob_format::kHeaderBytes), {0, 9}, data));
  EXPECT_EQ(data, "hi");
}

TEST(StoreFormat, HasTheDocumentedMark) {
  EXPECT_EQ(encode_mark({0x1122334455667788, 9, 8}),
            from_hex("01 88 77 66 55 44 33 22 11 09 00 00 00 00 00 00 00 08 00 00 00 00 00 00 00"));
}

TEST(StoredValues, TellEveryFlippedBit) {
  Bytes record = values::encode_record(kAccount, Position(3), kCommitId, "hi");
  Bytes root = values::encode_root(kAccount, Generation(7), {Position(3), "hi"});
  Bytes blob = values::encode_blob("hi");
  for (size_t bit = 0; bit < record.size() * 8; ++bit) {
    Bytes damaged = record;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(values::decode_record(kAccount, Position(3), damaged).has_value()) << bit;
  }
  for (size_t bit = 0; bit < root.size() * 8; ++bit) {
    Bytes damaged = root;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(values::decode_root(kAccount, damaged).has_value()) << bit;
  }
  for (size_t bit = 0; bit < blob.size() * 8; ++bit) {
    Bytes damaged = blob;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(values::decode_blob(damaged, {0, 9}).has_value()) << bit;
  }
}

TEST(StoredValues, TellEveryTruncation) {
  Bytes root = values::encode_root(kAccount, Generation(7), {Position(3), "hi"});
  Bytes blob = values::encode_blob(Bytes(100'000, 'x'));
  for (size_t size = 0; size < root.size(); ++size) {
    EXPECT_FALSE(values::decode_root(kAccount, BytesView(root).substr(0, size)).has_value());
  }
  for (size_t size = 0; size < blob.size(); size += 1 + size / 7) {
    EXPECT_FALSE(values::decode_blob(BytesView(blob).substr(0, size), {0, 1}).has_value());
  }
}

TEST(StoredValues, TellAnotherKeysValue) {
  Bytes record = values::encode_record(kAccount, Position(3), kCommitId, "hi");
  EXPECT_FALSE(values::decode_record(kAccount, Position(4), record).has_value());
  EXPECT_FALSE(values::decode_record(AccountId(3), Position(3), record).has_value());
  EXPECT_FALSE(values::decode_page(kAccount, PageId(3), record).has_value());
}

TEST(StoredValues, TellASearchIndexFromAPage) {
  Bytes root = values::encode_index_root(kAccount, 7, "hi");
  auto head = values::decode_index_root(kAccount, root);
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->tag, 7U);
  EXPECT_EQ(head->root, "hi");
  EXPECT_FALSE(values::decode_index_root(AccountId(3), root).has_value());
  Bytes page = values::encode_index_page(kAccount, PageId(3), "hi");
  EXPECT_EQ(values::decode_index_page(kAccount, PageId(3), page).value(), "hi");
  EXPECT_FALSE(values::decode_index_page(kAccount, PageId(4), page).has_value());
  EXPECT_FALSE(values::decode_page(kAccount, PageId(3), page).has_value());
  for (size_t bit = 0; bit < root.size() * 8; ++bit) {
    Bytes damaged = root;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(values::decode_index_root(kAccount, damaged).has_value()) << bit;
  }
}

TEST(StoredValues, RefuseANewerVersion) {
  Bytes page = values::encode_page(kAccount, PageId(1), "hi");
  page[0] = 2;
  auto newer = values::decode_page(kAccount, PageId(1), page);
  ASSERT_FALSE(newer.has_value());
  EXPECT_EQ(newer.error().text, "a page has format version 2");
}

TEST(BlobFormat, KnowsTheSizeFromTheFilesLength) {
  constexpr uint64_t kBlock = blob_format::kBlockBytes;
  for (uint64_t size : {uint64_t{0}, uint64_t{1}, kBlock - 1, kBlock, kBlock + 1, 10 * kBlock, 10 * kBlock + 5}) {
    EXPECT_EQ(blob_format::size_of_file(blob_format::file_bytes(size)), size);
  }
  EXPECT_FALSE(blob_format::size_of_file(blob_format::kHeaderBytes - 1));
  EXPECT_FALSE(blob_format::size_of_file(blob_format::kHeaderBytes + 4));
}

TEST(BlobFormat, TellsABlockOfAnotherFileOrPlace) {
  blob_format::Header header{2 * blob_format::kBlockBytes, 5};
  Bytes data(blob_format::kBlockBytes, 'a');
  Bytes first;
  blob_format::append_block(first, 5, 0, data);
  Bytes out;
  EXPECT_TRUE(blob_format::extract(header, 0, first, {0, 10}, out));
  EXPECT_FALSE(blob_format::extract(header, 1, first, {blob_format::kBlockBytes, 10}, out));
  header.nonce = 6;
  EXPECT_FALSE(blob_format::extract(header, 0, first, {0, 10}, out));
}

TEST(StoreKeys, SortAsTheirNumbersDo) {
  EXPECT_LT(keys::pair(AccountId(1), 255), keys::pair(AccountId(1), 256));
  EXPECT_LT(keys::pair(AccountId(1), UINT64_MAX), keys::account_end(AccountId(1)));
  EXPECT_LE(keys::account_end(AccountId(1)), keys::account(AccountId(2)));
  EXPECT_LT(keys::follower(AccountId(UINT64_MAX), std::string(1000, '\xff')), keys::account_end(AccountId(UINT64_MAX)));
  EXPECT_LT(keys::name("login", "\xff\xff"), keys::space_end("login"));
  EXPECT_GT(keys::name("login1", ""), keys::space_end("login"));
}

TEST(StoreKeys, AreReadBack) {
  auto pair = keys::parse_pair(keys::pair(kAccount, 77));
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->account, kAccount);
  EXPECT_EQ(pair->number, 77);
  EXPECT_EQ(keys::parse_account(keys::follower(kAccount, "x")), kAccount);
  EXPECT_FALSE(keys::parse_pair("short"));
  EXPECT_FALSE(keys::parse_account("short"));
}

}  // namespace
}  // namespace roost::store
