// Passwords that were found right a short while ago, so that a client which logs in for every command, or five times at
// once, pays for one slow hash. Only keyed hashes are held, under a key that this process made for itself; wrong
// passwords are never remembered. Not thread-safe; time is given.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <string_view>

#include "base/clock.h"
#include "sasl/secret.h"

namespace roost::auth {

class LoginCache {
 public:
  LoginCache(size_t entries_max, Seconds kept_for);

  // The verifier is part of what is remembered, so that a changed password ends the old one's entries by itself.
  bool holds(std::string_view name, std::string_view verifier, std::string_view password, TimePoint now);
  void add(std::string_view name, std::string_view verifier, std::string_view password, TimePoint now);
  size_t size() const { return entries_.size(); }

 private:
  using Tag = std::array<uint8_t, 32>;

  Tag tag_of(std::string_view name, std::string_view verifier, std::string_view password) const;
  void expire(TimePoint now);

  size_t entries_max_;
  Seconds kept_for_;
  sasl::Secret key_;
  std::map<Tag, TimePoint> entries_;             // until when
  std::deque<std::pair<TimePoint, Tag>> order_;  // all end in the order in which they were added
};

}  // namespace roost::auth
