// The simulated runtime: any number of machines with any number of loops on one thread, time that moves only when
// nothing else can happen, and an order of events drawn from a seed. What runs on it runs the same way again.
#pragma once

#include <cstdint>
#include <memory>

#include "rt/loop.h"
#include "rt/pool.h"

namespace roost::rt {

// Loops and a pool that die together, and a wall clock of their own. Monotonic time is the same everywhere.
class Machine {
 public:
  virtual ~Machine() = default;
  virtual Loops& loops() = 0;
  // Runs its work as events of the simulation, in an order drawn from the seed.
  virtual Pool& pool() = 0;
  virtual const Clock& clock() const = 0;
  // Moves the wall clock (not the monotonic one), as an operator or NTP would.
  virtual void jump_wall(Seconds by) = 0;

  // kill -9, between two events: what was under way here never goes on, no timer comes, and what is posted here is kept
  // unrun until the simulation ends. What the dead refer to must live as long.
  virtual void kill() = 0;
};

class Simulation {
 public:
  virtual ~Simulation() = default;
  // The machine that every simulation has.
  virtual Machine& machine() = 0;
  Loops& loops() { return machine().loops(); }
  Pool& pool() { return machine().pool(); }
  const Clock& clock() { return machine().clock(); }
  void jump_wall(Seconds by) { machine().jump_wall(by); }
  // Another one, which lives as long as the simulation.
  virtual Machine& add_machine(size_t loops) = 0;

  // Runs one event; false when none is left.
  virtual bool step() = 0;
  // step(), or, where no event is ready, moves time to the next timer; false where neither is possible.
  virtual bool step_or_advance() = 0;
  // Runs until no event is left, moving time to the next timer whenever nothing else can run.
  virtual void run() = 0;
  // Runs events and timers until `duration` has passed.
  virtual void run_for(Millis duration) = 0;

  // Drives the simulation until `work` is done and gives back its value.
  template <class T>
  T wait(task<T> work) {
    std::optional<T> value;
    spawn(loops().at(0), collect(std::move(work), value));
    while (!value && step_or_advance()) {
    }
    return std::move(value).value();
  }

 private:
  template <class T>
  static task<> collect(task<T> work, std::optional<T>& value) {
    value.emplace(co_await std::move(work));
  }
};

std::unique_ptr<Simulation> make_simulation(uint64_t seed, size_t loops = 1);

}  // namespace roost::rt
