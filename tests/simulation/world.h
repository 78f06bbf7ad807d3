// One run: nodes, their misfortunes, the players, and what is looked at when all is over.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "client.h"
#include "deliverer.h"
#include "node.h"
#include "restorer.h"
#include "stage.h"

namespace roost::simulation {

struct Outcome {
  std::optional<std::string> failure;
  uint64_t hash = 0;  // of all that happened
  uint64_t events = 0;
  uint64_t records = 0;
  uint64_t checkpoints = 0;
  uint64_t crashes = 0;
};

class World final : public Stage {
 public:
  World(const Plan& plan, bool print);
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Outcome run();

  std::shared_ptr<Connection> connect(Protocol protocol, Dice& dice) override;
  Node* any_node(Dice& dice) override;
  History& history(const std::string& user) override { return *histories_.at(user); }
  rt::Loop& loop() override { return simulation_->loops().at(0); }
  Trace& trace() override { return *trace_; }
  Judge& judge() override { return judge_; }
  Contents& contents() override { return contents_; }
  const Plan& plan() const override { return plan_; }

 private:
  struct Slot {  // where a node lives, one after the other
    std::unique_ptr<Node> node;
    TimePoint back_at;  // while it is dead
  };

  void set_up();
  void share_inbox(const std::string& user);
  void storm();
  void calm_down();
  void finish_moves();
  void look_at_the_end();
  void audit(Node& node, const std::string& user);
  void collect(Node& node);
  void check_leaks(Node& node, const std::string& user);

  // One event, and all that must hold after it. False once something does not.
  bool advance();
  bool advance_for(Seconds time);
  // None where something went wrong before it was done.
  template <class T>
  std::optional<T> wait(task<T> work);

  void start(Slot& slot);
  void bring_back();
  void misfortune();
  void kill(Slot& slot);
  void jump_clock(Node& node);
  const Plan plan_;
  SeededRandomness randomness_;
  Dice dice_;
  Judge judge_;
  Contents contents_;
  std::unique_ptr<rt::Simulation> simulation_;
  std::unique_ptr<Trace> trace_;
  store::MemoryDisk disk_;
  std::map<std::string, AccountId> users_;
  std::map<std::string, std::unique_ptr<History>> histories_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<Node>> dead_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::unique_ptr<Deliverer> deliverer_;
  std::unique_ptr<Restorer> restorer_;
  uint64_t nodes_made_ = 0;
  uint64_t events_ = 0;
  uint64_t next_misfortune_ = 0;  // in events
  uint64_t crashes_ = 0;
};

Outcome run_plan(const Plan& plan, bool print = false);

// --- implementation ---

namespace detail {

template <class T>
task<> collect_into(task<T> work, std::optional<T>& value) {
  value.emplace(co_await std::move(work));
}

}  // namespace detail

template <class T>
std::optional<T> World::wait(task<T> work) {
  std::optional<T> value;
  rt::spawn(loop(), detail::collect_into(std::move(work), value));
  while (!value && advance()) {
  }
  return value;
}

}  // namespace roost::simulation
