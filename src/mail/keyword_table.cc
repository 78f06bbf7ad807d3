#include "mail/keyword_table.h"

namespace roost::mail {

KeywordTable::KeywordTable() : names_(std::make_shared<const std::vector<std::string>>()) {
  auto empty = std::make_shared<const KeywordIndexes>();
  by_set_.set(empty, 0);
  sets_.push_back(std::move(empty));
}

const std::shared_ptr<const KeywordTable>& KeywordTable::empty() {
  static const auto kEmpty = std::make_shared<const KeywordTable>();
  return kEmpty;
}

std::optional<uint16_t> KeywordTable::find(std::string_view keyword) const {
  const uint16_t* index = by_name_.find(keyword);
  return index != nullptr ? std::optional(*index) : std::nullopt;
}

const KeywordIndexes& KeywordTable::set(KeywordSet set) const {
  return *sets_[set.value < sets_.size() ? set.value : 0];
}

std::optional<KeywordSet> KeywordTable::find_set(const KeywordIndexes& indexes) const {
  const uint16_t* number = by_set_.find(indexes);
  return number != nullptr ? std::optional(KeywordSet(*number)) : std::nullopt;
}

void KeywordTable::add(std::span<const std::string> keywords) {
  auto names = std::make_shared<std::vector<std::string>>(*names_);
  for (const std::string& keyword : keywords) {
    by_name_.set(keyword, static_cast<uint16_t>(names->size()));
    names->push_back(keyword);
  }
  names_ = std::move(names);
}

KeywordSet KeywordTable::add_set(KeywordIndexes indexes) {
  auto number = static_cast<uint16_t>(sets_.size());
  set_items_ += indexes.size();
  auto set = std::make_shared<const KeywordIndexes>(std::move(indexes));
  by_set_.set(set, number);
  sets_.push_back(std::move(set));
  return KeywordSet(number);
}

}  // namespace roost::mail
