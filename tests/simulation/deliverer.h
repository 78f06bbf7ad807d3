// An MTA that hands mail over by LMTP, to one user or to all, and notes what it was answered for each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "history.h"
#include "stage.h"

namespace roost::simulation {

class Deliverer {
 public:
  Deliverer(Stage& stage, uint32_t number);

  task<> live();
  bool finished() const { return finished_; }

 private:
  task<> deliver();
  // The code of the next reply, its last line; empty once the connection is gone.
  task<std::string> reply();
  task<bool> expect(std::string line, std::string code);
  void disconnect();

  Stage& stage_;
  Dice dice_;
  std::shared_ptr<Connection> connection_;
  bool finished_ = false;
};

}  // namespace roost::simulation
