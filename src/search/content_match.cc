#include "search/content_match.h"

#include <algorithm>

#include "message/header.h"
#include "search/field_text.h"

namespace roost::search {
namespace {

// Ranges that lie closer together are read as one.
constexpr uint64_t kGapBytesMax = 16 * 1024;

std::vector<message::ByteRange> joined(const std::vector<message::ByteRange>& ranges) {
  std::vector<message::ByteRange> out;
  for (const message::ByteRange& range : ranges) {
    if (range.size == 0) continue;
    if (!out.empty() && range.offset - out.back().end() <= kGapBytesMax) {
      out.back().size = range.end() - out.back().offset;
    } else {
      out.push_back(range);
    }
  }
  return out;
}

}  // namespace

FieldMatch::FieldMatch(const Program& program) : program_(program) {
  const auto& keys = program.content_keys();
  for (size_t slot = 0; slot < keys.size(); ++slot) {
    const auto* key = std::get_if<HeaderKey>(&keys[slot]);
    if (key == nullptr) continue;
    entries_.push_back({slot, key, message::Matcher(key->folded), message::is_card_field(key->name)});
  }
}

void FieldMatch::from_card(const message::CardView& card, Answers& answers) {
  const auto& keys = program_.content_keys();
  for (size_t slot = 0; slot < keys.size(); ++slot) {
    const auto* key = std::get_if<SentKey>(&keys[slot]);
    if (key == nullptr) continue;
    auto sent = card.sent();
    answers[slot] =
        sent && sent->local_day() >= key->first_day && sent->local_day() <= key->last_day ? Tri::yes : Tri::no;
  }
  auto fields = card.fields();
  if (!fields) return;
  asking_.clear();
  for (Entry& entry : entries_) {
    if (entry.in_card) asking_.push_back(&entry);
  }
  look(*fields, answers);
}

void FieldMatch::from_header(BytesView header, Answers& answers) {
  asking_.clear();
  for (Entry& entry : entries_) {
    if (answers[entry.slot] == Tri::unknown) asking_.push_back(&entry);
  }
  look(header, answers);
}

bool FieldMatch::wants_header(const Answers& answers) const {
  for (const Entry& entry : entries_) {
    if (answers[entry.slot] == Tri::unknown) return true;
  }
  return false;
}

void FieldMatch::look(BytesView header, Answers& answers) {
  for (Entry* entry : asking_) answers[entry->slot] = Tri::no;
  message::FieldIterator fields(header);
  while (auto field = asking_.empty() ? std::nullopt : fields.next()) {
    std::optional<FieldText> text;
    std::erase_if(asking_, [&](Entry* entry) {
      if (!message::equals_ignoring_case(field->name, entry->key->name)) return false;
      if (!text) text.emplace(*field);
      bool found = entry->key->folded.empty() || text->has(entry->matcher, entry->key->addresses);
      if (found) answers[entry->slot] = Tri::yes;
      return found || entry->key->first_only;
    });
  }
}

std::vector<message::ByteRange> text_reads(std::span<const message::Part> parts, message::TextScope scope) {
  return joined(message::text_ranges(parts, scope));
}

TextMatch::TextMatch(const Program& program) {
  const auto& keys = program.content_keys();
  for (size_t slot = 0; slot < keys.size(); ++slot) {
    const auto* key = std::get_if<TextKey>(&keys[slot]);
    if (key == nullptr) continue;
    Scope& scope = key->with_headers ? text_ : body_;
    scope.slots.push_back(slot);
    scope.matchers.emplace_back(key->folded);
  }
}

std::vector<message::ByteRange> TextMatch::ranges(std::span<const message::Part> parts, const Answers& answers) const {
  if (text_.wanted(answers)) return text_reads(parts, text_.scope);
  if (body_.wanted(answers)) return text_reads(parts, body_.scope);
  return {};
}

void TextMatch::begin(std::span<const message::Part> parts, const Answers& answers) {
  for (Scope* scope : {&body_, &text_}) {
    scope->extractor.reset();
    for (message::Matcher& matcher : scope->matchers) matcher.reset();
    if (!scope->wanted(answers)) continue;
    scope->sink.emplace(scope->matchers);
    scope->extractor.emplace(parts, scope->scope, *scope->sink);
  }
}

void TextMatch::feed(uint64_t offset, BytesView piece, Answers& answers) {
  for (Scope* scope : {&body_, &text_}) {
    if (!scope->extractor) continue;
    if (!scope->extractor->feed(offset, piece)) {
      scope->note(answers);
      scope->extractor.reset();
      continue;
    }
    scope->note(answers);
  }
}

void TextMatch::finish(Answers& answers) {
  for (Scope* scope : {&body_, &text_}) {
    if (scope->extractor) scope->extractor->finish();
    scope->note(answers);
    scope->extractor.reset();
    for (size_t slot : scope->slots) {
      if (answers[slot] == Tri::unknown) answers[slot] = Tri::no;
    }
  }
}

bool TextMatch::Scope::wanted(const Answers& answers) const {
  return std::ranges::any_of(slots, [&](size_t slot) { return answers[slot] == Tri::unknown; });
}

void TextMatch::Scope::note(Answers& answers) const {
  for (size_t i = 0; i < slots.size(); ++i) {
    if (matchers[i].matched()) answers[slots[i]] = Tri::yes;
  }
}

}  // namespace roost::search
