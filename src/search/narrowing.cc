#include "search/narrowing.h"

#include <algorithm>
#include <iterator>

namespace roost::search {

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

std::vector<uint32_t> Narrowing::wanted_pieces(const BlockBodies& block) const {
  std::vector<uint32_t> pieces;
  for (const NarrowedKey& key : keys_) {
    for (Trigram trigram : key.trigrams) {
      if (auto piece = block.piece_of(trigram)) pieces.push_back(*piece);
    }
  }
  std::ranges::sort(pieces);
  auto same = std::ranges::unique(pieces);
  pieces.erase(same.begin(), same.end());
  return pieces;
}

Result<> Narrowing::take(const BlockBodies& block, std::span<const BytesView> pieces) {
  const std::vector<uint32_t> numbers = wanted_pieces(block);
  std::vector<Entry> entries;
  for (const IndexedBody& body : block.bodies) entries.push_back({body, 0});
  for (size_t k = 0; k < keys_.size(); ++k) {
    Members members;
    members.set();
    for (Trigram trigram : keys_[k].trigrams) {
      auto piece = block.piece_of(trigram);
      if (!piece) members.reset();
      if (members.none()) break;
      auto at = static_cast<size_t>(std::ranges::lower_bound(numbers, *piece) - numbers.begin());
      ROOST_TRY_VOID(keep_those_with(trigram, pieces[at], block, members));
    }
    for (size_t i = 0; i < entries.size(); ++i) {
      if (!members.test(i)) entries[i].ruled_out |= uint32_t{1} << k;
    }
  }
  std::ranges::copy_if(entries, std::back_inserter(entries_), [](const Entry& entry) { return entry.ruled_out != 0; });
  return {};
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
