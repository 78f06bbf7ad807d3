// A listener's live connections, each in the list of the loop that it is on.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <vector>

#include "net/stream.h"
#include "rt/link.h"

namespace roost::net {

class SocketStream;

// Each list belongs to its loop; has_room() and cut_off() are thread-safe.
class LiveStreams {
 public:
  explicit LiveStreams(size_t loops) : loops_(loops) {}

  // On the loop that `stream` is on.
  void add(SocketStream& stream);
  void remove(SocketStream& stream);
  void visit_those_here(const std::function<void(Stream&)>& visit);

  // Whether one may go from one loop to another without crowding that one.
  bool has_room(const rt::Loop& from, const rt::Loop& to) const;
  // What is added from now on is aborted: it was between two loops when all others were.
  void cut_off() { cut_off_ = true; }

 private:
  struct OfLoop {
    rt::Link head;
    std::atomic<size_t> count = 0;
  };

  std::vector<OfLoop> loops_;
  std::atomic<bool> cut_off_ = false;
};

}  // namespace roost::net
