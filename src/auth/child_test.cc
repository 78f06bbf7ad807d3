// The real child: this test program starts itself again as `roost auth`, as the server does.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "auth/client.h"
#include "auth/directory.h"
#include "auth/server.h"
#include "rt/real.h"

namespace roost::auth {
namespace {

class ChildTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/roost-child-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    top_ = pattern;
    config_.directory = top_ + "/auth";
    config_.hash_queue_max = 1024;
    runner_ = std::thread([this] { loops_->run(); });
  }
  void TearDown() override {
    auth_.reset();
    loops_->stop();
    runner_.join();
    std::filesystem::remove_all(top_);
  }
  void spawn_child() {
    auto made = spawn_auth_child(config_);
    ASSERT_TRUE(made) << made.error().text;
    auth_ = *std::move(made);
  }

  // Runs `work` on a loop and waits for its value.
  template <class T>
  T wait(task<T> work, size_t loop = 0) {
    struct Slot {
      std::mutex mutex;
      std::condition_variable filled;
      std::optional<T> value;
    } slot;
    auto fill = [](task<T> inner, Slot* out) -> task<> {
      T value = co_await std::move(inner);
      std::lock_guard lock(out->mutex);
      out->value = std::move(value);
      out->filled.notify_one();
    };
    rt::spawn(loops_->at(loop), fill(std::move(work), &slot));
    std::unique_lock lock(slot.mutex);
    slot.filled.wait(lock, [&slot] { return slot.value.has_value(); });
    return *std::move(slot.value);
  }
  Result<Login> log_in(const char* name, const char* password) {
    return wait(auth_->check_password(name, password, {"192.0.2.0/24"}));
  }

  static bool is_auth(const std::filesystem::path& process) {
    std::ifstream file(process / "cmdline");
    std::string text;
    return std::getline(file, text) && text == std::string("roost\0auth\0", 11);
  }

  // The `roost auth` processes whose parent is `parent`.
  static std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> out;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "stat");
      std::string text;
      if (!std::getline(file, text)) continue;
      size_t at = text.rfind(')') + 4;
      if (std::stol(text.substr(at)) == parent && text[at - 2] != 'Z')
        out.push_back(std::stoi(entry.path().filename()));
    }
    return out;
  }
  // Nullopt, and a failed test, where there is none or more than one: never a number that kill() takes for many.
  static std::optional<pid_t> only_child_of(std::optional<pid_t> parent) {
    std::vector<pid_t> children = parent ? children_of(*parent) : std::vector<pid_t>();
    EXPECT_EQ(children.size(), 1U);
    if (children.size() != 1 || children[0] <= 1) return std::nullopt;
    return children[0];
  }

  std::string top_;
  Config config_;
  std::unique_ptr<rt::RealLoops> loops_ = rt::make_loops(2);
  std::thread runner_;
  std::unique_ptr<Authenticator> auth_;
};

TEST_F(ChildTest, AnswersEverythingThatALocalOneDoes) {
  spawn_child();
  EXPECT_TRUE(auth_->policy().scram_sha_256);
  EXPECT_EQ(wait(auth_->add_user("Alice", AccountId(7), "s3cret"))->name, "alice");
  EXPECT_EQ(wait(auth_->add_user("alice", AccountId(8), "s3cret")).error().code, Code::already_exists);
  EXPECT_EQ(log_in("alice", "s3cret"), (Login{AccountId(7), "alice"}));
  EXPECT_EQ(log_in("alice", "wrong").error(),
            (Error{Error::Kind::no, Code::authentication_failed, "Authentication failed."}));
  EXPECT_TRUE(wait(auth_->set_password("alice", "n3w")));
  EXPECT_TRUE(log_in("alice", "n3w"));
  EXPECT_TRUE(wait(auth_->set_disabled("alice", true)));
  EXPECT_TRUE(wait(auth_->find_user("alice"))->value().disabled);
  EXPECT_EQ(wait(auth_->list_users(""))->size(), 1U);
  EXPECT_EQ(wait(auth_->scram_start({.client_first = "rubbish"}, {})).error().kind, Error::Kind::bad);
  EXPECT_TRUE(wait(auth_->scram_start({.client_first = "n,,n=alice,r=abc"}, {}))->message.starts_with("r=abc"));
  EXPECT_EQ(wait(auth_->check_credential(CertifiedName{"alice"}, {})).error().code, Code::cannot);
  EXPECT_EQ(wait(auth_->scram_finish(1, "rubbish")).error().kind, Error::Kind::bad);
  EXPECT_EQ(wait(auth_->remove_user("alice"))->account, AccountId(7));
  EXPECT_EQ(wait(auth_->find_user("alice")).value(), std::nullopt);
}

TEST_F(ChildTest, ServesManyAtOnce) {
  spawn_child();
  ASSERT_TRUE(wait(auth_->add_user("alice", AccountId(7), "s3cret")));
  ASSERT_TRUE(log_in("alice", "s3cret"));
  auto many = [](Authenticator* auth, rt::Loop* loop) -> task<int> {
    int found = 0;
    for (int i = 0; i < 500; ++i) {
      auto user = co_await auth->find_user("alice");
      found += user && *user && rt::Loop::current() == loop ? 1 : 0;
    }
    co_return found;
  };
  std::thread other([&] { EXPECT_EQ(wait(many(auth_.get(), &loops_->at(1)), 1), 500); });
  EXPECT_EQ(wait(many(auth_.get(), &loops_->at(0))), 500);
  other.join();
}

TEST_F(ChildTest, ComesBackWithItsUsersWhenTheWorkerDies) {
  spawn_child();
  ASSERT_TRUE(wait(auth_->add_user("alice", AccountId(7), "s3cret")));
  std::optional<pid_t> worker = only_child_of(only_child_of(::getpid()));
  ASSERT_TRUE(worker);
  ASSERT_EQ(::kill(*worker, SIGKILL), 0);
  // Until it is back, each attempt is told so, or waits for it.
  auto retry = [](Authenticator* auth, rt::Loop* loop) -> task<Result<Login>> {
    for (;;) {
      Result<Login> login = co_await auth->check_password("alice", "s3cret", {"192.0.2.0/24"});
      if (login || login.error().code != Code::unavailable) co_return login;
      co_await loop->sleep(Millis{20});
    }
  };
  EXPECT_TRUE(wait(retry(auth_.get(), &loops_->at(0))));
}

TEST_F(ChildTest, ComesBackWhenBothItsProcessesDie) {
  spawn_child();
  ASSERT_TRUE(wait(auth_->add_user("alice", AccountId(7), "s3cret")));
  std::optional<pid_t> watcher = only_child_of(::getpid());
  std::optional<pid_t> worker = only_child_of(watcher);
  ASSERT_TRUE(watcher && worker);
  ASSERT_EQ(::kill(*watcher, SIGKILL), 0);
  ASSERT_EQ(::kill(*worker, SIGKILL), 0);
  auto retry = [](Authenticator* auth, rt::Loop* loop) -> task<Result<Login>> {
    for (;;) {
      Result<Login> login = co_await auth->check_password("alice", "s3cret", {"192.0.2.0/24"});
      if (login || login.error().code != Code::unavailable) co_return login;
      co_await loop->sleep(Millis{20});
    }
  };
  EXPECT_TRUE(wait(retry(auth_.get(), &loops_->at(0))));
}

TEST_F(ChildTest, LeavesNoProcessBehind) {
  spawn_child();
  std::optional<pid_t> worker = only_child_of(only_child_of(::getpid()));
  ASSERT_TRUE(worker);
  auth_.reset();
  EXPECT_TRUE(children_of(::getpid()).empty());
  EXPECT_NE(::kill(*worker, 0), 0);
}

TEST_F(ChildTest, ListsMoreUsersThanOneMessageHolds) {
  std::string verifier = sasl::format_scram({"0123456789abcdef", sasl::kScramIterationsMin, {}, {}});
  Users users;
  for (int i = 0; i < 2500; ++i) {
    std::string name = std::string(200, 'x') + std::to_string(10'000 + i);
    users.emplace(name, User{name, AccountId(7), {1'700'000'000}, false, verifier});
  }
  std::filesystem::create_directory(config_.directory);
  std::ofstream(config_.directory + "/users") << format_users(users);
  spawn_child();
  size_t seen = 0;
  for (std::string after;;) {
    std::vector<UserInfo> page = wait(auth_->list_users(after)).value();
    if (page.empty()) break;
    seen += page.size();
    after = page.back().name;
  }
  EXPECT_EQ(seen, users.size());
}

TEST_F(ChildTest, SaysWhyItCannotStart) {
  std::filesystem::create_directory(config_.directory);
  std::ofstream(config_.directory + "/users") << "roost-users 1\nrubbish\n";
  auto made = spawn_auth_child(config_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::corruption);
  EXPECT_NE(made.error().text.find("line 2"), std::string::npos) << made.error().text;
  EXPECT_TRUE(children_of(::getpid()).empty());
}

TEST_F(ChildTest, RefusesAConfigurationThatIsOutOfBounds) {
  config_.iterations = 1000;
  EXPECT_EQ(spawn_auth_child(config_).error().code, Code::cannot);
}

TEST_F(ChildTest, BecomesTheUserThatIsConfigured) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  config_.user = "nobody";
  std::filesystem::permissions(top_, std::filesystem::perms::all);
  spawn_child();
  ASSERT_TRUE(wait(auth_->add_user("alice", AccountId(7), "s3cret")));
  std::optional<pid_t> worker = only_child_of(only_child_of(::getpid()));
  ASSERT_TRUE(worker);
  std::ifstream status("/proc/" + std::to_string(*worker) + "/status");
  std::string text((std::istreambuf_iterator<char>(status)), {});
  EXPECT_EQ(text.find("Uid:\t0\t"), std::string::npos);
  EXPECT_NE(text.find("NoNewPrivs:\t1"), std::string::npos);
}

TEST_F(ChildTest, NeedsNoWayThroughTheDirectoriesAboveItsOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  config_.user = "nobody";
  spawn_child();
  ASSERT_TRUE(wait(auth_->add_user("alice", AccountId(7), "s3cret")));
  auth_.reset();
  spawn_child();
  EXPECT_TRUE(log_in("alice", "s3cret"));
  EXPECT_NE(std::filesystem::status(config_.directory + "/users").type(), std::filesystem::file_type::not_found);
}

TEST_F(ChildTest, SaysThatThereIsNoSuchUser) {
  config_.user = "no-such-user-here";
  auto made = spawn_auth_child(config_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().text, "there is no user 'no-such-user-here'");
}

TEST_F(ChildTest, IsConfinedUnlessToldOtherwise) {
  auto filtered = [](pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    std::string text((std::istreambuf_iterator<char>(status)), {});
    return text.find("Seccomp:\t2") != std::string::npos;
  };
  spawn_child();
  std::optional<pid_t> watcher = only_child_of(::getpid());
  std::optional<pid_t> worker = only_child_of(watcher);
  ASSERT_TRUE(watcher && worker);
  EXPECT_TRUE(filtered(*watcher) && filtered(*worker));
  auth_.reset();
  config_.sandbox = false;
  spawn_child();
  worker = only_child_of(only_child_of(::getpid()));
  ASSERT_TRUE(worker);
  EXPECT_FALSE(filtered(*worker));
}

}  // namespace
}  // namespace roost::auth

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "auth") == 0) ::_exit(roost::auth::run_auth_child(roost::auth::kChildSocketFd));
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
