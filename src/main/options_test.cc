#include "main/options.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace roost::main {
namespace {

class Options : public testing::Test {
 protected:
  Options() {
    table_.add("server.threads", threads_, "Event loops.", 1);
    table_.add("server.name", name_, "A name.");
    table_.add_choice("server.log_level", level_, {"info", "warn"}, "What.");
    table_.add("listen.imap", listen_, "Where.");
    table_.add("imap.idle_ms_max", idle_, "How long.");
    table_.add("imap.compress", compress_, "Whether.");
  }
  ~Options() override { std::filesystem::remove(path_); }

  std::string error_of(const std::string& text) {
    std::ofstream(path_) << text;
    auto read = table_.read_file(path_);
    return read ? "" : read.error().text.substr(path_.size());
  }

  std::string path_ = testing::TempDir() + "roost-options-" + std::to_string(::getpid()) + ".toml";
  uint32_t threads_ = 2;
  std::string name_ = "a \"b\"";
  std::vector<std::string> listen_ = {"x:1"};
  Millis idle_{1000};
  bool compress_ = true;
  std::string level_ = "info";
  OptionTable table_;
};

TEST_F(Options, AreReadFromTheirSections) {
  EXPECT_EQ(error_of("[server]\nthreads = 7\nlog_level = 'warn'\n[listen]\nimap = ['a:1', 'b:2']\n[imap]\n"
                     "idle_ms_max = 5\ncompress = false\n"),
            "");
  EXPECT_EQ(threads_, 7U);
  EXPECT_EQ(level_, "warn");
  EXPECT_EQ(listen_, (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_EQ(idle_, Millis(5));
  EXPECT_FALSE(compress_);
}

TEST_F(Options, NameTheLineOfAMistake) {
  EXPECT_EQ(error_of("[server]\n\nthreds = 3\n"),
            ":3: there is no option 'server.threds'; did you mean 'server.threads'?");
  EXPECT_EQ(error_of("[server]\nthreads = 0\n"), ":2: server.threads must be a whole number from 1 to 4294967295");
  EXPECT_EQ(error_of("[server]\nlog_level = 'loud'\n"), ":2: server.log_level must be one of: info, warn");
  EXPECT_EQ(error_of("[imap]\ncompress = 1\n"), ":2: imap.compress must be true or false");
  EXPECT_EQ(error_of("threads = 1\n"), ":1: 'threads' stands outside of any [section]");
  EXPECT_TRUE(error_of("[server]\nname = \"x\n").starts_with(":2: "));
}

TEST_F(Options, SayWhereAValueCameFromThatIsFoundWrongLater) {
  EXPECT_EQ(table_.wrong("server.name", "is rude").error().text, "server.name is rude");
  EXPECT_EQ(error_of("[server]\n\nname = 'x'\n[listen]\nimap = 'y'\n"), "");
  EXPECT_EQ(table_.wrong("server.name", "is rude").error().text, path_ + ":3: server.name is rude");
  table_.set_by("listen.imap", "--imap");
  EXPECT_EQ(table_.wrong("listen.imap", "is odd").error().text, "--imap: listen.imap is odd");
}

TEST_F(Options, SayWhichFileCannotBeRead) {
  EXPECT_EQ(table_.read_file("/nonexistent/roost.toml").error().text,
            "/nonexistent/roost.toml: No such file or directory");
}

TEST_F(Options, PrintAFileThatReadsBackTheSame) {
  std::string text = table_.to_toml();
  threads_ = 99;
  name_ = "other";
  EXPECT_EQ(error_of(text), "");
  EXPECT_EQ(table_.to_toml(), text);
  EXPECT_EQ(name_, "a \"b\"");
}

}  // namespace
}  // namespace roost::main
