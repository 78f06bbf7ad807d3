#include "net/ticket_keys.h"

#include <openssl/rand.h>

#include <algorithm>

#include "net/tls.h"

namespace roost::net {

void TicketKeys::forget_old() {
  const auto now = clock_.now();
  if (current_ && now - current_->made >= kTicketKeySecondsMax) previous_ = std::exchange(current_, std::nullopt);
  if (previous_ && now - previous_->made >= 2 * kTicketKeySecondsMax) previous_.reset();
}

std::optional<TicketKeys::Key> TicketKeys::current() {
  std::lock_guard lock(mutex_);
  forget_old();
  if (!current_) {
    Key key;
    const bool random = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                        RAND_priv_bytes(key.cipher_key.data(), static_cast<int>(key.cipher_key.size())) == 1 &&
                        RAND_priv_bytes(key.mac_key.data(), static_cast<int>(key.mac_key.size())) == 1;
    if (!random) return std::nullopt;
    current_ = Aged{key, clock_.now()};
  }
  return current_->key;
}

std::optional<TicketKeys::Found> TicketKeys::find(std::span<const uint8_t, kNameBytes> name) {
  std::lock_guard lock(mutex_);
  forget_old();
  if (current_ && std::ranges::equal(current_->key.name, name)) return Found{current_->key, true};
  if (previous_ && std::ranges::equal(previous_->key.name, name)) return Found{previous_->key, false};
  return std::nullopt;
}

}  // namespace roost::net
