#include "base/lock_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace roost {
namespace {

class LockFileTest : public ::testing::Test {
 protected:
  LockFileTest() {
    std::string name = ::testing::TempDir() + "lock_file_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    path_ = directory_ + "/lock";
  }
  ~LockFileTest() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
  std::string path_;
};

TEST_F(LockFileTest, NamesTheProcessThatHasIt) {
  std::optional<LockFile> first = LockFile::acquire(path_).value();
  Result<LockFile> second = LockFile::acquire(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::in_use);
  EXPECT_EQ(second.error().text, std::to_string(::getpid()));
  first.reset();
  EXPECT_TRUE(LockFile::acquire(path_));
}

TEST_F(LockFileTest, SaysUnknownWhereTheFileHoldsNoProcess) {
  std::optional<LockFile> first = LockFile::acquire(path_).value();
  std::ofstream(path_) << "nobody\n";
  EXPECT_EQ(LockFile::acquire(path_).error().text, "unknown");
}

TEST_F(LockFileTest, IsNotMadeThroughASymbolicLink) {
  std::filesystem::create_symlink(directory_ + "/elsewhere", path_);
  EXPECT_EQ(LockFile::acquire(path_).error().code, Code::unavailable);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/elsewhere"));
}

}  // namespace
}  // namespace roost
