// The keywords of one mailbox, and the distinct sets of them that its messages have had. Both only grow: a set's number
// stays what it is, in rows, in records and on pages. Persistent: copying is cheap, adding leaves older copies alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/flags.h"
#include "mail/append_list.h"
#include "mail/persistent_map.h"
#include "mail/row.h"

namespace roost::mail {

using KeywordIndexes = std::vector<uint16_t>;  // ascending, each once

class KeywordTable {
 public:
  KeywordTable();
  // Of most mailboxes: one for all of them.
  static const std::shared_ptr<const KeywordTable>& empty();

  const std::vector<std::string>& names() const { return *names_; }
  std::optional<uint16_t> find(std::string_view keyword) const;  // without regard to ASCII case

  // The empty set is 0 and always there. A set that never was is empty.
  const KeywordIndexes& set(KeywordSet set) const;
  uint32_t set_count() const { return sets_.size(); }  // with the empty one
  std::optional<KeywordSet> find_set(const KeywordIndexes& indexes) const;
  size_t set_items() const { return set_items_; }  // indexes in all sets together

  // The caller checked that they are not there, and that there is room for them (65,536 of either).
  void add(std::span<const std::string> keywords);
  KeywordSet add_set(KeywordIndexes indexes);

 private:
  struct LessIgnoringCase {
    bool operator()(std::string_view a, std::string_view b) const { return compare_ignoring_case(a, b) < 0; }
  };
  using SetPtr = std::shared_ptr<const KeywordIndexes>;
  struct SetLess {
    static const KeywordIndexes& of(const SetPtr& set) { return *set; }
    static const KeywordIndexes& of(const KeywordIndexes& set) { return set; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return of(a) < of(b);
    }
  };

  std::shared_ptr<const std::vector<std::string>> names_;
  PersistentMap<std::string, uint16_t, LessIgnoringCase> by_name_;
  AppendList<SetPtr> sets_;
  PersistentMap<SetPtr, uint16_t, SetLess> by_set_;
  size_t set_items_ = 0;
};

}  // namespace roost::mail
