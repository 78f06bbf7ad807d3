#include "search/order_key.h"

#include <bit>

namespace roost::search {
namespace {

constexpr uint64_t kSignBit = uint64_t{1} << 63;

// The first eight octets, the first one highest; zeros where there are fewer.
uint64_t first_octets(BytesView key) {
  uint64_t out = 0;
  for (size_t i = 0; i < sizeof out; ++i) {
    out = out << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0);
  }
  return out;
}

}  // namespace

void OrderKeys::begin() { begin_ = octets_.size(); }

void OrderKeys::add(int64_t number, bool reverse) {
  size_t at = octets_.size();
  uint64_t rising = static_cast<uint64_t>(number) ^ kSignBit;
  if constexpr (std::endian::native == std::endian::little) rising = std::byteswap(rising);
  octets_.append(reinterpret_cast<const char*>(&rising), sizeof rising);
  if (reverse) reverse_from(at);
}

// A NUL within the text becomes 00 ff and its end 00 01, so that a text comes before all that begin with it.
void OrderKeys::add(BytesView text, bool reverse) {
  size_t at = octets_.size();
  for (size_t nul = text.find('\0'); nul != BytesView::npos; nul = text.find('\0')) {
    octets_ += text.substr(0, nul + 1);
    octets_ += '\xff';
    text.remove_prefix(nul + 1);
  }
  octets_ += text;
  octets_ += BytesView("\x00\x01", 2);
  if (reverse) reverse_from(at);
}

void OrderKeys::reverse_from(size_t at) {
  for (; at < octets_.size(); ++at) octets_[at] = static_cast<char>(~octets_[at]);
}

OrderKeys::Entry OrderKeys::end(uint32_t item) {
  Entry entry{
      .at = static_cast<uint32_t>(begin_), .size = static_cast<uint32_t>(octets_.size() - begin_), .item = item};
  entry.begins_with = first_octets(key(entry));
  return entry;
}

}  // namespace roost::search
