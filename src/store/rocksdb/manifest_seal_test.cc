#include "store/rocksdb/manifest_seal.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "store/rocksdb/scratch_test.h"

namespace roost::store {
namespace {

struct Seal : testing::Test {
  Seal() { std::filesystem::create_directory(scratch.path() + "/db"); }
  void write(const std::string& name, BytesView data) { write_whole(scratch.path() + "/" + name, data); }
  Result<> check() { return ManifestSeal(system_files(), scratch.path()).check(); }

  ScratchDirectory scratch;
};

// The example of docs/formats/store.md.
TEST(ManifestMark, IsALineWithAChecksum) {
  ManifestMark mark{67, 1234};
  EXPECT_EQ(encode_manifest_mark(mark), "MANIFEST-000067 1234 e02eb63f\n");
  EXPECT_EQ(decode_manifest_mark(encode_manifest_mark(mark)), mark);
}

TEST(ManifestMark, IsNoneWithAnyBitChanged) {
  const Bytes text = encode_manifest_mark({67, 1234});
  for (size_t i = 0; i < text.size() * 8; ++i) {
    Bytes changed = text;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(decode_manifest_mark(changed)) << changed;
  }
  for (size_t i = 0; i < text.size(); ++i) EXPECT_FALSE(decode_manifest_mark(text.substr(0, i))) << i;
}

TEST_F(Seal, HoldsAgainstAListThatIsCutShort) {
  write("manifest", encode_manifest_mark({67, 1000}));
  write("db/CURRENT", "MANIFEST-000067\n");
  write("db/MANIFEST-000067", Bytes(1000, 'x'));
  EXPECT_TRUE(check());
  write("db/MANIFEST-000067", Bytes(1500, 'x'));
  EXPECT_TRUE(check());
  write("db/MANIFEST-000067", Bytes(999, 'x'));
  EXPECT_EQ(check().error().code, Code::corruption);
}

TEST_F(Seal, HoldsAgainstAListThatIsOlder) {
  write("manifest", encode_manifest_mark({67, 1000}));
  write("db/CURRENT", "MANIFEST-000066\n");
  write("db/MANIFEST-000066", Bytes(2000, 'x'));
  EXPECT_EQ(check().error().code, Code::corruption);
  write("db/CURRENT", "MANIFEST-000068\n");
  write("db/MANIFEST-000068", "x");
  EXPECT_TRUE(check()) << "a newer one was begun";
}

TEST_F(Seal, ProvesNothingWhereItIsMissingOrDamaged) {
  write("db/CURRENT", "MANIFEST-000066\n");
  write("db/MANIFEST-000066", "x");
  EXPECT_TRUE(check());
  write("manifest", "MANIFEST-000067 1234 00000000\n");
  EXPECT_TRUE(check());
}

}  // namespace
}  // namespace roost::store
