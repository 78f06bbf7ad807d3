#include "auth/local_authenticator.h"

#include <gtest/gtest.h>

#include "auth/crash_disk_test.h"
#include "rt/simulated.h"
#include "sasl/scram_client_test.h"

namespace roost::auth {
namespace {

constexpr const char* kBare = "n=alice,r=clientnonce";

Origin home() { return {"192.0.2.0/24"}; }

class LocalAuthenticatorTest : public ::testing::Test {
 protected:
  void start(Scheme scheme = Scheme::scram_sha_256) {
    Config config;
    config.directory = "/auth";
    config.scheme = scheme;
    config.iterations = sasl::kScramIterationsMin;
    config.hash_queue_max = 8;
    start(std::move(config));
  }
  void start(Config config) {
    Ground ground{simulation_->loops().at(0), simulation_->pool(), disk_};
    auth_ = std::make_unique<LocalAuthenticator>(std::move(config), ground, Directory::load(disk_, "/auth").value(),
                                                 load_secret(disk_, "/auth").value(), std::nullopt);
  }
  void SetUp() override { start(); }

  template <class T>
  T wait(task<T> work) {
    return simulation_->wait(std::move(work));
  }
  Result<Login> log_in(std::string name, const char* password) {
    return wait(auth_->check_password(std::move(name), password, home()));
  }
  uint64_t hashes_of(std::string name, const char* password) {
    uint64_t before = hashes_checked();
    last_ = log_in(std::move(name), password);
    return hashes_checked() - before;
  }
  Result<ScramLogin> scram(const char* bare, const char* password, const char* gs2 = "n,,",
                           sasl::ScramHash hash = sasl::ScramHash::sha_256) {
    Result<ScramStep> first = begin(std::string(gs2) + bare, hash);
    if (!first) return std::unexpected(first.error());
    return wait(
        auth_->scram_finish(first->conversation, sasl::testing::answer(gs2, bare, first->message, password, hash)));
  }
  Result<ScramStep> begin(std::string client_first, sasl::ScramHash hash = sasl::ScramHash::sha_256) {
    return wait(auth_->scram_start({.hash = hash, .client_first = std::move(client_first)}, home()));
  }
  Result<Login> answer_cram(const char* name, const char* password) {
    Bytes digest = sasl::cram_digest(sasl::derive_cram(password), "<1@x>");
    return wait(auth_->check_credential(CramAnswer{name, "<1@x>", digest}, home()));
  }
  static Config with_older_mechanisms() {
    Config config;
    config.directory = "/auth";
    config.iterations = sasl::kScramIterationsMin;
    config.scram_sha_1 = true;
    config.cram_md5 = true;
    return config;
  }
  void add(const char* name, uint64_t account, const char* password = "s3cret") {
    ASSERT_TRUE(wait(auth_->add_user(name, AccountId(account), password)));
  }

  std::unique_ptr<rt::Simulation> simulation_ = rt::make_simulation(1, 2);
  testing::CrashDisk disk_;
  std::unique_ptr<LocalAuthenticator> auth_;
  Result<Login> last_;
};

TEST_F(LocalAuthenticatorTest, LogsInWithTheRightPasswordOnly) {
  add("Alice", 7);
  EXPECT_EQ(log_in("ALICE", "s3cret"), (Login{AccountId(7), "alice"}));
  Result<Login> wrong = log_in("alice", "S3cret");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), (Error{Error::Kind::no, Code::authentication_failed, "Authentication failed."}));
}

TEST_F(LocalAuthenticatorTest, SpendsTheSameAndSaysTheSameOnEveryFailure) {
  add("alice", 7);
  add("disabled", 8);
  ASSERT_TRUE(wait(auth_->set_disabled("disabled", true)));
  std::string long_name(5000, 'x');
  for (const auto& [name, password] : std::vector<std::pair<std::string, const char*>>{{"alice", "wrong"},
                                                                                       {"nobody", "wrong"},
                                                                                       {"disabled", "wrong"},
                                                                                       {"disabled", "s3cret"},
                                                                                       {"no body", "wrong"},
                                                                                       {"", "wrong"},
                                                                                       {"\xff", "wrong"},
                                                                                       {long_name, "wrong"},
                                                                                       {"alice", ""}}) {
    EXPECT_EQ(hashes_of(name, password), 1U) << name;
    ASSERT_FALSE(last_) << name;
    EXPECT_EQ(last_.error(), (Error{Error::Kind::no, Code::authentication_failed, "Authentication failed."})) << name;
  }
}

TEST_F(LocalAuthenticatorTest, HashesARepeatedLoginOnce) {
  add("alice", 7);
  EXPECT_EQ(hashes_of("alice", "s3cret"), 1U);
  EXPECT_EQ(hashes_of("alice", "s3cret"), 0U);
  EXPECT_TRUE(last_);
  EXPECT_EQ(hashes_of("alice", "wrong"), 1U);
  EXPECT_EQ(hashes_of("alice", "wrong"), 1U) << "a wrong password was remembered";
  simulation_->run_for(Seconds(601));
  EXPECT_EQ(hashes_of("alice", "s3cret"), 1U);
}

TEST_F(LocalAuthenticatorTest, ForgetsTheOldPasswordAtOnce) {
  add("alice", 7);
  ASSERT_TRUE(log_in("alice", "s3cret"));
  ASSERT_TRUE(wait(auth_->set_password("alice", "n3w")));
  EXPECT_FALSE(log_in("alice", "s3cret"));
  EXPECT_TRUE(log_in("alice", "n3w"));
  ASSERT_TRUE(wait(auth_->set_disabled("alice", true)));
  EXPECT_FALSE(log_in("alice", "n3w"));
  ASSERT_TRUE(wait(auth_->set_disabled("alice", false)));
  EXPECT_TRUE(log_in("alice", "n3w"));
  ASSERT_TRUE(wait(auth_->remove_user("alice")));
  EXPECT_FALSE(log_in("alice", "n3w"));
}

TEST_F(LocalAuthenticatorTest, RefusesALoginWhoseUserWentWhileItWasHashed) {
  add("alice", 7);
  std::optional<Result<Login>> login;
  auto attempt = [](LocalAuthenticator* auth, std::optional<Result<Login>>* out) -> task<> {
    *out = co_await auth->check_password("alice", "s3cret", home());
  };
  disk_.cut_power_at(-1);
  rt::spawn(simulation_->loops().at(1), attempt(auth_.get(), &login));
  ASSERT_TRUE(wait(auth_->remove_user("alice")));
  simulation_->run();
  ASSERT_TRUE(login);
  if (*login) EXPECT_EQ((*login)->account, AccountId(7)) << "only where it was decided before the removal";
  EXPECT_FALSE(log_in("alice", "s3cret"));
}

TEST_F(LocalAuthenticatorTest, SpeaksScram) {
  add("alice", 7);
  Result<ScramLogin> login = scram(kBare, "s3cret");
  ASSERT_TRUE(login) << login.error().text;
  EXPECT_EQ(login->login, (Login{AccountId(7), "alice"}));
  EXPECT_TRUE(login->message.starts_with("v="));
  EXPECT_EQ(scram(kBare, "wrong").error().code, Code::authentication_failed);
}

TEST_F(LocalAuthenticatorTest, ShowsAStrangerTheSameSaltEveryTime) {
  add("alice", 7);
  auto shown = [this](const char* bare) {
    Bytes message = begin(std::string("n,,") + bare)->message;
    return message.substr(message.find(",s="));
  };
  EXPECT_EQ(shown("n=nobody,r=abc"), shown("n=nobody,r=abc"));
  EXPECT_EQ(shown("n=Nobody,r=abc"), shown("n=nobody,r=abc"));
  EXPECT_NE(shown("n=nobody,r=abc"), shown("n=somebody,r=abc"));
  EXPECT_EQ(shown("n=nobody,r=abc").size(), shown(kBare).size());
  std::string before = shown("n=nobody,r=abc");
  start();
  EXPECT_EQ(shown("n=nobody,r=abc"), before) << "a restart changed it";
  EXPECT_EQ(scram("n=nobody,r=abc", "s3cret").error(), scram(kBare, "wrong").error());
}

TEST_F(LocalAuthenticatorTest, FinishesAScramConversationOnce) {
  add("alice", 7);
  ScramStep first = begin(std::string("n,,") + kBare).value();
  Bytes final = sasl::testing::answer("n,,", kBare, first.message, "s3cret");
  EXPECT_TRUE(wait(auth_->scram_finish(first.conversation, final)));
  EXPECT_EQ(wait(auth_->scram_finish(first.conversation, final)).error().code, Code::authentication_failed);
  EXPECT_EQ(wait(auth_->scram_finish(12345, final)).error().code, Code::authentication_failed);
}

TEST_F(LocalAuthenticatorTest, RefusesAScramLoginWhosePasswordChangedMeanwhile) {
  add("alice", 7);
  ScramStep first = begin(std::string("n,,") + kBare).value();
  ASSERT_TRUE(wait(auth_->set_password("alice", "n3w")));
  Bytes final = sasl::testing::answer("n,,", kBare, first.message, "s3cret");
  EXPECT_FALSE(wait(auth_->scram_finish(first.conversation, final)));
}

TEST_F(LocalAuthenticatorTest, LetsNobodyActAsSomebodyElse) {
  add("alice", 7);
  EXPECT_TRUE(scram(kBare, "s3cret", "n,a=Alice,"));
  EXPECT_EQ(scram(kBare, "s3cret", "n,a=bob,").error().code, Code::authorization_failed);
  EXPECT_EQ(scram(kBare, "wrong", "n,a=bob,").error().code, Code::authentication_failed);
}

TEST_F(LocalAuthenticatorTest, TakesBindingFlagsAsTheChannelIs) {
  add("alice", 7);
  EXPECT_TRUE(scram(kBare, "s3cret", "y,,"));
  EXPECT_FALSE(scram(kBare, "s3cret", "p=tls-exporter,,"));
  auto start = [this](const char* gs2, bool plus) {
    ScramStart offered{sasl::ScramHash::sha_256, plus, std::string(gs2) + kBare, {{"tls-exporter", "data"}}};
    return wait(auth_->scram_start(std::move(offered), home())).has_value();
  };
  EXPECT_FALSE(start("y,,", false));
  EXPECT_TRUE(start("n,,", false));
  EXPECT_FALSE(start("p=tls-exporter,,", false));
  EXPECT_TRUE(start("p=tls-exporter,,", true));
}

TEST_F(LocalAuthenticatorTest, LogsInWithOlderMechanismsWhereTheyAreAskedFor) {
  add("alice", 7);
  EXPECT_EQ(scram(kBare, "s3cret", "n,,", sasl::ScramHash::sha_1).error().code, Code::cannot);
  EXPECT_EQ(answer_cram("alice", "s3cret").error().code, Code::cannot);
  start(with_older_mechanisms());
  EXPECT_FALSE(auth_->policy().scram_sha_1 || auth_->policy().cram_md5) << "alice cannot";
  ASSERT_TRUE(log_in("alice", "s3cret"));
  EXPECT_TRUE(auth_->policy().scram_sha_1 && auth_->policy().cram_md5) << "now she can";
  EXPECT_TRUE(scram(kBare, "s3cret", "n,,", sasl::ScramHash::sha_1));
  EXPECT_FALSE(scram(kBare, "wrong", "n,,", sasl::ScramHash::sha_1));
  EXPECT_TRUE(scram(kBare, "s3cret"));
  EXPECT_EQ(answer_cram("Alice", "s3cret")->account, AccountId(7));
}

TEST_F(LocalAuthenticatorTest, SaysTheSameOfAWrongDigestAnUnknownAndADisabledUser) {
  start(with_older_mechanisms());
  add("alice", 7);
  add("bob", 8);
  ASSERT_TRUE(wait(auth_->set_disabled("bob", true)));
  Error failed{Error::Kind::no, Code::authentication_failed, "Authentication failed."};
  EXPECT_EQ(answer_cram("alice", "wrong").error(), failed);
  EXPECT_EQ(answer_cram("nobody", "s3cret").error(), failed);
  EXPECT_EQ(answer_cram("bob", "s3cret").error(), failed);
  EXPECT_EQ(begin("n,,n=nobody,r=abc", sasl::ScramHash::sha_1)->message.substr(7 + 24),
            begin("n,,n=nobody,r=abc", sasl::ScramHash::sha_1)->message.substr(7 + 24))
      << "a salt that stays";
}

TEST_F(LocalAuthenticatorTest, BelievesTheNameOfACertificateWhereItIsToldTo) {
  add("alice", 7);
  auto show = [this](const char* name) { return wait(auth_->check_credential(CertifiedName{name}, home())); };
  EXPECT_EQ(show("alice").error().code, Code::cannot);
  Config config = with_older_mechanisms();
  config.external = true;
  start(std::move(config));
  EXPECT_EQ(show("Alice")->account, AccountId(7));
  EXPECT_EQ(show("nobody").error().code, Code::authentication_failed);
  ASSERT_TRUE(wait(auth_->set_disabled("alice", true)));
  EXPECT_EQ(show("alice").error().code, Code::authentication_failed);
}

TEST_F(LocalAuthenticatorTest, LetsAnybodyInAsTheAnonymousUserToRead) {
  auto enter = [this] { return wait(auth_->check_credential(Nobody{}, home())); };
  EXPECT_FALSE(enter());
  Config config = with_older_mechanisms();
  config.anonymous_user = "Guest";
  start(std::move(config));
  EXPECT_FALSE(auth_->policy().anonymous) << "there is no such user yet";
  EXPECT_FALSE(enter());
  add("guest", 9);
  EXPECT_TRUE(auth_->policy().anonymous);
  EXPECT_EQ(enter(), (Login{AccountId(9), "guest", true}));
  ASSERT_TRUE(wait(auth_->set_disabled("guest", true)));
  EXPECT_FALSE(auth_->policy().anonymous);
  EXPECT_FALSE(enter());
}

TEST_F(LocalAuthenticatorTest, AnnouncesScramOnlyWhereAllCanUseIt) {
  EXPECT_TRUE(auth_->policy().scram_sha_256);
  start(Scheme::argon2id);
  EXPECT_FALSE(auth_->policy().scram_sha_256);
  EXPECT_FALSE(scram(kBare, "s3cret"));
  add("alice", 7);
  EXPECT_TRUE(log_in("alice", "s3cret"));
  EXPECT_EQ(hashes_of("nobody", "s3cret"), 1U);
  start(Scheme::scram_sha_256);
  EXPECT_FALSE(auth_->policy().scram_sha_256) << "alice cannot";
  ASSERT_TRUE(wait(auth_->set_password("alice", "n3w")));
  EXPECT_TRUE(auth_->policy().scram_sha_256);
}

TEST_F(LocalAuthenticatorTest, RenewsVerifiersOfAnotherConfigurationAtTheNextLogin) {
  start(Scheme::argon2id);
  add("alice", 7);
  start(Scheme::scram_sha_256);
  EXPECT_FALSE(log_in("alice", "wrong"));
  EXPECT_FALSE(auth_->policy().scram_sha_256);
  EXPECT_TRUE(log_in("alice", "s3cret"));
  EXPECT_TRUE(auth_->policy().scram_sha_256);
  Config config;
  config.directory = "/auth";
  config.iterations = 2 * sasl::kScramIterationsMin;
  start(std::move(config));
  EXPECT_TRUE(log_in("alice", "s3cret"));
  EXPECT_TRUE(begin(std::string("n,,") + kBare)->message.ends_with(",i=8192"));
  EXPECT_TRUE(scram(kBare, "s3cret"));
}

TEST_F(LocalAuthenticatorTest, DelaysGuessersAndNobodyElse) {
  add("alice", 7);
  auto took = [this](std::string name, const char* password, const char* block) {
    TimePoint start = simulation_->clock().now();
    last_ = wait(auth_->check_password(std::move(name), password, {block}));
    return std::chrono::duration_cast<Seconds>(simulation_->clock().now() - start);
  };
  for (int i = 0; i < 8; ++i) took("alice", "wrong", "198.51.100.0/24");
  EXPECT_GE(took("alice", "wrong", "198.51.100.0/24"), Seconds{8});
  EXPECT_GE(took("alice", "s3cret", "198.51.100.0/24"), Seconds{8});
  EXPECT_TRUE(last_) << "delayed, not refused";
  EXPECT_LT(took("alice", "s3cret", "192.0.2.0/24"), Seconds{1});
  EXPECT_TRUE(last_);
  for (int i = 0; i < 8; ++i) took("nobody", "wrong", "198.51.100.0/24");
  EXPECT_GE(took("nobody", "wrong", "198.51.100.0/24"), Seconds{8}) << "a stranger's name is told by its speed";
}

TEST_F(LocalAuthenticatorTest, HoldsBackACachedPasswordLikeAnyOther) {
  add("alice", 7);
  ASSERT_TRUE(log_in("alice", "s3cret"));
  for (int i = 0; i < 8; ++i) wait(auth_->check_password("alice", "wrong", {"198.51.100.0/24"}));
  TimePoint start = simulation_->clock().now();
  EXPECT_TRUE(wait(auth_->check_password("alice", "s3cret", {"198.51.100.0/24"})));
  EXPECT_GE(simulation_->clock().now() - start, Seconds{8});
}

TEST_F(LocalAuthenticatorTest, SaysUnavailableWhereTooManyHashesWait) {
  add("alice", 7);
  int unavailable = 0;
  auto attempt = [](LocalAuthenticator* auth, int i, int* count) -> task<> {
    Result<Login> login = co_await auth->check_password("alice" + std::to_string(i), "wrong", home());
    if (login.error().code == Code::unavailable) ++*count;
  };
  for (int i = 0; i < 64; ++i) rt::spawn(simulation_->loops().at(1), attempt(auth_.get(), i, &unavailable));
  simulation_->run();
  EXPECT_GT(unavailable, 0);
  EXPECT_LT(unavailable, 64);
  EXPECT_TRUE(log_in("alice", "s3cret"));
}

TEST_F(LocalAuthenticatorTest, KeepsUsersAcrossARestart) {
  add("alice", 7);
  add("bob", 8);
  ASSERT_TRUE(wait(auth_->set_disabled("bob", true)));
  disk_.restart(false);
  start();
  EXPECT_TRUE(log_in("alice", "s3cret"));
  UserInfo bob = wait(auth_->find_user("BOB"))->value();
  EXPECT_EQ(bob.account, AccountId(8));
  EXPECT_TRUE(bob.disabled);
  EXPECT_EQ(wait(auth_->find_user("carol")).value(), std::nullopt);
  EXPECT_EQ(wait(auth_->list_users(""))->size(), 2U);
  EXPECT_EQ(wait(auth_->list_users("alice"))->front().name, "bob");
  EXPECT_TRUE(wait(auth_->list_users("bob"))->empty());
}

TEST_F(LocalAuthenticatorTest, RefusesWhatCannotBe) {
  add("alice", 7);
  EXPECT_EQ(wait(auth_->add_user("Alice", AccountId(9), "x")).error().code, Code::already_exists);
  EXPECT_EQ(wait(auth_->add_user("a b", AccountId(9), "x")).error().code, Code::cannot);
  EXPECT_EQ(wait(auth_->add_user("bob", AccountId(0), "x")).error().code, Code::cannot);
  EXPECT_EQ(wait(auth_->add_user("bob", AccountId(9), "")).error().code, Code::cannot);
  EXPECT_EQ(wait(auth_->add_user("bob", AccountId(9), "a\nb")).error().code, Code::cannot);
  EXPECT_EQ(wait(auth_->add_user("bob", AccountId(9), std::string(1025, 'x'))).error().code, Code::cannot);
  EXPECT_EQ(wait(auth_->set_password("bob", "x")).error().code, Code::nonexistent);
  EXPECT_EQ(wait(auth_->set_disabled("bob", true)).error().code, Code::nonexistent);
  EXPECT_EQ(wait(auth_->remove_user("bob")).error().code, Code::nonexistent);
}

TEST_F(LocalAuthenticatorTest, BelievesNoChangeThatIsNotOnDisk) {
  add("alice", 7);
  disk_.cut_power_at(2);
  EXPECT_FALSE(wait(auth_->add_user("bob", AccountId(8), "s3cret")));
  EXPECT_FALSE(log_in("bob", "s3cret"));
  EXPECT_TRUE(log_in("alice", "s3cret"));
}

TEST_F(LocalAuthenticatorTest, MakesChangesOneAtATime) {
  auto adding = [](LocalAuthenticator* auth, int i) -> task<> {
    Result<UserInfo> added = co_await auth->add_user("user" + std::to_string(i), AccountId(1 + i), "s3cret");
    EXPECT_TRUE(added);
  };
  for (int i = 0; i < 20; ++i) rt::spawn(simulation_->loops().at(1), adding(auth_.get(), i));
  simulation_->run();
  disk_.restart(false);
  start();
  EXPECT_EQ(wait(auth_->list_users(""))->size(), 20U);
}

TEST_F(LocalAuthenticatorTest, AddsANameOnceHoweverManyAskAtOnce) {
  int added = 0;
  auto adding = [](LocalAuthenticator* auth, int i, int* count) -> task<> {
    Result<UserInfo> result = co_await auth->add_user("alice", AccountId(1 + i), "s3cret");
    *count += result ? 1 : 0;
  };
  for (int i = 0; i < 5; ++i) rt::spawn(simulation_->loops().at(1), adding(auth_.get(), i, &added));
  simulation_->run();
  EXPECT_EQ(added, 1);
}

class AppPasswordTest : public LocalAuthenticatorTest {
 protected:
  void SetUp() override {
    LocalAuthenticatorTest::SetUp();
    add("alice", 7);
    phone_ = add_app("alice", "Phone");
  }
  std::string add_app(std::string name, std::string device) {
    Result<NewAppPassword> made = wait(auth_->add_app_password(std::move(name), std::move(device)));
    EXPECT_TRUE(made);
    return made ? std::string(made->password.view()) : std::string();
  }
  std::vector<AppPasswordInfo> apps() { return wait(auth_->list_app_passwords("alice")).value(); }
  Login by(const char* device) {
    for (const AppPasswordInfo& app : apps()) {
      if (app.device == device) return {AccountId(7), "alice", false, device, app.id};
    }
    return {};
  }

  std::string phone_;
};

TEST_F(AppPasswordTest, LogsInWithoutASlowHash) {
  std::string laptop = add_app("ALICE", "Laptop");
  EXPECT_EQ(hashes_of("Alice", phone_.c_str()), 0U);
  EXPECT_EQ(last_, by("Phone"));
  EXPECT_EQ(hashes_of("alice", laptop.c_str()), 0U);
  EXPECT_EQ(last_, by("Laptop"));
  EXPECT_EQ(hashes_of("alice", "s3cret"), 1U);
  EXPECT_EQ(last_, (Login{AccountId(7), "alice"}));
}

TEST_F(AppPasswordTest, IsNoPasswordOfAnybodyElse) {
  add("bob", 8);
  EXPECT_EQ(hashes_of("bob", phone_.c_str()), 1U);
  EXPECT_FALSE(last_);
}

TEST_F(AppPasswordTest, CostsTheSameWhereItFails) {
  for (const char* password : {"wrong", "", "abcde-fghij-kmnpq-rstuv"}) EXPECT_EQ(hashes_of("alice", password), 1U);
  ASSERT_TRUE(wait(auth_->set_disabled("alice", true)));
  EXPECT_EQ(hashes_of("alice", phone_.c_str()), 1U) << "the right password of a disabled user was told by its time";
  EXPECT_FALSE(last_);
  EXPECT_FALSE(scram(kBare, phone_.c_str()));
  EXPECT_EQ(last_.error(), (Error{Error::Kind::no, Code::authentication_failed, "Authentication failed."}));
}

TEST_F(AppPasswordTest, SpeaksScramBesideTheUsersOwn) {
  std::string laptop = add_app("alice", "Laptop");
  EXPECT_EQ(scram(kBare, phone_.c_str())->login, by("Phone"));
  EXPECT_EQ(scram(kBare, laptop.c_str())->login, by("Laptop"));
  EXPECT_EQ(scram(kBare, "s3cret")->login, (Login{AccountId(7), "alice"}));
  EXPECT_EQ(scram(kBare, "wrong").error().code, Code::authentication_failed);
  EXPECT_EQ(scram(kBare, phone_.c_str(), "n,a=bob,").error().code, Code::authorization_failed);
}

TEST_F(AppPasswordTest, StaysWhenTheUsersOwnChanges) {
  ASSERT_TRUE(wait(auth_->set_password("alice", "n3w")));
  EXPECT_TRUE(auth_->policy().scram_sha_256);
  EXPECT_EQ(log_in("alice", phone_.c_str()), by("Phone"));
  EXPECT_EQ(scram(kBare, phone_.c_str())->login, by("Phone"));
  EXPECT_TRUE(scram(kBare, "n3w"));
  EXPECT_FALSE(scram(kBare, "s3cret"));
}

TEST_F(AppPasswordTest, IsGoneAtOnceWhenItIsRemoved) {
  std::string laptop = add_app("alice", "Laptop");
  ScramStep first = begin(std::string("n,,") + kBare).value();
  Bytes final = sasl::testing::answer("n,,", kBare, first.message, phone_);
  Login before = by("Phone");
  Result<AppPasswordInfo> removed = wait(auth_->remove_app_password("Alice", "Phone"));
  ASSERT_TRUE(removed);
  EXPECT_EQ(removed->id, before.app_password_id);
  EXPECT_EQ(wait(auth_->scram_finish(first.conversation, final)).error().code, Code::authentication_failed)
      << "in the middle of an exchange";
  EXPECT_FALSE(log_in("alice", phone_.c_str()));
  EXPECT_EQ(log_in("alice", laptop.c_str()), by("Laptop"));
  EXPECT_EQ(wait(auth_->remove_app_password("alice", "Phone")).error().code, Code::nonexistent);
  add_app("alice", "Phone");
  EXPECT_NE(by("Phone").app_password_id, before.app_password_id);
}

TEST_F(AppPasswordTest, OutlivesARestart) {
  std::vector<AppPasswordInfo> before = apps();
  disk_.restart(false);
  start();
  EXPECT_EQ(apps(), before);
  EXPECT_EQ(log_in("alice", phone_.c_str()), by("Phone"));
}

TEST_F(AppPasswordTest, ComesInLimitedNumbersEachForAnotherDevice) {
  EXPECT_EQ(wait(auth_->add_app_password("alice", "Phone")).error().code, Code::already_exists);
  EXPECT_EQ(wait(auth_->add_app_password("alice", "")).error().code, Code::cannot);
  EXPECT_EQ(wait(auth_->add_app_password("nobody", "Phone")).error().code, Code::nonexistent);
  EXPECT_EQ(wait(auth_->list_app_passwords("nobody")).error().code, Code::nonexistent);
  EXPECT_EQ(wait(auth_->remove_app_password("nobody", "Phone")).error().code, Code::nonexistent);
  for (size_t i = 1; i < kAppPasswordsPerUserMax; ++i) add_app("alice", "device " + std::to_string(i));
  EXPECT_EQ(wait(auth_->add_app_password("alice", "one more")).error().code, Code::limit);
  EXPECT_EQ(apps().size(), kAppPasswordsPerUserMax);
  EXPECT_EQ(scram(kBare, phone_.c_str())->login, by("Phone"));
}

TEST_F(AppPasswordTest, ShowsTheDayOfItsLastUseAndWritesItOnceAnHour) {
  EXPECT_EQ(apps()[0].used_day, 0U);
  ASSERT_TRUE(log_in("alice", phone_.c_str()));
  uint32_t today = apps()[0].used_day;
  EXPECT_GT(today, 0U);
  start();
  EXPECT_EQ(apps()[0].used_day, today) << "the first is written at once";
  ASSERT_TRUE(scram(kBare, phone_.c_str()));
  std::string laptop = add_app("alice", "Laptop");
  ASSERT_TRUE(log_in("alice", laptop.c_str()));
  simulation_->run_for(Seconds(3601));
  Bytes before = disk_.read("/auth/users").value().value();
  ASSERT_TRUE(log_in("alice", phone_.c_str()));
  ASSERT_TRUE(log_in("alice", laptop.c_str()));
  EXPECT_EQ(disk_.read("/auth/users").value().value() == before, today == apps()[0].used_day);
  simulation_->run_for(Seconds(86'400));
  ASSERT_TRUE(log_in("alice", laptop.c_str()));
  EXPECT_EQ(apps()[1].used_day, apps()[0].used_day + 1);
}

TEST_F(AppPasswordTest, NeedsNoDiskToLogIn) {
  disk_.cut_power_at(1);
  EXPECT_EQ(log_in("alice", phone_.c_str()), by("Phone"));
  EXPECT_EQ(log_in("alice", phone_.c_str()), by("Phone"));
}

TEST_F(AppPasswordTest, LearnsOlderMechanismsWhenItIsShown) {
  start(with_older_mechanisms());
  ASSERT_TRUE(log_in("alice", "s3cret"));
  EXPECT_FALSE(auth_->policy().scram_sha_1 || auth_->policy().cram_md5) << "her phone cannot";
  ASSERT_TRUE(log_in("alice", phone_.c_str()));
  EXPECT_TRUE(auth_->policy().scram_sha_1 && auth_->policy().cram_md5) << "now it can";
  EXPECT_EQ(scram(kBare, phone_.c_str(), "n,,", sasl::ScramHash::sha_1)->login, by("Phone"));
  EXPECT_EQ(scram(kBare, phone_.c_str())->login, by("Phone"));
  EXPECT_EQ(answer_cram("Alice", phone_.c_str()), by("Phone"));
  EXPECT_EQ(answer_cram("alice", "s3cret"), (Login{AccountId(7), "alice"}));
  EXPECT_EQ(answer_cram("alice", "wrong").error().code, Code::authentication_failed);
  ASSERT_TRUE(wait(auth_->remove_app_password("alice", "Phone")));
  EXPECT_EQ(answer_cram("alice", phone_.c_str()).error().code, Code::authentication_failed);
}

TEST_F(AppPasswordTest, WorksWithArgon2idAndComesBackToScram) {
  start(Scheme::argon2id);
  add("bob", 8);
  std::string tablet = add_app("bob", "Tablet");
  EXPECT_EQ(hashes_of("bob", tablet.c_str()), 0U);
  EXPECT_TRUE(last_);
  EXPECT_EQ(hashes_of("bob", "wrong"), 1U);
  start();
  EXPECT_FALSE(auth_->policy().scram_sha_256) << "bob cannot";
  ASSERT_TRUE(log_in("bob", tablet.c_str()));
  EXPECT_FALSE(auth_->policy().scram_sha_256) << "his tablet can, with his own password he cannot";
  ASSERT_TRUE(log_in("bob", "s3cret"));
  EXPECT_TRUE(auth_->policy().scram_sha_256);
  EXPECT_EQ(scram("n=bob,r=abc", tablet.c_str())->login.device, "Tablet");
  EXPECT_EQ(scram("n=bob,r=abc", "s3cret")->login.device, "");
}

TEST_F(AppPasswordTest, KeepsTheCountThatItWasMadeUnder) {
  Config config;
  config.directory = "/auth";
  config.iterations = 2 * sasl::kScramIterationsMin;
  start(std::move(config));
  Bytes before = disk_.read("/auth/users").value().value();
  ASSERT_TRUE(log_in("alice", "s3cret"));
  EXPECT_EQ(disk_.read("/auth/users").value().value(), before) << "the phone could not log in any more";
  EXPECT_EQ(scram(kBare, phone_.c_str())->login, by("Phone"));
  ASSERT_TRUE(wait(auth_->remove_app_password("alice", "Phone")));
  ASSERT_TRUE(wait(auth_->set_password("alice", "n3w")));
  EXPECT_NE(begin(std::string("n,,") + kBare)->message.find(",i=8192"), Bytes::npos);
}

}  // namespace
}  // namespace roost::auth
