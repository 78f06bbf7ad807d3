#include "auth/directory.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "auth/crash_disk_test.h"

namespace roost::auth {
namespace {

constexpr const char* kVerifier =
    "$scram-sha-256$i=4096$W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=$"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
constexpr const char* kArgon =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

User user(std::string name, uint64_t account) {
  return {std::move(name), AccountId(account), {1700000000}, false, kVerifier, {}};
}

Users users(std::initializer_list<const char*> names) {
  Users out;
  uint64_t account = 0;
  for (const char* name : names) out.emplace(name, user(name, ++account));
  return out;
}

// The example of docs/formats/users.md.
TEST(UsersFile, IsTextThatAPersonCanRead) {
  Users two = users({"alice", "bob@example.org"});
  two.at("bob@example.org").disabled = true;
  std::string text = std::string("roost-users 4 2\nalice\t1\t1700000000\tenabled\t") + kVerifier +
                     "\tb192c0d3\nbob@example.org\t2\t1700000000\tdisabled\t" + kVerifier + "\ta1b6ec59\n";
  EXPECT_EQ(format_users(two), text);
  EXPECT_EQ(parse_users(text), two);
  EXPECT_TRUE(matches(kVerifier, "pencil"));
}

TEST(UsersFile, TakesTheVersionsWithoutChecksums) {
  Users two = users({"alice", "bob"});
  two.at("bob").verifier = make_verifier({Scheme::scram_sha_256, sasl::kScramIterationsMin, true, true}, "pw").value();
  EXPECT_EQ(parse_users(format_users(two)), two);
  std::string line = std::string("alice\t1\t1700000000\tenabled\t") + kVerifier + "\n";
  EXPECT_EQ(parse_users("roost-users 1\n" + line), users({"alice"}));
  EXPECT_EQ(parse_users("roost-users 2\n" + line), users({"alice"}));
  EXPECT_EQ(parse_users("roost-users 1\n")->size(), 0U);
}

constexpr const char* kAppVerifier = "$app$AAECAwQFBgcICQoLDA0ODw==$Nm7PDF8bpeKnwa22WP6Rit9fShgO1e6nyw16iXAn+Is=";

Users with_app_passwords() {
  Users two = users({"alice", "bob"});
  two.at("alice").app_passwords = {{"Phone", {1'700'000'001}, 19'675, kAppVerifier},
                                   {"My laptop", {1'700'000'002}, 0, kAppVerifier}};
  return two;
}

// The second example of docs/formats/users.md.
TEST(UsersFile, HasTheAppPasswordsOfAUserInHisLine) {
  Users two = with_app_passwords();
  std::string text = format_users(two);
  std::string line = std::string("roost-users 4 2\nalice\t1\t1700000000\tenabled\t") + kVerifier +
                     "\tPhone\t1700000001\t19675\t" + kAppVerifier + "\tMy laptop\t1700000002\t0\t" + kAppVerifier +
                     "\t";
  EXPECT_EQ(text.substr(0, line.size()), line);
  EXPECT_EQ(parse_users(text), two);
  EXPECT_EQ(find_app_password(two.at("alice").app_passwords, "abcde-fghij-kmnpq-rstuv")->device, "My laptop");
}

TEST(UsersFile, TakesTheVersionBeforeAppPasswords) {
  Bytes text = format_users(users({"alice"}));
  text.replace(text.find('4'), 1, "3");
  EXPECT_EQ(parse_users(text), users({"alice"}));
}

TEST(UsersFile, RefusesAppPasswordsThatAreNone) {
  std::string v = kAppVerifier;
  auto parses = [](const std::string& apps) {
    return parse_users("roost-users 2\nalice\t1\t1\tenabled\t" + std::string(kVerifier) + apps + "\n").has_value();
  };
  EXPECT_TRUE(parses("\tPhone\t1\t0\t" + v)) << "corrected by hand, as the guide says";
  const std::string wrong_ones[] = {"\t",
                                    "\tPhone\t1\t0",
                                    "\tPhone\t1\t0\t" + v + "\t",
                                    "\t\t1\t0\t" + v,
                                    "\tPhone\tx\t0\t" + v,
                                    "\tPhone\t1\t-1\t" + v,
                                    "\tPhone\t1\t4294967296\t" + v,
                                    "\tPhone\t1\t0\t" + std::string(kVerifier),
                                    "\tPhone\t1\t0\t" + v + "\tPhone\t1\t0\t" + v};
  for (const std::string& wrong : wrong_ones) EXPECT_FALSE(parses(wrong)) << wrong;
  std::string many;
  for (size_t i = 0; i < kAppPasswordsPerUserMax; ++i) many += "\tdevice " + std::to_string(i) + "\t1\t0\t" + v;
  EXPECT_TRUE(parses(many));
  EXPECT_FALSE(parses(many + "\tone more\t1\t0\t" + v));
}

TEST(UsersFile, IsRefusedWithAnyBitChanged) {
  const Bytes text = format_users(with_app_passwords());
  for (size_t i = 0; i < text.size() * 8; ++i) {
    Bytes changed = text;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(parse_users(changed)) << changed;
  }
}

TEST(UsersFile, IsRefusedWithoutOneOfItsLines) {
  Bytes text = format_users(users({"alice", "bob"}));
  text.erase(text.find("alice"), text.find("bob") - text.find("alice"));
  Result<Users> parsed = parse_users(text);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().text, "line 1: 2 users are named here, and 1 follow");
}

TEST(UsersFile, NamesTheLineOfAMistake) {
  std::string good = std::string("alice\t1\t1700000000\tenabled\t") + kVerifier + "\n";
  auto with_line = [&good](const std::string& line) { return "roost-users 1\n" + good + line + "\n"; };
  std::string v = kVerifier;
  const std::string wrong[] = {
      "",
      "bob",
      "Bob\t1\t1\tenabled\t" + v,
      "\t1\t1\tenabled\t" + v,
      "bob\t0\t1\tenabled\t" + v,
      "bob\t-1\t1\tenabled\t" + v,
      "bob\t1\tx\tenabled\t" + v,
      "bob\t1\t1\ton\t" + v,
      "bob\t1\t1\tenabled\t" + v + "\t",
      "bob\t1\t1\tenabled\tplain",
      "bob\t99999999999999999999\t1\tenabled\t" + v,
      good.substr(0, good.size() - 1),
  };
  for (const std::string& line : wrong) {
    Result<Users> parsed = parse_users(with_line(line));
    ASSERT_FALSE(parsed) << line;
    EXPECT_EQ(parsed.error().code, Code::corruption);
    EXPECT_TRUE(parsed.error().text.starts_with("line 3: ")) << parsed.error().text;
  }
}

TEST(UsersFile, RefusesAFileThatWasCutOff) {
  std::string text = format_users(users({"alice", "bob"}));
  for (size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_users(text.substr(0, i))) << i;
  }
}

TEST(Directory, FormatsAChangeAsItsFileWillBe) {
  Directory directory;
  for (const char* name : {"m", "a", "z"}) directory.apply({name, user(name, 1)});
  for (const Change& change : {Change{"b", user("b", 9)}, Change{"a", user("a", 9)}, Change{"zz", user("zz", 9)},
                               Change{"A", user("A", 9)}, Change{"m", std::nullopt}, Change{"q", std::nullopt}}) {
    Bytes text = directory.format_with(change);
    Directory after = directory;
    after.apply(change);
    Users expected;
    for (const UserInfo& info : after.list("", 100)) expected.emplace(info.name, *after.find(info.name));
    EXPECT_EQ(text, format_users(expected));
  }
}

TEST(Directory, CountsWhetherEveryPasswordCanCompleteAMechanism) {
  constexpr Recipe kAll{Scheme::scram_sha_256, sasl::kScramIterationsMin, true, true};
  constexpr Recipe kPlain{Scheme::scram_sha_256, sasl::kScramIterationsMin};
  User alice = user("alice", 1);
  alice.verifier = make_verifier(kAll, "own").value();
  auto counted = [&alice](const Recipe& recipe, const Saltings& kept) {
    User changed = alice;
    changed.app_passwords = {{"Phone", {1}, 0, make_app_verifier(recipe, "one", kept)}};
    Directory directory;
    directory.apply({"alice", changed});
    return std::vector{directory.all_have_scram(sasl::ScramHash::sha_256),
                       directory.all_have_scram(sasl::ScramHash::sha_1), directory.all_have_cram()};
  };
  EXPECT_EQ(counted(kAll, alice.saltings()), (std::vector{true, true, true}));
  EXPECT_EQ(counted(kPlain, alice.saltings()), (std::vector{true, false, false}));
  EXPECT_EQ(counted(kAll, {}), (std::vector{false, false, true})) << "under a salt that no client is told";
  EXPECT_EQ(counted({Scheme::argon2id, 0}, {}), (std::vector{false, false, false}));
}

TEST(Directory, NotesTheDayOfAnAppPasswordsUse) {
  Directory directory;
  directory.apply({"alice", with_app_passwords().at("alice")});
  uint64_t id = directory.find("alice")->app_passwords[0].id();
  EXPECT_TRUE(directory.note_use("alice", id, 20'000));
  EXPECT_FALSE(directory.note_use("alice", id, 20'000));
  EXPECT_EQ(directory.find("alice")->app_passwords[0].used_day, 20'000U);
  EXPECT_FALSE(directory.note_use("alice", id + 1, 20'000));
  EXPECT_FALSE(directory.note_use("nobody", id, 20'000));
}

TEST(Directory, ListsInPages) {
  Directory directory;
  for (int i = 0; i < 25; ++i) directory.apply({std::to_string(100 + i), user(std::to_string(100 + i), 1)});
  std::vector<std::string> seen;
  for (std::string after;;) {
    std::vector<UserInfo> page = directory.list(after, 10);
    if (page.empty()) break;
    for (const UserInfo& info : page) seen.push_back(info.name);
    after = seen.back();
  }
  EXPECT_EQ(seen.size(), 25U);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST(Directory, KnowsWhetherAllCanUseScram) {
  Directory directory;
  EXPECT_TRUE(directory.all_have_scram(sasl::ScramHash::sha_256));
  directory.apply({"a", user("a", 1)});
  User argon = user("b", 2);
  argon.verifier = kArgon;
  directory.apply({"b", argon});
  EXPECT_FALSE(directory.all_have_scram(sasl::ScramHash::sha_256));
  directory.apply({"b", argon});
  directory.apply({"b", std::nullopt});
  EXPECT_TRUE(directory.all_have_scram(sasl::ScramHash::sha_256));
}

TEST(Directory, SurvivesAPowerCutAtEveryStep) {
  for (bool renames_survive : {false, true}) {
    for (int step = 1;; ++step) {
      testing::CrashDisk disk;
      Bytes before = format_users(users({"alice"}));
      Bytes after = format_users(users({"alice", "bob"}));
      ASSERT_TRUE(replace_file(disk, "/auth", "users", before));
      disk.cut_power_at(step);
      Result<> replaced = replace_file(disk, "/auth", "users", after);
      bool cut = disk.power_was_cut();
      disk.restart(renames_survive);
      Result<Directory> directory = Directory::load(disk, "/auth");
      ASSERT_TRUE(directory) << "step " << step << ": " << directory.error().text;
      EXPECT_NE(directory->find("alice"), nullptr);
      if (replaced) EXPECT_NE(directory->find("bob"), nullptr) << "acknowledged and lost";
      if (!cut) break;
    }
  }
}

TEST(Directory, StartsEmptyAndRefusesDamage) {
  testing::CrashDisk disk;
  EXPECT_EQ(Directory::load(disk, "/auth")->size(), 0U);
  ASSERT_TRUE(disk.write("/auth/users", "roost-users 5 0\n"));
  EXPECT_FALSE(Directory::load(disk, "/auth"));
}

TEST(Secret, IsMadeOnceAndKept) {
  testing::CrashDisk disk;
  sasl::Secret first = load_secret(disk, "/auth").value();
  disk.restart(false);
  sasl::Secret second = load_secret(disk, "/auth").value();
  EXPECT_EQ(first.view().size(), 32U);
  EXPECT_EQ(first.view(), second.view());
  ASSERT_TRUE(disk.write("/auth/secret", "short\n"));
  EXPECT_FALSE(load_secret(disk, "/auth"));
}

TEST(Secret, IsNotTakenFromALineThatIsDamaged) {
  testing::CrashDisk disk;
  sasl::Secret secret = load_secret(disk, "/auth").value();
  const Bytes line = *disk.read("/auth/secret").value();
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    Bytes damaged = line;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    ASSERT_TRUE(disk.write("/auth/secret", damaged));
    EXPECT_FALSE(load_secret(disk, "/auth")) << i;
  }
  ASSERT_TRUE(disk.write("/auth/secret", line.substr(0, line.find('\t')) + "\n"));  // as it was written before
  EXPECT_EQ(load_secret(disk, "/auth")->view(), secret.view());
}

class SystemFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/roost-auth-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern + "/auth";
    ASSERT_TRUE(system_files().make_directory(directory_));
    ASSERT_TRUE(system_files().make_directory(directory_));
  }
  void TearDown() override { std::filesystem::remove_all(std::filesystem::path(directory_).parent_path()); }

  std::string directory_;
};

TEST_F(SystemFilesTest, KeepsFilesForTheirOwnerOnly) {
  ASSERT_TRUE(replace_file(system_files(), directory_, "users", "one"));
  ASSERT_TRUE(replace_file(system_files(), directory_, "users", "two"));
  EXPECT_EQ(system_files().read(directory_ + "/users").value(), "two");
  EXPECT_EQ(system_files().read(directory_ + "/absent").value(), std::nullopt);
  struct stat status{};
  ASSERT_EQ(stat((directory_ + "/users").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  ASSERT_EQ(stat(directory_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(SystemFilesTest, TellsWhyItFailed) {
  Result<> written = replace_file(system_files(), directory_ + "/absent", "users", "one");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().text.find("No such file"), std::string::npos);
}

TEST_F(SystemFilesTest, LocksOutASecondProcess) {
  std::optional<DirectoryLock> first = DirectoryLock::acquire(directory_, Millis{0}).value();
  Result<DirectoryLock> second = DirectoryLock::acquire(directory_, Millis{0});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::in_use);
  EXPECT_EQ(second.error().text, directory_ + " is in use by process " + std::to_string(::getpid()));
  first.reset();
  EXPECT_TRUE(DirectoryLock::acquire(directory_, Millis{0}));
}

}  // namespace
}  // namespace roost::auth
