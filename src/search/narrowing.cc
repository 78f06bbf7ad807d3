#include "search/narrowing.h"

#include <algorithm>
#include <array>
#include <functional>

namespace roost::search {
namespace {

// In each round so many more of a key's trigrams are looked up, while more than so many bodies have all those before:
// reading a piece costs about a tenth of looking at a message.
struct Round {
  size_t trigrams;
  size_t members_min;
};
constexpr std::array kRounds = {Round{2, 1}, Round{4, 1}, Round{kTrigramsPerNeedleMax, 3}};

}  // namespace

std::vector<NarrowedKey> narrowed_keys(const Program& program) {
  std::vector<NarrowedKey> keys;
  const auto& all = program.content_keys();
  for (size_t slot = 0; slot < all.size() && keys.size() < kNarrowedKeysMax; ++slot) {
    const auto* key = std::get_if<TextKey>(&all[slot]);
    if (key == nullptr) continue;
    auto trigrams = needle_trigrams(key->folded);
    if (!trigrams.empty()) keys.push_back({slot, std::move(trigrams)});
  }
  return keys;
}

BlockNarrowing::BlockNarrowing(const std::vector<NarrowedKey>& keys, BlockBodies block) : block_(std::move(block)) {
  for (const NarrowedKey& key : keys) {
    Key& state = keys_.emplace_back(Key{.trigrams = key.trigrams});
    for (size_t number = 0; number < block_.bodies.size(); ++number) state.members.set(number);
    bool lacks_one = std::ranges::any_of(key.trigrams, [&](Trigram t) { return !block_.piece_of(t); });
    if (lacks_one) state.members.reset();
    std::ranges::sort(state.trigrams, std::greater<>(), [this](Trigram t) { return rarity(t); });
  }
  choose();
}

// Pieces are of about the same size, so that what lies in one that reaches over many trigrams is rare.
uint64_t BlockNarrowing::rarity(Trigram trigram) const {
  auto piece = block_.piece_of(trigram);
  if (!piece) return kTrigrams;
  Trigram end = *piece + 1 < block_.pieces.size() ? block_.pieces[*piece + 1] : kTrigrams;
  return end - block_.pieces[*piece];
}

void BlockNarrowing::choose() {
  wanted_.clear();
  for (; wanted_.empty() && round_ < kRounds.size(); ++round_) {
    for (Key& key : keys_) {
      if (key.members.count() < kRounds[round_].members_min) continue;
      key.wanted = std::min(kRounds[round_].trigrams, key.trigrams.size() - key.next);
      for (Trigram trigram : std::span(key.trigrams).subspan(key.next, key.wanted)) {
        wanted_.push_back(*block_.piece_of(trigram));
      }
    }
  }
  std::ranges::sort(wanted_);
  auto same = std::ranges::unique(wanted_);
  wanted_.erase(same.begin(), same.end());
}

Result<> BlockNarrowing::take(std::span<const BytesView> pieces) {
  for (Key& key : keys_) {
    for (; key.wanted > 0; --key.wanted) {
      Trigram trigram = key.trigrams[key.next++];
      auto at = static_cast<size_t>(std::ranges::lower_bound(wanted_, *block_.piece_of(trigram)) - wanted_.begin());
      ROOST_TRY_VOID(keep_those_with(trigram, pieces[at], block_, key.members));
    }
  }
  choose();
  return {};
}

void Narrowing::add(const BlockNarrowing& block) {
  for (size_t number = 0; number < block.block_.bodies.size(); ++number) {
    uint32_t ruled_out = 0;
    for (size_t k = 0; k < block.keys_.size(); ++k) {
      if (!block.keys_[k].members.test(number)) ruled_out |= uint32_t{1} << k;
    }
    if (ruled_out != 0) entries_.push_back({block.block_.bodies[number], ruled_out});
  }
}

void Narrowing::finish() {
  auto serial = [](const Entry& entry) { return entry.body.serial; };
  if (!std::ranges::is_sorted(entries_, {}, serial)) std::ranges::sort(entries_, {}, serial);
}

const Narrowing::Entry* Narrowing::find(const mail::Cold& row) {
  const uint64_t serial = row.blob.serial;
  if (next_ >= entries_.size() || entries_[next_].body.serial != serial) {
    auto found = std::ranges::lower_bound(entries_, serial, {}, [](const Entry& e) { return e.body.serial; });
    next_ = static_cast<size_t>(found - entries_.begin());
  }
  if (next_ == entries_.size() || entries_[next_].body.serial != serial) return nullptr;
  const Entry& entry = entries_[next_++];
  return entry.body.check == body_check(row.email_id) ? &entry : nullptr;
}

void Narrowing::narrow(const mail::Cold& row, Answers& answers) {
  const Entry* entry = find(row);
  if (entry == nullptr) return;
  for (size_t k = 0; k < keys_.size(); ++k) {
    if ((entry->ruled_out >> k & 1) != 0) answers[keys_[k].slot] = Tri::no;
  }
}

}  // namespace roost::search
