#include "auth/login_cache.h"

#include <sodium.h>

#include "auth/verifier.h"

namespace roost::auth {
namespace {

void hash_field(crypto_generichash_state& state, std::string_view field) {
  uint64_t size = field.size();
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(field.data()), field.size());
}

}  // namespace

LoginCache::LoginCache(size_t entries_max, Seconds kept_for)
    : entries_max_(entries_max), kept_for_(kept_for), key_(random_octets(crypto_generichash_KEYBYTES)) {}

LoginCache::Tag LoginCache::tag_of(std::string_view name, std::string_view verifier, std::string_view password) const {
  crypto_generichash_state state;
  Tag tag;
  crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(key_.view().data()), key_.view().size(),
                          tag.size());
  hash_field(state, name);
  hash_field(state, verifier);
  hash_field(state, password);
  crypto_generichash_final(&state, tag.data(), tag.size());
  sodium_memzero(&state, sizeof state);
  return tag;
}

void LoginCache::expire(TimePoint now) {
  while (!order_.empty() && (order_.front().first <= now || order_.size() > entries_max_)) {
    auto it = entries_.find(order_.front().second);
    if (it != entries_.end() && it->second == order_.front().first) entries_.erase(it);
    order_.pop_front();
  }
}

bool LoginCache::holds(std::string_view name, std::string_view verifier, std::string_view password, TimePoint now) {
  expire(now);
  return !entries_.empty() && entries_.contains(tag_of(name, verifier, password));
}

void LoginCache::add(std::string_view name, std::string_view verifier, std::string_view password, TimePoint now) {
  if (entries_max_ == 0) return;
  Tag tag = tag_of(name, verifier, password);
  TimePoint until = now + kept_for_;
  auto [entry, fresh] = entries_.try_emplace(tag, until);
  if (!fresh && entry->second == until) return;
  entry->second = until;
  order_.emplace_back(until, tag);
  expire(now);
}

}  // namespace roost::auth
