#include "rt/simulated.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace roost::rt {
namespace {

std::string order_of(uint64_t seed) {
  auto simulation = make_simulation(seed, 3);
  std::string order;
  for (int i = 0; i < 4; ++i) {
    for (size_t loop = 0; loop < 3; ++loop) {
      simulation->loops().at(loop).post([&order, loop] { order += static_cast<char>('a' + loop); });
    }
    simulation->pool().submit([&order, i] { order += static_cast<char>('0' + i); });
  }
  simulation->run();
  return order;
}

TEST(Simulation, RunsTheSameWayForTheSameSeed) { EXPECT_EQ(order_of(7), order_of(7)); }

TEST(Simulation, TriesManyOrders) {
  std::set<std::string> orders;
  for (uint64_t seed = 0; seed < 20; ++seed) orders.insert(order_of(seed));
  EXPECT_GT(orders.size(), 15u);
}

TEST(Simulation, TimeMovesOnlyToTheNextTimer) {
  auto simulation = make_simulation(1);
  auto& loop = simulation->loops().at(0);
  const auto start = simulation->clock().now();
  Timer early, late;
  std::string order;
  loop.post([&] {
    late = loop.after(Seconds(3600), [&] { order += "late "; });
    early = loop.after(Millis(5), [&] { order += "early "; });
  });
  simulation->run();
  EXPECT_EQ(order, "early late ");
  EXPECT_EQ(simulation->clock().now() - start, Seconds(3600));
}

TEST(Simulation, RunForStopsInBetween) {
  auto simulation = make_simulation(1);
  auto& loop = simulation->loops().at(0);
  int runs = 0;
  auto first = loop.after(Millis(10), [&] { ++runs; });
  auto second = loop.after(Millis(30), [&] { ++runs; });
  simulation->run_for(Millis(20));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(simulation->clock().now().time_since_epoch(), Millis(20));
  simulation->run_for(Millis(20));
  EXPECT_EQ(runs, 2);
}

TEST(Simulation, TheWallClockJumpsAlone) {
  auto simulation = make_simulation(1);
  const auto wall = simulation->clock().wall();
  const auto now = simulation->clock().now();
  simulation->jump_wall(Seconds(-100));
  EXPECT_EQ(simulation->clock().wall().seconds, wall.seconds - 100);
  EXPECT_EQ(simulation->clock().now(), now);
}

TEST(Simulation, GivesEachMachineItsOwnWallClock) {
  auto simulation = make_simulation(1);
  Machine& other = simulation->add_machine(1);
  other.jump_wall(Seconds(60));
  simulation->run_for(Seconds(1));
  EXPECT_EQ(other.clock().wall().seconds, simulation->clock().wall().seconds + 60);
  EXPECT_EQ(other.clock().now(), simulation->clock().now());
}

TEST(Simulation, RunsNothingMoreOnAKilledMachine) {
  auto simulation = make_simulation(1);
  Machine& other = simulation->add_machine(2);
  int runs = 0;
  auto count = [&runs] { ++runs; };
  Timer timer = other.loops().at(0).after(Millis(10), count);
  other.loops().at(1).post(count);
  simulation->run_for(Millis(5));
  EXPECT_EQ(runs, 1);
  other.loops().at(1).post(count);
  other.pool().submit(count);
  other.kill();
  other.loops().at(0).post(count);
  simulation->run();
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace roost::rt
