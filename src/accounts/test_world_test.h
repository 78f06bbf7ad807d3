// One disk and several nodes on it, in a simulation.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "accounts/accounts.h"
#include "accounts/pending.h"
#include "accounts/random.h"
#include "mail/checkpoint.h"
#include "message/card.h"
#include "message/parser.h"
#include "rt/gather.h"
#include "rt/simulated.h"
#include "store/memory/memory.h"

namespace roost::accounts {

struct TestNode {
  std::unique_ptr<store::MemoryStore> store;
  std::unique_ptr<Accounts> accounts;
};

class TestWorld {
 public:
  explicit TestWorld(uint64_t seed = 1, size_t loops = 2) : sim(rt::make_simulation(seed, loops)) {}
  ~TestWorld() {
    for (TestNode& node : nodes) {
      if (node.accounts) stop(node);
    }
  }

  TestNode& add_node(AccountsConfig config = {}, store::FaultPlan faults = {}) {
    TestNode node;
    node.store = disk.attach(faults);
    node.accounts = make_accounts(std::move(config), *node.store, sim->loops(), sim->pool(), sim->clock());
    nodes.push_back(std::move(node));
    return nodes.back();
  }
  void stop(TestNode& node) {
    node.store->set_faults({});
    wait_void(node.accounts->stop());
    node.accounts.reset();
  }

  template <class T>
  T wait(task<T> work) {
    return sim->wait(std::move(work));
  }
  void wait_void(task<> work) {
    sim->wait([](task<> w) -> task<bool> {
      co_await std::move(w);
      co_return true;
    }(std::move(work)));
  }
  AccountPtr open(TestNode& node, uint64_t id = 1) {
    auto account = wait(node.accounts->open(AccountId(id)));
    if (!account) ADD_FAILURE() << account.error().text;
    return account ? *account : nullptr;
  }
  // The result, which must be there.
  template <class R>
  R must(AccountPtr account, mail::Operation operation) {
    auto result = wait(account->execute(std::move(operation)));
    if (!result) {
      ADD_FAILURE() << result.error().text;
      return {};
    }
    return std::get<R>(*result);
  }
  mail::Mailbox inbox(const mail::SnapshotPtr& snapshot) { return *snapshot->find("INBOX"); }

  std::unique_ptr<rt::Simulation> sim;
  store::MemoryDisk disk;
  std::vector<TestNode> nodes;
};

inline std::string test_text(const std::string& subject, size_t size = 0) {
  return "From: a@b.example\r\nSubject: " + subject + "\r\n\r\ntext\r\n" + std::string(size, 'x');
}

inline mail::NewMessage test_message(const std::string& subject = "s") {
  std::string text = test_text(subject);
  mail::NewMessage message;
  message.size = text.size();
  message.card = std::make_shared<const Bytes>(message::encode_card(message::make_card(message::parse(text))));
  message.body = std::make_shared<const Bytes>(std::move(text));
  message.email_id = random_object_id();
  message.thread_id = random_object_id();
  return message;
}

inline mail::Append test_append(std::string mailbox = "INBOX", size_t count = 1) {
  mail::Append append{std::move(mailbox), {}};
  for (size_t i = 0; i < count; ++i) append.messages.push_back(test_message());
  return append;
}

// Empty if the account is in order.
inline std::vector<std::string> check(const AccountPtr& account, TestWorld& world) {
  mail::SnapshotPtr snapshot = account->snapshot();
  std::vector<MailboxId> ids;
  snapshot->for_each_mailbox([&](const mail::Mailbox& m) {
    ids.push_back(m.id());
    return true;
  });
  for (MailboxId id : ids) {
    if (auto loaded = world.wait(account->load(id)); !loaded) return {loaded.error().text};
  }
  return mail::check_snapshot(*account->snapshot());
}

}  // namespace roost::accounts
