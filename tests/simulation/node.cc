#include "node.h"

#include "accounts/search_index.h"
#include "accounts/transfers.h"

namespace roost::simulation {
namespace {

// Small, so that much happens soon: checkpoints, collections, accounts that are closed, bodies that are streamed.
accounts::AccountsConfig accounts_config(uint64_t number, Dice& dice) {
  accounts::AccountsConfig config;
  config.open_bytes_max = dice.chance(30) ? 0 : size_t{1} << 20;
  config.tail_records_max = static_cast<uint32_t>(dice.between(3, 40));
  config.tail_bytes_min = size_t{1} << 30;
  config.inline_body_bytes_max = 300;
  config.combine_operations_max = static_cast<uint32_t>(dice.between(1, 8));
  config.retention_seconds = static_cast<int64_t>(dice.between(10, 200));
  if (number % 3 == 1) config.retention_free_bytes_min = uint64_t{1} << 30;
  config.dropped_page_grace_seconds = static_cast<int64_t>(dice.between(30, 100));
  config.maintenance_walk_seconds = static_cast<int64_t>(dice.between(15, 60));
  return config;
}

imapd::ImapdConfig imap_config(Dice& dice) {
  imapd::ImapdConfig config;
  config.starttls = false;
  if (dice.chance(20)) config.batch_bodies = 1;
  if (dice.chance(20)) config.batch_bytes = 100;
  return config;
}

// As the server does before it listens.
task<> settle(accounts::Accounts* accounts, store::AccountStore* store, bool* done) {
  (void)co_await accounts::settle_moves(*accounts, *store);
  *done = true;
}

task<> execute_on(accounts::Accounts* accounts, AccountId id, mail::Operation operation, Node::Answer answer) {
  Result<accounts::AccountPtr> account = co_await accounts->open(id);
  if (account) {
    answer->emplace(co_await (*account)->execute(std::move(operation)));
  } else {
    answer->emplace(std::unexpected(account.error()));
  }
}

}  // namespace

Node::Node(rt::Simulation& simulation, store::MemoryDisk& disk, const std::map<std::string, AccountId>& users,
           uint64_t number, Dice& dice)
    : number_(number),
      machine_(simulation.add_machine(dice.between(1, 2))),
      store_(disk.attach()),
      accounts_(accounts::make_accounts(accounts_config(number, dice), *store_, machine_.loops(), machine_.pool(),
                                        machine_.clock())),
      users_(users),
      imap_(imap_config(dice), *accounts_, users_),
      lmtp_(lmtpd::LmtpConfig(), *accounts_, users_, machine_.clock()) {
  if (number_ % 3 != 0) accounts::keep_search_index(*accounts_);  // one that keeps none drops it when bodies go
  rt::spawn(machine_.loops().at(0), settle(accounts_.get(), store_.get(), &ready_));
}

void Node::kill() {
  alive_ = false;
  machine_.kill();
  store_->crash();
}

void Node::trouble(const Plan& plan, Dice& dice) {
  store::FaultPlan faults{.seed = dice.next()};
  auto rate = [&](Fault fault, uint64_t most) {
    return plan.has(fault) && dice.chance(60) ? static_cast<uint32_t>(dice.below(most)) : 0;
  };
  faults.conflict_permille = rate(Fault::conflict, 300);
  faults.unknown_stored_permille = rate(Fault::unknown, 200);
  faults.unknown_not_stored_permille = rate(Fault::unknown, 200);
  faults.unknown_late_permille = rate(Fault::late, 200);
  faults.unavailable_permille = rate(Fault::unavailable, 100);
  faults.lost_hint_permille = rate(Fault::hints, 1'001);
  faults.hint_delay_ms_max = Millis(rate(Fault::hints, 2'000));
  faults.delay_ms_max = Millis(rate(Fault::slow, 300));
  store_->set_faults(faults);
}

void Node::execute(AccountId account, mail::Operation operation, Answer answer) {
  rt::spawn(machine_.loops().at(0), execute_on(accounts_.get(), account, std::move(operation), std::move(answer)));
}

void Node::calm() { store_->set_faults({}); }

std::unique_ptr<net::Stream> Node::connect(Protocol protocol, rt::Loop& client, Dice& dice) {
  net::MemoryStreamOptions options;
  if (dice.chance(10)) options.buffer_bytes_max = 40;
  rt::Loop& server = machine_.loops().at(dice.below(machine_.loops().size()));
  auto [mine, theirs] = net::make_memory_streams(client, server, options);
  bool imap = protocol == Protocol::imap;
  rt::spawn(server, imap ? imapd::serve(std::move(theirs), imap_) : lmtpd::serve(std::move(theirs), lmtp_));
  return std::move(mine);
}

}  // namespace roost::simulation
