#include "main/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "main/data_directory.h"

namespace roost::main {
namespace {

TEST(Config, PutsEverythingBelowTheDataDirectory) {
  Config config;
  ASSERT_TRUE(config.finish("/var/lib//roost/"));
  EXPECT_EQ(config.data, "/var/lib/roost");
  EXPECT_EQ(config.store.directory, "/var/lib/roost/store");
  EXPECT_EQ(config.auth.directory, "/var/lib/roost/auth");
  EXPECT_TRUE(config.accounts.parse_guard_file.starts_with("/var/lib/roost/store/"));
}

TEST(Config, GivesOneLimitToAllThatNeedIt) {
  Config config;
  config.accounts.message_bytes_max = 12'345;
  ASSERT_TRUE(config.finish("/data"));
  EXPECT_EQ(config.lmtp.message_bytes_max, 12'345U);
  EXPECT_EQ(config.lmtp.shared_body_bytes_min, config.accounts.inline_body_bytes_max);
}

TEST(Config, RefusesHalfACertificate) {
  Config config;
  config.tls.key_file = "key.pem";
  EXPECT_EQ(config.finish("/data").error().text, "tls.key_file needs the other of the two files beside it");
}

TEST(Config, AQuotaOfNothingIsNone) {
  Config config;
  EXPECT_NE(config.options().to_toml().find("messages = 0"), std::string::npos);
  std::string file = testing::TempDir() + "roost-quota-" + std::to_string(::getpid()) + ".toml";
  std::ofstream(file) << "[quota]\nmessages = 0\nstorage_kib = 1048576\n";
  ASSERT_TRUE(config.options().read_file(file));
  std::filesystem::remove(file);
  EXPECT_EQ(config.accounts.limits.quota, (mail::QuotaLimits{.storage_kib = 1 << 20}));
}

TEST(Config, RefusesWhatIsNoAddressAndNoNetwork) {
  for (auto list : {&ListenConfig::imap, &ListenConfig::imaps, &ListenConfig::lmtp, &ListenConfig::trusted_networks}) {
    Config config;
    config.listen.*list = {"nonsense"};
    EXPECT_FALSE(config.finish("/data"));
  }
}

TEST(DataDirectory, IsMadeForItsOwnerAlone) {
  std::string parent = testing::TempDir() + "roost-data-" + std::to_string(::getpid());
  std::string data = parent + "/deep/data";
  ASSERT_TRUE(prepare_data_directory(data, ""));
  EXPECT_EQ(std::filesystem::status(data).permissions(), std::filesystem::perms::owner_all);
  EXPECT_TRUE(prepare_data_directory(data, ""));
  std::ofstream(parent + "/file") << "x";
  EXPECT_EQ(prepare_data_directory(parent + "/file", "").error().text, parent + "/file is not a directory");
  std::filesystem::remove_all(parent);
}

}  // namespace
}  // namespace roost::main
