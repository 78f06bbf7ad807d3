#include "auth/throttle.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "auth/verifier.h"

namespace roost::auth {
namespace {

constexpr size_t kEvictionTriesMax = 64;

// 1, 2, 4, 8, then 15 s.
Millis delay_after(uint32_t excess) {
  return std::min(Throttle::kDelayMax, Millis{int64_t{1000} << std::min(excess, 10U)});
}

}  // namespace

Throttle::Throttle(size_t entries_max)
    : entries_max_(std::max<size_t>(entries_max, 1)), hash_key_(random_octets(crypto_shorthash_KEYBYTES)) {}

uint64_t Throttle::key_of(std::string_view name, std::string_view address_block) const {
  Bytes text(address_block);
  text.push_back('\0');
  text.append(name);
  uint64_t key = 0;
  static_assert(sizeof key == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<unsigned char*>(&key), reinterpret_cast<const unsigned char*>(text.data()),
                   text.size(), reinterpret_cast<const unsigned char*>(hash_key_.data()));
  return key;
}

Throttle::Entry& Throttle::touch(uint64_t key) {
  if (auto it = entries_.find(key); it != entries_.end()) {
    order_.splice(order_.end(), order_, it->second);
    return *it->second;
  }
  if (entries_.size() >= entries_max_) make_room();
  order_.push_back(Entry{.key = key});
  entries_.emplace(key, std::prev(order_.end()));
  return order_.back();
}

// The least recently used goes; those with an attempt under way, of which there are few, stay.
void Throttle::make_room() {
  for (size_t i = 0; i < kEvictionTriesMax && !order_.empty(); ++i) {
    if (order_.front().pending == 0) {
      entries_.erase(order_.front().key);
      order_.pop_front();
      return;
    }
    order_.splice(order_.end(), order_, order_.begin());
  }
}

std::optional<Throttle::Attempt> Throttle::begin(std::string_view name, std::string_view address_block, TimePoint now) {
  Entry& entry = touch(key_of(name, address_block));
  if (now - entry.last_failure > kForgetFailuresAfter) entry.failures = 0;
  if (now - entry.last_success > kKnownFor) entry.known = false;
  uint32_t weight = entry.failures + entry.pending;
  uint32_t free = entry.known ? kFreeFailuresKnown : kFreeFailures;
  if (weight < free) {
    ++entry.pending;
    return Attempt{entry.key, Millis{0}};
  }
  TimePoint turn = std::max(now, entry.last_turn) + delay_after(weight - free);
  if (turn - now > kWaitMax) return std::nullopt;
  entry.last_turn = turn;
  ++entry.pending;
  return Attempt{entry.key, std::chrono::ceil<Millis>(turn - now)};
}

Throttle::Entry* Throttle::finish(const Attempt& attempt) {
  auto it = entries_.find(attempt.key);
  if (it == entries_.end() || it->second->pending == 0) return nullptr;
  --it->second->pending;
  return &*it->second;
}

void Throttle::succeeded(const Attempt& attempt, TimePoint now) {
  Entry* entry = finish(attempt);
  if (entry == nullptr) return;
  entry->failures = 0;
  entry->known = true;
  entry->last_success = now;
}

void Throttle::failed(const Attempt& attempt, TimePoint now) {
  Entry* entry = finish(attempt);
  if (entry == nullptr) return;
  ++entry->failures;
  entry->last_failure = now;
}

void Throttle::abandoned(const Attempt& attempt) { finish(attempt); }

}  // namespace roost::auth
