#include "message/section.h"

#include <algorithm>
#include <vector>

#include "message/header.h"

namespace roost::message {
namespace {

// The part whose children the numbers below `index` count. A message's parts are those of the message inside it; where
// that is no multipart, its body is part 1 (nothing to descend into).
std::optional<uint32_t> child(std::span<const Part> parts, uint32_t index, uint32_t number) {
  if (number == 0) return std::nullopt;
  if (parts[index].kind == PartKind::message) {
    index = parts[index].first_child;
    if (parts[index].kind != PartKind::multipart) return number == 1 ? std::optional(index) : std::nullopt;
  }
  if (parts[index].kind != PartKind::multipart) return std::nullopt;
  uint32_t at = parts[index].first_child;
  while (at != kNoPart && --number > 0) at = parts[at].next_sibling;
  return at == kNoPart ? std::nullopt : std::optional(at);
}

constexpr size_t kShortListMax = 32;

// Short lists, which are nearly all, are compared name by name; long ones are sorted, so that thousands of names
// against thousands of fields stay cheap.
class NameSet {
 public:
  explicit NameSet(std::span<const BytesView> names) : names_(names) {
    if (names.size() <= kShortListMax) return;
    for (BytesView name : names) sorted_.push_back(to_lower(name));
    std::ranges::sort(sorted_);
  }
  bool has(BytesView name) const {
    if (!sorted_.empty()) return std::ranges::binary_search(sorted_, to_lower(name));
    return std::ranges::any_of(names_, [&](BytesView n) { return equals_ignoring_case(n, name); });
  }

 private:
  std::span<const BytesView> names_;
  std::vector<Bytes> sorted_;
};

}  // namespace

std::optional<uint32_t> find_part(std::span<const Part> parts, std::span<const uint32_t> numbers) {
  if (parts.empty()) return std::nullopt;
  uint32_t at = 0;
  // The message itself is to its parts what an encapsulated message is to its own.
  if (!numbers.empty() && parts[0].kind != PartKind::multipart) {
    if (numbers.front() != 1) return std::nullopt;
    numbers = numbers.subspan(1);
  }
  for (uint32_t number : numbers) {
    auto next = child(parts, at, number);
    if (!next) return std::nullopt;
    at = *next;
  }
  return at;
}

std::optional<ByteRange> find_section(std::span<const Part> parts, std::span<const uint32_t> numbers,
                                      SectionText text) {
  auto index = find_part(parts, numbers);
  if (!index) return std::nullopt;
  const Part& part = parts[*index];
  if (text == SectionText::mime) return numbers.empty() ? std::nullopt : std::optional(part.header);
  if (text == SectionText::whole) {
    if (numbers.empty()) return ByteRange{0, part.body.end()};
    return part.body;
  }
  if (numbers.empty()) return text == SectionText::header ? part.header : part.body;
  if (part.kind != PartKind::message) return std::nullopt;
  const Part& inner = parts[part.first_child];
  return text == SectionText::header ? inner.header : inner.body;
}

ByteRange partial(ByteRange whole, uint64_t offset, uint64_t count) {
  uint64_t skip = std::min(offset, whole.size);
  return {whole.offset + skip, std::min(count, whole.size - skip)};
}

Bytes filter_header_fields(BytesView header, std::span<const BytesView> names, FieldFilter filter) {
  NameSet wanted(names);
  Bytes out;
  FieldIterator fields(header);
  while (auto field = fields.next()) {
    if (wanted.has(field->name) == (filter == FieldFilter::only)) out += field->raw;
  }
  out += fields.blank_line();
  return out;
}

}  // namespace roost::message
