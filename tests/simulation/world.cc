#include "world.h"

#include <fmt/format.h>

#include <algorithm>

#include "accounts/transfers.h"
#include "run_now.h"

namespace roost::simulation {
namespace {

constexpr uint64_t kEventsMax = 20'000'000;
constexpr Seconds kCalm{130};
constexpr Seconds kLateMax{20};  // a node doubts a commit for longer
constexpr Seconds kDay{24 * 3600};

task<bool> stop_accounts(accounts::Accounts& accounts) {
  co_await accounts.stop();
  co_return true;
}

}  // namespace

World::World(const Plan& plan, bool print)
    : plan_(plan),
      randomness_(plan.seed),
      dice_(plan.seed, 2'000'000),
      simulation_(rt::make_simulation(plan.seed)),
      trace_(std::make_unique<Trace>(simulation_->clock(), print)) {}

World::~World() = default;

bool World::advance() {
  if (judge_.failed()) return false;
  if (!simulation_->step_or_advance()) judge_.fail("nothing is left to happen");
  if (++events_ > kEventsMax) judge_.fail("it does not come to an end");
  for (auto& [user, history] : histories_) history->look();
  return !judge_.failed();
}

bool World::advance_for(Seconds time) {
  bool over = false;
  rt::Timer timer;
  loop().post([&] { timer = loop().after(time, [&over] { over = true; }); });
  while (!over && advance()) {
  }
  return !judge_.failed();
}

// --- nodes ---

void World::start(Slot& slot) {
  if (slot.node) dead_.push_back(std::move(slot.node));
  slot.node = std::make_unique<Node>(*simulation_, disk_, users_, ++nodes_made_, dice_);
  trace_->line("world", fmt::format("node {} begins", nodes_made_));
}

void World::bring_back() {
  for (Slot& slot : slots_) {
    if (!slot.node->alive() && simulation_->clock().now() >= slot.back_at) start(slot);
  }
}

void World::kill(Slot& slot) {
  ++crashes_;
  uint64_t number = slot.node->number();
  trace_->line("world", fmt::format("node {} dies", number));
  slot.node->kill();
  slot.back_at = simulation_->clock().now() + Millis(dice_.below(20'000));
  Seconds late = plan_.has(Fault::late) ? kLateMax : Seconds(0);
  for (auto& [user, history] : histories_) history->node_died(number, late);
  for (const auto& connection : connections_) {
    if (connection->node() != number) continue;
    // What the client's machine has got already may still be read, or not.
    if (dice_.chance(50)) {
      connection->cut();
    } else {
      loop().post([connection] { connection->cut(); });
    }
  }
  std::erase_if(connections_, [number](const auto& connection) { return connection->node() == number; });
}

void World::jump_clock(Node& node) {
  Seconds by(static_cast<int64_t>(dice_.below(60)));
  if (dice_.chance(30)) by *= 60;
  if (dice_.chance(15)) by = kDay;
  if (dice_.chance(50)) by = -by;
  trace_->line("world", fmt::format("the clock of node {} jumps by {} s", node.number(), by.count()));
  node.jump_clock(by);
}

void World::misfortune() {
  if (events_ < next_misfortune_) return;
  next_misfortune_ = events_ + (dice_.chance(20) ? dice_.below(30) : dice_.below(1'500));
  Slot& slot = dice_.pick(slots_);
  if (!slot.node->alive()) return;
  if (plan_.has(Fault::late) && dice_.chance(30)) {
    if (disk_.carry_out_late(simulation_->clock().now(), kLateMax)) trace_->line("world", "a late commit is tried");
    return;
  }
  uint64_t kind = dice_.below(10);
  if (kind < 4 && plan_.has(Fault::crash)) return kill(slot);
  if (kind == 4 && plan_.has(Fault::clock)) return jump_clock(*slot.node);
  if (kind == 5 && plan_.has(Fault::full)) {
    uint64_t free = dice_.chance(50) ? 0 : uint64_t{1} << 40;
    trace_->line("world", fmt::format("{} octets are free", free));
    return disk_.set_space({free, uint64_t{1} << 40});
  }
  slot.node->trouble(plan_, dice_);
}

Node* World::any_node(Dice& dice) {
  std::vector<Node*> living;
  for (Slot& slot : slots_) {
    if (slot.node->alive() && slot.node->ready()) living.push_back(slot.node.get());
  }
  return living.empty() ? nullptr : dice.pick(living);
}

std::shared_ptr<Connection> World::connect(Protocol protocol, Dice& dice) {
  Node* chosen = any_node(dice);
  if (chosen == nullptr) return nullptr;
  Node& node = *chosen;
  auto connection = std::make_shared<Connection>(node.connect(protocol, loop(), dice), node.number());
  connections_.push_back(connection);
  std::erase_if(connections_, [](const auto& c) { return c.use_count() == 1; });
  return connection;
}

// --- the run ---

Outcome World::run() {
  set_up();
  if (!judge_.failed()) storm();
  if (!judge_.failed()) calm_down();
  if (!judge_.failed()) look_at_the_end();
  Outcome outcome{.hash = trace_->hash(), .events = events_, .crashes = crashes_};
  if (judge_.failed()) outcome.failure = judge_.verdict();
  for (auto& [user, history] : histories_) {
    outcome.records += history->records();
    outcome.checkpoints += history->checkpoints();
  }
  return outcome;
}

void World::set_up() {
  auto store = disk_.attach();
  for (const std::string& user : kUsers) users_[user] = run_now(store->new_account_id()).value();
  slots_.resize(plan_.nodes);
  for (Slot& slot : slots_) start(slot);
  for (const std::string& user : kUsers) {
    if (!wait(slots_.front().node->accounts().open(users_[user]))) return;
  }
  for (const std::string& user : kUsers) {
    histories_[user] = std::make_unique<History>(users_[user], disk_, simulation_->clock(), *trace_, contents_, judge_);
    histories_[user]->begin();
  }
  for (const std::string& user : kUsers) share_inbox(user);
  for (uint32_t i = 0; i < plan_.clients; ++i) {
    clients_.push_back(std::make_unique<Client>(*this, i, i % 3 == 2 ? kUsers[1] : kUsers[0]));
  }
  deliverer_ = std::make_unique<Deliverer>(*this, 1'000);
  restorer_ = std::make_unique<Restorer>(*this, 2'000);
}

// With everybody: messages go from one account to the other.
void World::share_inbox(const std::string& user) {
  mail::SetAcl grant{.mailbox = "INBOX", .identifier = "anyone", .rights = parse_rights("lrswite").value()};
  auto opened = wait(slots_.front().node->accounts().open(users_[user]));
  if (!opened || !*opened || !wait((**opened)->execute(std::move(grant)))) judge_.fail("INBOX cannot be shared");
}

void World::storm() {
  for (auto& client : clients_) rt::spawn(loop(), client->live());
  rt::spawn(loop(), deliverer_->live());
  rt::spawn(loop(), restorer_->live());
  auto all_finished = [&] {
    return deliverer_->finished() && restorer_->finished() &&
           std::ranges::all_of(clients_, [](const auto& c) { return c->finished(); });
  };
  while (!all_finished() && advance()) {
    misfortune();
    bring_back();
  }
}

void World::calm_down() {
  trace_->line("world", "nothing goes wrong any more");
  disk_.set_space({uint64_t{1} << 40, uint64_t{1} << 40});
  for (Slot& slot : slots_) {
    if (!slot.node->alive()) start(slot);
    slot.node->calm();
  }
  finish_moves();
  if (!advance_for(kCalm)) return;  // long enough for every node to have heard of everything
  for (auto& client : clients_) rt::spawn(loop(), client->finish());
  while (!std::ranges::all_of(clients_, [](const auto& c) { return c->finished(); }) && advance()) {
  }
}

// As the next start does with what the last one could not finish.
void World::finish_moves() {
  Node& node = *slots_.front().node;
  for (bool all : {false, true}) {
    auto settled = wait(accounts::settle_moves(node.accounts(), node.store()));
    if (settled && !*settled) judge_.fail("moves cannot be finished: " + settled->error().text);
    if (all && settled && **settled != 0) judge_.fail("a move is left after all were finished");
  }
}

// --- the end ---

void World::look_at_the_end() {
  if (!advance_for(Seconds(60))) return;
  for (auto& [user, history] : histories_) {
    history->compare_all();
    history->check_moved();
  }
  for (Slot& slot : slots_) {
    for (const std::string& user : kUsers) {
      if (!judge_.failed()) audit(*slot.node, user);
    }
  }
  if (!judge_.failed()) collect(*slots_.front().node);
  for (const std::string& user : kUsers) {
    if (!judge_.failed()) check_leaks(*slots_.front().node, user);
  }
  for (Slot& slot : slots_) {
    const imapd::Services& imap = slot.node->imap();
    if (imap.stats.connections != 0) judge_.fail("sessions are left whose clients have gone");
    if (imap.memory.used() != 0) judge_.fail("memory is held for commands that are over");
    if (!judge_.failed()) wait(stop_accounts(slot.node->accounts()));
  }
}

Outcome run_plan(const Plan& plan, bool print) { return World(plan, print).run(); }

}  // namespace roost::simulation
