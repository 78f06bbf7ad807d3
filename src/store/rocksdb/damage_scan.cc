#include "store/rocksdb/damage_scan.h"

#include <algorithm>

namespace roost::store {
namespace {

constexpr size_t kPairBytes = 16;           // account, number
constexpr int kNeighboursProbedMax = 2000;  // keys of what lies in one block mostly follow each other

class DamageScan {
 public:
  DamageScan(const NewIterator& iterator, Family family) : new_iterator_(iterator), family_(family) {}

  std::vector<Gap> run(const std::function<void(BytesView, BytesView)>& visit) {
    std::vector<Gap> gaps;
    std::string last;
    it_ = new_iterator_();
    it_->SeekToFirst();
    for (;;) {
      while (it_->Valid()) {
        last = it_->key().ToString();
        visit(last, it_->value().ToStringView());
        readable_from(last + '\0');
      }
      if (it_->status().ok()) return gaps;
      Gap gap{family_, last, {}, it_->status().ToString()};
      bool found = step_over(last) || leap_over(last);
      if (found && it_->Valid()) gap.before = it_->key().ToString();
      gaps.push_back(std::move(gap));
      if (!found || !it_->Valid()) return gaps;
    }
  }

 private:
  // An iterator of its own for every key: one that meets damage among keys that a range deletion covers may say that it
  // is at the end.
  bool readable_from(const std::string& key) {
    it_ = new_iterator_();
    it_->Seek(key);
    return it_->status().ok();
  }

  // The numbers that follow, one by one.
  bool step_over(const std::string& last) {
    if (last.size() != kPairBytes) return false;
    std::optional<std::string> key = last;
    for (int i = 0; i < kNeighboursProbedMax; ++i) {
      key = key_above(*std::move(key), 0);
      if (!key) return false;
      if (readable_from(*key)) return true;
    }
    return false;
  }

  // Ever farther, and back by halves to the first key that can be read.
  bool leap_over(const std::string& last) {
    std::string from = last;
    from.resize(std::max(last.size(), kPairBytes) + 1, '\0');
    size_t bit = 0;
    for (auto far = key_above(from, 0);; far = key_above(from, bit)) {
      if (!far) return false;
      if (readable_from(*far)) break;
      ++bit;
    }
    std::string unreadable = from;
    for (; bit-- > 0;) {
      auto middle = key_above(unreadable, bit);
      if (middle && !readable_from(*middle)) unreadable = *std::move(middle);
    }
    auto first = key_above(unreadable, 0);
    return first && readable_from(*first);
  }

  const NewIterator& new_iterator_;
  const Family family_;
  std::unique_ptr<rocksdb::Iterator> it_;
};

}  // namespace

std::optional<std::string> key_above(std::string key, size_t bit) {
  size_t octets = bit / 8;
  if (octets >= key.size()) return std::nullopt;
  unsigned carry = 1U << (bit % 8);
  for (size_t at = key.size() - octets; carry != 0; --at) {
    if (at == 0) return std::nullopt;
    unsigned sum = static_cast<uint8_t>(key[at - 1]) + carry;
    key[at - 1] = static_cast<char>(sum & 0xff);
    carry = sum >> 8;
  }
  return key;
}

std::vector<Gap> scan_around_damage(const NewIterator& iterator, Family family,
                                    const std::function<void(BytesView, BytesView)>& visit) {
  return DamageScan(iterator, family).run(visit);
}

}  // namespace roost::store
