// Who runs the server, and brings back what users have expunged: `roost undelete`.
#pragma once

#include <memory>

#include "dice.h"
#include "stage.h"

namespace roost::simulation {

class Restorer {
 public:
  Restorer(Stage& stage, uint32_t number) : stage_(stage), dice_(stage.plan().seed, number) {}

  task<> live();
  bool finished() const { return finished_; }

 private:
  task<> restore();

  Stage& stage_;
  Dice dice_;
  bool finished_ = false;
};

}  // namespace roost::simulation
