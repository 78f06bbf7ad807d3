// roost-sim: runs the server in simulation, seed by seed. docs/simulation.md says what it does and how to use it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

#include "base/log.h"
#include "runner.h"
#include "world.h"

namespace roost::simulation {
namespace {

struct Arguments {
  std::optional<uint64_t> seed;
  std::optional<uint32_t> nodes;
  std::optional<uint32_t> clients;
  std::optional<uint32_t> steps;
  std::optional<std::string> faults;
  bool trace = false;
  bool shrink = true;
  Sweep sweep{.first = 1, .count = 2'000, .processes = std::max(1U, std::thread::hardware_concurrency())};
  bool forever = false;
};

void say(const Plan& plan, const std::string& why) {
  fmt::print("FAILED: roost-sim {}\n  {}\n", arguments_of(plan), why);
  std::fflush(stdout);
}

void say_smallest(const Plan& plan) {
  Plan smallest = shrink(plan);
  auto why = failure_of(smallest);
  if (smallest != plan && why) {
    fmt::print("smaller: roost-sim {}\n  {}\n", arguments_of(smallest), *why);
  }
  std::fflush(stdout);
}

// One plan, in this process, so that a debugger finds all of it.
int run_one(const Arguments& arguments) {
  Plan plan = plan_of(*arguments.seed);
  plan.nodes = arguments.nodes.value_or(plan.nodes);
  plan.clients = arguments.clients.value_or(plan.clients);
  plan.steps = arguments.steps.value_or(plan.steps);
  if (arguments.faults) {
    auto faults = parse_faults(*arguments.faults);
    if (!faults) {
      fmt::print(stderr, "There is no such fault: {}.\n", *arguments.faults);
      return 2;
    }
    plan.faults = *faults;
  }
  Outcome outcome = run_plan(plan, arguments.trace);
  fmt::print("{}: {} events, {} records, {} checkpoints, {} crashes, hash {:016x}\n", arguments_of(plan),
             outcome.events, outcome.records, outcome.checkpoints, outcome.crashes, outcome.hash);
  if (!outcome.failure) return 0;
  say(plan, *outcome.failure);
  return 1;
}

int run_many(Arguments arguments) {
  if (arguments.forever) arguments.sweep.count = 0;
  auto started = std::chrono::steady_clock::now();
  Totals totals = sweep(arguments.sweep, [&](const Plan& plan, const std::string& why) {
    say(plan, why);
    if (arguments.shrink) say_smallest(plan);
  });
  auto seconds = std::chrono::duration_cast<Seconds>(std::chrono::steady_clock::now() - started).count();
  fmt::print("{} seeds in {} s: {} events, {} records, {} checkpoints, {} crashes\n", totals.seeds, seconds,
             totals.events, totals.records, totals.checkpoints, totals.crashes);
  fmt::print("{} passed, {} failed\n", totals.seeds - totals.failures, totals.failures);
  return totals.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace roost::simulation

int main(int argc, char** argv) {
  using namespace roost::simulation;
  roost::log::configure(roost::log::Level::error, roost::log::Format::text);
  Arguments arguments;
  CLI::App app("Runs Roost in simulation: nodes, clients and faults, all from one seed.");
  app.add_option("--seed", arguments.seed, "run this one seed, and only it");
  app.add_option("--nodes", arguments.nodes, "with so many nodes (with --seed)");
  app.add_option("--clients", arguments.clients, "with so many IMAP clients (with --seed)");
  app.add_option("--steps", arguments.steps, "each of which does so much (with --seed)");
  app.add_option("--faults", arguments.faults, "with these faults: a list, 'none' or 'all' (with --seed)");
  app.add_flag("--trace", arguments.trace, "print all that happens (with --seed)");
  app.add_option("--first", arguments.sweep.first, "run from this seed on")->capture_default_str();
  app.add_option("--count", arguments.sweep.count, "so many seeds")->capture_default_str();
  app.add_flag("--forever", arguments.forever, "until one fails");
  app.add_option("--failures", arguments.sweep.failures_max, "until so many have failed")->capture_default_str();
  app.add_option("--processes", arguments.sweep.processes, "at the same time")->capture_default_str();
  app.add_flag("!--no-shrink", arguments.shrink, "leave a failing seed as it is");
  CLI11_PARSE(app, argc, argv);
  return arguments.seed ? run_one(arguments) : run_many(arguments);
}
