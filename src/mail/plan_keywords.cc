#include <algorithm>

#include "mail/planning.h"

namespace roost::mail {

Result<uint16_t> KeywordPlan::index(const std::string& keyword) {
  if (auto known = table_.find(keyword)) return *known;
  if (keyword.empty() || keyword.size() > limits_.keyword_bytes_max) return no(Code::limit, "A keyword is too long");
  size_t count_max = std::min<size_t>(limits_.keywords_per_mailbox_max, UINT16_MAX);
  if (table_.names().size() >= count_max) return no(Code::limit, "The mailbox has too many keywords");
  auto index = static_cast<uint16_t>(table_.names().size());
  table_.add({&keyword, 1});
  return index;
}

Result<KeywordIndexes> KeywordPlan::indexes(const std::vector<std::string>& keywords) {
  KeywordIndexes out;
  out.reserve(keywords.size());
  for (const std::string& keyword : keywords) {
    ROOST_TRY(uint16_t one, index(keyword));
    out.push_back(one);
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

KeywordIndexes KeywordPlan::known_indexes(const std::vector<std::string>& keywords) const {
  KeywordIndexes out;
  for (const std::string& keyword : keywords) {
    if (auto known = table_.find(keyword)) out.push_back(*known);
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

Result<KeywordSet> KeywordPlan::set(const KeywordIndexes& indexes) {
  if (auto known = table_.find_set(indexes)) return *known;
  size_t count_max = std::min<size_t>(limits_.keyword_sets_per_mailbox_max, UINT16_MAX);
  if (table_.set_count() >= count_max ||
      table_.set_items() + indexes.size() > limits_.keyword_set_items_per_mailbox_max) {
    return no(Code::limit, "The mailbox has too many combinations of keywords");
  }
  return table_.add_set(indexes);
}

void KeywordPlan::add_to(Planning& planning) const {
  const KeywordTable& before = *mailbox_.keywords;
  KeywordsEffect effect;
  effect.mailbox = mailbox_.id;
  effect.names_before = static_cast<uint32_t>(before.names().size());
  effect.names.assign(table_.names().begin() + effect.names_before, table_.names().end());
  effect.sets_before = before.set_count();
  for (uint32_t i = effect.sets_before; i < table_.set_count(); ++i) {
    effect.sets.push_back(table_.set(KeywordSet(static_cast<uint16_t>(i))));
  }
  if (!effect.names.empty() || !effect.sets.empty()) planning.add(std::move(effect));
}

}  // namespace roost::mail
