// A whole IMAP server in the simulator, on the memory store, and clients that talk to it over memory streams.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/accounts.h"
#include "auth/local.h"
#include "fmt/format.h"
#include "imapd/server.h"
#include "net/memory_peer_test.h"
#include "rt/simulated.h"
#include "store/memory/memory.h"

namespace roost::imapd {

class TestServer {
 public:
  explicit TestServer(ImapdConfig config = {}, uint64_t seed = 1, accounts::AccountsConfig accounts_config = {})
      : simulation(rt::make_simulation(seed)),
        store(disk.attach()),
        accounts(accounts::make_accounts(accounts_config, *store, simulation->loops(), simulation->pool(),
                                         simulation->clock())),
        authenticator(auth::make_memory_authenticator(loop(), simulation->pool())),
        services(std::move(config), *accounts, *authenticator) {
    add_user("alice", "secret");
  }

  rt::Loop& loop() { return simulation->loops().at(0); }

  void add_user(std::string name, std::string_view password) {
    AccountId account = simulation->wait(store->new_account_id()).value();
    simulation->wait(authenticator->add_user(std::move(name), account, auth::Secret(password))).value();
  }

  // Lets everything happen that can, and a little time pass.
  void settle(Millis time = Millis(40)) { simulation->run_for(time); }

  std::unique_ptr<rt::Simulation> simulation;
  store::MemoryDisk disk;
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<accounts::Accounts> accounts;
  std::unique_ptr<auth::Authenticator> authenticator;
  Services services;
};

class TestClient {
 public:
  explicit TestClient(TestServer& server, net::MemoryStreamOptions options = {}) : server_(server) {
    auto [mine, theirs] = net::make_memory_streams(server.loop(), server.loop(), std::move(options));
    rt::spawn(server.loop(), serve(std::move(theirs), server.services));
    peer_.emplace(server.loop(), std::move(mine));
    server.settle();
    greeting = take();
  }
  TestClient(TestServer& server, std::string_view mailbox) : TestClient(server) {
    log_in();
    select(mailbox);
  }
  ~TestClient() {
    peer_->abort();
    server_.settle();
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // Sends the octets as they are, lets things happen, and gives back everything that has come since.
  std::string send(std::string octets) {
    post(std::move(octets));
    server_.settle();
    return take();
  }
  // Only sends them: they are executed together with what another client sends next.
  void post(std::string octets) { peer_->write(std::move(octets)); }
  // One command with a tag of its own; the answer with the tag taken out: "* 1 EXISTS\r\nOK ...".
  std::string run(std::string_view command) {
    std::string tag = fmt::format("T{}", ++tags_);
    std::string answer = send(fmt::format("{} {}\r\n", tag, command));
    size_t at = answer.rfind(tag + " ");
    if (at != std::string::npos && (at == 0 || answer[at - 1] == '\n')) answer.erase(at, tag.size() + 1);
    return answer;
  }
  std::string log_in(std::string_view user = "alice", std::string_view password = "secret") {
    return run(fmt::format("LOGIN {} {}", user, password));
  }
  std::string select(std::string_view mailbox) { return run(fmt::format("SELECT {}", mailbox)); }
  std::string append(std::string_view mailbox, std::string_view message, std::string_view options = "") {
    return run(fmt::format("APPEND {} {}{{{}+}}\r\n{}", mailbox, options, message.size(), message));
  }
  std::string take() { return peer_->take(); }
  bool closed() const { return peer_->closed(); }

  std::string greeting;

 private:
  TestServer& server_;
  std::optional<net::MemoryPeer> peer_;
  int tags_ = 0;
};

}  // namespace roost::imapd
