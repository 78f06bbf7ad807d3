// An LMTP server in the simulator, on the memory store, and a client that talks to it over a memory stream.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/accounts.h"
#include "auth/local.h"
#include "lmtpd/session.h"
#include "net/memory_peer_test.h"
#include "rt/simulated.h"
#include "store/memory/memory.h"

namespace roost::lmtpd {

inline LmtpConfig test_config() {
  LmtpConfig config;
  config.host_name = "mail.example.org";
  config.local_domains = {"localhost", "example.org"};
  config.message_bytes_max = 1'000'000;
  config.recipients_max = 5;
  return config;
}

class TestServer {
 public:
  explicit TestServer(LmtpConfig config = test_config())
      : simulation(rt::make_simulation(7)),
        store(disk.attach()),
        accounts(accounts::make_accounts({}, *store, simulation->loops(), simulation->pool(), simulation->clock())),
        authenticator(auth::make_memory_authenticator(loop(), simulation->pool())),
        services(std::move(config), *accounts, *authenticator, simulation->clock()) {
    for (const char* name : {"alice", "bob", "carol@example.net"}) add_user(name);
  }
  ~TestServer() {
    store->set_faults({});
    simulation->wait(stop());
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  rt::Loop& loop() { return simulation->loops().at(0); }

  void add_user(const std::string& name) {
    ids_[name] = simulation->wait(store->new_account_id()).value();
    simulation->wait(authenticator->add_user(name, ids_[name], auth::Secret("secret"))).value();
  }
  // From now on the account cannot be opened. For one that nobody has opened yet.
  void damage(const std::string& user) {
    store::Commit commit{Position(0), {}, "not a record", {}};
    ASSERT_EQ(simulation->wait(store->commit(id(user), std::move(commit))).outcome, store::Outcome::ok);
  }
  void retire(const std::string& user) { simulation->wait(retire(id(user))); }
  AccountId id(const std::string& user) const { return ids_.at(user); }
  accounts::AccountPtr open(const std::string& user) { return simulation->wait(accounts->open(ids_.at(user))).value(); }
  void create(const std::string& user, const std::string& mailbox) {
    ASSERT_TRUE(simulation->wait(open(user)->execute(mail::CreateMailbox{mailbox, {}})));
  }

  void limit(const std::string& user, mail::QuotaLimits limits) {
    ASSERT_TRUE(simulation->wait(open(user)->execute(mail::SetQuota{limits})));
  }

  // Every message of a mailbox, whole.
  std::vector<std::string> messages(const std::string& user, const std::string& mailbox = "INBOX") {
    auto account = open(user);
    auto snapshot = simulation->wait(account->load(account->snapshot()->find(mailbox)->id())).value();
    std::vector<BlobId> bodies;
    snapshot->find(mailbox)->for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& row, const mail::Hot&) {
      bodies.push_back(row.blob);
      return true;
    });
    std::vector<std::string> out;
    for (BlobId body : bodies) out.push_back(simulation->wait(account->body(body, {0, UINT64_MAX})).value());
    return out;
  }

  // Lets everything happen that can, and a little time pass.
  void settle(Millis time = Millis(40)) { simulation->run_for(time); }

  std::unique_ptr<rt::Simulation> simulation;
  store::MemoryDisk disk;
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<accounts::Accounts> accounts;
  std::unique_ptr<auth::Authenticator> authenticator;
  Services services;

 private:
  task<bool> retire(AccountId account) {
    co_await accounts->retire(account);
    co_return true;
  }
  task<bool> stop() {
    co_await accounts->stop();
    co_return true;
  }
  std::map<std::string, AccountId> ids_;
};

class TestClient {
 public:
  explicit TestClient(TestServer& server, net::MemoryStreamOptions options = {}) : server_(server) {
    auto [mine, theirs] = net::make_memory_streams(server.loop(), server.loop(), std::move(options));
    server_end_ = theirs.get();
    rt::spawn(server.loop(), serve(std::move(theirs), server.services));
    peer_.emplace(server.loop(), std::move(mine));
    server.settle();
    greeting = peer_->take();
  }
  ~TestClient() { hang_up(); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // Sends the octets as they are, lets things happen, and gives back all that has come since.
  std::string send(std::string octets) {
    peer_->write(std::move(octets));
    server_.settle();
    return peer_->take();
  }
  // The same, and of the answers the codes only: "250 550".
  std::string codes(std::string octets) {
    std::string answers = send(std::move(octets));
    std::string out;
    for (size_t at = 0; at < answers.size(); at = answers.find('\n', at) + 1) {
      if (answers[at + 3] == '-') continue;
      out += (out.empty() ? "" : " ") + answers.substr(at, 3);
    }
    return out;
  }
  void hang_up() {
    peer_->abort();
    server_.settle();
  }
  bool closed() const { return peer_->closed(); }
  net::Stream& server_end() { return *server_end_; }  // while it lives

  std::string greeting;

 private:
  TestServer& server_;
  std::optional<net::MemoryPeer> peer_;
  net::Stream* server_end_ = nullptr;
};

inline const std::string kMessage = "Subject: hello\r\n\r\nworld\r\n";

}  // namespace roost::lmtpd
