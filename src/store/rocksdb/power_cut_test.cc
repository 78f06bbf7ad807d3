// The power goes at any moment, again and again: what was acknowledged is there, and the store opens.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

#include "store/rocksdb/engine.h"
#include "store/rocksdb/power_cut_layers_test.h"
#include "store/rocksdb/rounds_test.h"
#include "store/rocksdb/scratch_test.h"
#include "store/rocksdb/workload_test.h"

namespace roost::store {
namespace {

// Most cuts fall into the opening, or into the first work after it; some much later.
uint64_t moment(int cut, std::mt19937_64& random) {
  constexpr std::array<uint64_t, 3> kStepsMax = {80, 500, 4000};
  return 1 + random() % kStepsMax.at(static_cast<size_t>(cut) % kStepsMax.size());
}

// Works on `from` until the cut and leaves in `to` what the cut made of it; gives back what must be there, and adds to
// `operations` how many were acknowledged.
StoreModel cut_power(RealRuntime& runtime, const std::string& from, const std::string& to, StoreModel model,
                     std::mt19937_64& random, int cut, uint64_t& operations) {
  PowerCutDisk disk(from, random());
  PowerCutLayers layers(disk);
  SharedModel shared(std::move(model));
  StoreModel expected;
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> done = 0;
  disk.at_step(moment(cut, random), [&] {
    shared.while_still([&](const StoreModel& now) {
      expected = now;
      disk.cut(to);
    });
    stop = true;
  });
  auto engine = Engine::open(tiny_config(from), runtime.pool(), layers.seams());
  EXPECT_TRUE(engine.has_value()) << engine.error().text;
  if (!engine) return expected;
  auto node = make_node(*engine);
  auto other = make_node(*engine);
  engine->reset();
  auto tell = [&](const Event& event) {
    shared.note(event);
    if (event.step == Event::Step::done && !stop) ++done;
  };
  runtime.run(write_all(*node, *other, stop, random(), tell));
  operations += done;
  return expected;
}

TEST(PowerCut, LosesNothingThatWasAcknowledged) {
  Rounds rounds;
  std::mt19937_64 random(rounds.seed);
  ScratchDirectory scratch;
  RealRuntime runtime;
  StoreModel model;
  uint64_t operations = 0;
  auto directory = [&](int cut) { return scratch.path() + "/" + std::to_string(cut); };
  int cut = 0;
  for (; cut < rounds.count && !HasFailure(); ++cut) {
    SCOPED_TRACE("cut " + std::to_string(cut + 1) + " of ROOST_SEED=" + std::to_string(rounds.seed));
    model = cut_power(runtime, directory(cut), directory(cut + 1), std::move(model), random, cut, operations);
    verify(runtime, directory(cut + 1), model);
    std::filesystem::remove_all(directory(cut));
  }
  EXPECT_FALSE(model.empty());
  std::cout << cut << " cuts, " << operations << " operations acknowledged, seed " << rounds.seed << "\n";
}

}  // namespace
}  // namespace roost::store
