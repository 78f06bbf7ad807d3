// What a test's client is made of: the other end of a server's memory stream.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/memory_stream.h"
#include "rt/loop.h"

namespace roost::net {

// Reads all that comes, from its construction on, and keeps it until it is taken. Used on its loop only.
class MemoryPeer {
 public:
  MemoryPeer(rt::Loop& loop, std::unique_ptr<Stream> stream) : loop_(&loop), state_(std::make_shared<State>()) {
    state_->stream = std::move(stream);
    rt::spawn(loop, receive(state_));
  }

  void write(std::string octets) { rt::spawn(*loop_, write(state_, std::move(octets))); }
  std::string take() { return std::exchange(state_->received, {}); }
  void abort() { state_->stream->abort(); }
  // The server has ended its side, or this one was aborted.
  bool closed() const { return state_->closed; }

 private:
  struct State {
    std::unique_ptr<Stream> stream;
    std::string received;
    bool closed = false;
  };

  static task<> receive(std::shared_ptr<State> state) {
    std::vector<char> buffer(64 * 1024);
    for (;;) {
      Result<size_t> got = co_await state->stream->read(buffer);
      if (!got) break;
      state->received.append(buffer.data(), *got);
    }
    state->closed = true;
  }
  static task<> write(std::shared_ptr<State> state, std::string octets) { (void)co_await state->stream->write(octets); }

  rt::Loop* loop_;
  std::shared_ptr<State> state_;
};

}  // namespace roost::net
