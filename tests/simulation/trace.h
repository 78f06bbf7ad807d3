// All that happens in a run, line by line, as one number: two runs of the same plan must have the same.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace roost::simulation {

class Trace {
 public:
  explicit Trace(const Clock& clock, bool print) : clock_(clock), print_(print) {}

  void line(std::string_view who, std::string_view what) {
    int64_t now = std::chrono::duration_cast<Millis>(clock_.now().time_since_epoch()).count();
    add({reinterpret_cast<const char*>(&now), sizeof now});
    add(who);
    add(what);
    if (!print_) return;
    std::string shown(what.substr(0, kShownMax));
    for (char& c : shown) c = c == '\r' || c == '\n' ? ' ' : c;
    std::printf("%10lld %-12.*s %s\n", static_cast<long long>(now), static_cast<int>(who.size()), who.data(),
                shown.c_str());
  }
  uint64_t hash() const { return hash_; }

 private:
  static constexpr size_t kShownMax = 400;

  void add(std::string_view octets) {  // FNV-1a
    for (char c : octets) hash_ = (hash_ ^ static_cast<uint8_t>(c)) * 0x100000001B3ULL;
    hash_ = (hash_ ^ 0xFF) * 0x100000001B3ULL;
  }

  const Clock& clock_;
  const bool print_;
  uint64_t hash_ = 0xCBF29CE484222325ULL;
};

}  // namespace roost::simulation
