// A client's end of a connection: whole responses, literals included. Dies with its node.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/stream.h"
#include "rt/loop.h"
#include "rt/task.h"

namespace roost::simulation {

// Used on its stream's loop.
class Connection {
 public:
  Connection(std::unique_ptr<net::Stream> stream, uint64_t node) : stream_(std::move(stream)), node_(node) {}

  uint64_t node() const { return node_; }

  // False once the connection is gone.
  task<bool> send(std::string octets);
  // One line with its literals and its CRLF; empty once the connection is gone.
  task<std::string> response();
  // No octet more comes or goes.
  void cut() { stream_->abort(); }
  // No answer came for so long that it never will.
  bool hung() const { return hung_; }

 private:
  // The end of the first whole response in what was read; npos if it is not there yet.
  size_t response_end() const;

  std::unique_ptr<net::Stream> stream_;
  const uint64_t node_;
  std::string read_;
  bool hung_ = false;
};

}  // namespace roost::simulation
