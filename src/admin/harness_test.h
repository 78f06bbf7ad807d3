// Verbs on the memory store, in the simulator.
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
#include "admin/verb_run.h"
#include "admin/verbs.h"
#include "auth/local.h"
#include "rt/simulated.h"
#include "store/memory/memory.h"

namespace roost::admin {

struct Said {
  int status = -1;
  std::string out;
  std::string error;
};

class TestOutput final : public Output {
 public:
  explicit TestOutput(Said& said) : said_(said) {}
  task<> write(Frame frame) override {
    (frame.kind == Frame::Kind::standard_output ? said_.out : said_.error) += frame.data;
    co_return;
  }

 private:
  Said& said_;
};

class TestServer {
 public:
  TestServer()
      : simulation(rt::make_simulation(5)),
        store(disk.attach()),
        authenticator(auth::make_memory_authenticator(simulation->loops().at(0), simulation->pool())) {
    open();
  }
  ~TestServer() { stop(); }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  Said run(Request request) {
    Said said;
    TestOutput output(said);
    said.status = simulation->wait(run_verb(*services, std::move(request), output));
    return said;
  }
  Said run(std::string verb, std::vector<std::string> arguments = {}, std::string input = {}) {
    return run(Request{std::move(verb), std::move(arguments), {}, false, std::move(input)});
  }
  Json json(std::string verb, std::vector<std::string> arguments = {}, std::string input = {}) {
    return Json::parse(run(Request{std::move(verb), std::move(arguments), {}, true, std::move(input)}).out);
  }

  accounts::AccountPtr open(const std::string& user) {
    auto found = simulation->wait(authenticator->find_user(user)).value();
    return simulation->wait(accounts->open(found->account)).value();
  }

  // Forgets what is in memory, as a restart does.
  void restart() {
    close();
    open();
  }

  // The same after the store's node has gone down.
  void replace_store() {
    close();
    store = disk.attach();
    open();
  }

  std::unique_ptr<rt::Simulation> simulation;
  store::MemoryDisk disk;
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<accounts::Accounts> accounts;
  std::unique_ptr<auth::Authenticator> authenticator;
  std::optional<Services> services;

 private:
  void open() {
    accounts = accounts::make_accounts({}, *store, simulation->loops(), simulation->pool(), simulation->clock());
    services.emplace(Services{.accounts = *accounts,
                              .store = *store,
                              .authenticator = *authenticator,
                              .clock = simulation->clock(),
                              .status = {},
                              .wake_sessions = {}});
  }
  void close() {
    stop();
    services.reset();
    accounts.reset();
  }
  void stop() { simulation->wait(stop_accounts(accounts.get())); }
  static task<bool> stop_accounts(accounts::Accounts* accounts) {
    co_await accounts->stop();
    co_return true;
  }
};

}  // namespace roost::admin
