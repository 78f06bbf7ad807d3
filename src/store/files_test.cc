#include "store/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "store/rocksdb/scratch_test.h"

namespace roost::store {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class SystemFilesTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return scratch_.path() + "/" + name; }
  void write(const std::string& name, BytesView data) {
    auto file = files_.create(path(name)).value();
    ASSERT_TRUE(file->write(0, data).has_value());
    ASSERT_TRUE(file->sync().has_value());
  }

  Files& files_ = system_files();
  ScratchDirectory scratch_;
};

TEST_F(SystemFilesTest, WritesAndReadsAtOffsets) {
  auto file = files_.create(path("a")).value();
  ASSERT_TRUE(file->write(4, "tail").has_value());
  ASSERT_TRUE(file->write(0, "head").has_value());
  EXPECT_EQ(file->size(), 8);
  auto again = files_.open(path("a")).value();
  EXPECT_EQ(again->read(2, 4), "adta");
  EXPECT_EQ(again->read(6, 100), "il");
  EXPECT_EQ(again->read(100, 1), "");
}

TEST_F(SystemFilesTest, TellsAMissingFileFromOtherErrors) {
  EXPECT_EQ(files_.open(path("none")).error().code, Code::nonexistent);
  EXPECT_EQ(files_.size(path("none")).error().code, Code::nonexistent);
  EXPECT_EQ(files_.open(path("none") + std::string(5000, 'x')).error().code, Code::server_bug);
  EXPECT_TRUE(files_.remove(path("none")).has_value());
  EXPECT_TRUE(files_.remove_directory(path("none")).has_value());
  EXPECT_THAT(files_.list(path("none")).value(), IsEmpty());
}

TEST_F(SystemFilesTest, LinksRenamesAndLists) {
  write("a", "x");
  ASSERT_TRUE(files_.link(path("a"), path("b")).has_value());
  EXPECT_EQ(files_.link(path("a"), path("b")).error().code, Code::already_exists);
  ASSERT_TRUE(files_.rename(path("a"), path("c")).has_value());
  EXPECT_THAT(files_.list(scratch_.path()).value(), UnorderedElementsAre("b", "c"));
  ASSERT_TRUE(files_.sync_directory(scratch_.path()).has_value());
}

TEST_F(SystemFilesTest, SaysWhetherADirectoryIsNew) {
  EXPECT_EQ(files_.make_directory(path("d")), true);
  EXPECT_EQ(files_.make_directory(path("d")), false);
  write("d/a", "x");
  EXPECT_TRUE(files_.remove_directory(path("d")).has_value());
  EXPECT_TRUE(std::filesystem::exists(path("d/a"))) << "one that is not empty stays";
}

TEST_F(SystemFilesTest, LocksAgainstThisProcessToo) {
  auto lock = files_.lock(path("lock"));
  ASSERT_TRUE(lock.has_value());
  auto second = files_.lock(path("lock"));
  EXPECT_EQ(second.error().code, Code::in_use);
  EXPECT_EQ(second.error().text, std::to_string(::getpid()));
  lock->reset();
  EXPECT_TRUE(files_.lock(path("lock")).has_value());
}

}  // namespace
}  // namespace roost::store
