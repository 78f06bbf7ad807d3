// What the players of a simulation share: where they connect to, what they are held against, what they know of chance.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connection.h"
#include "dice.h"
#include "history.h"
#include "node.h"
#include "plan.h"
#include "rt/simulated.h"
#include "trace.h"

namespace roost::simulation {

class Stage {
 public:
  virtual ~Stage() = default;
  // To one of the nodes that live; null while none does.
  virtual std::shared_ptr<Connection> connect(Protocol protocol, Dice& dice) = 0;
  // One of those that live and serve; null while none does.
  virtual Node* any_node(Dice& dice) = 0;
  virtual History& history(const std::string& user) = 0;
  virtual rt::Loop& loop() = 0;  // the players'
  virtual Trace& trace() = 0;
  virtual Judge& judge() = 0;
  virtual Contents& contents() = 0;
  virtual const Plan& plan() const = 0;
};

inline const std::vector<std::string> kUsers = {"alice", "bob"};

}  // namespace roost::simulation
