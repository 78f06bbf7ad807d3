// How many connections there may be: in total, and from one address block. Shared by the listeners it limits.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "net/stream.h"

namespace roost::net {

struct AdmissionLimits {
  size_t connections_max = 20'000;
  size_t connections_per_block_max = 200;  // of a /24 or /56
};

// Thread-safe.
class Admission : public std::enable_shared_from_this<Admission> {
 public:
  // A connection's place; given back when it is destroyed, on any thread.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(std::shared_ptr<Admission> owner, std::string block) : owner_(std::move(owner)), block_(std::move(block)) {}
    Ticket(Ticket&&) noexcept = default;
    Ticket& operator=(Ticket&& other) noexcept;
    ~Ticket() { release(); }

   private:
    void release();
    std::shared_ptr<Admission> owner_;
    std::string block_;  // empty: counted in total only
  };

  virtual ~Admission() = default;

  // A place for `peer`, or none: over a limit. Trusted peers are counted in the total, and never refused.
  virtual std::optional<Ticket> admit(const Peer& peer) = 0;
  virtual size_t connections() const = 0;

 private:
  virtual void leave(const std::string& block) = 0;
};

std::shared_ptr<Admission> make_admission(AdmissionLimits limits);

}  // namespace roost::net
