// What one attempt at a non-blocking operation came to.
#pragma once

#include <cstddef>
#include <cstdint>

namespace roost::net {

struct Step {
  // again: there is more to do, but others should have their turn first.
  enum class Kind : uint8_t { done, want_read, want_write, again, closed };
  Kind kind = Kind::done;
  size_t bytes = 0;  // done: how many

  bool done() const { return kind == Kind::done; }
  bool closed() const { return kind == Kind::closed; }
};

}  // namespace roost::net
