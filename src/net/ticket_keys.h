// The keys that encrypt TLS session tickets (RFC 5077, RFC 8446 4.6.1): random, never written down, and replaced.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

#include "base/clock.h"

namespace roost::net {

// Thread-safe. Two keys: the one that encrypts, and the one before it, which still decrypts.
class TicketKeys {
 public:
  static constexpr size_t kNameBytes = 16;

  struct Key {
    std::array<uint8_t, kNameBytes> name{};
    std::array<uint8_t, 32> cipher_key{};  // AES-256-CBC
    std::array<uint8_t, 32> mac_key{};     // HMAC-SHA-256
  };
  struct Found {
    Key key;
    bool current = false;  // false: the ticket should be renewed
  };

  explicit TicketKeys(const Clock& clock) : clock_(clock) {}

  // The key for a new ticket; none if the system has no randomness to give.
  std::optional<Key> current();
  // The key that encrypted a ticket, unless it is too old.
  std::optional<Found> find(std::span<const uint8_t, kNameBytes> name);

 private:
  struct Aged {
    Key key;
    TimePoint made;
  };

  void forget_old();

  const Clock& clock_;
  std::mutex mutex_;
  std::optional<Aged> current_;
  std::optional<Aged> previous_;
};

}  // namespace roost::net
