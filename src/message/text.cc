#include "message/text.h"

#include <algorithm>

#include "base/utf8.h"
#include "message/casemap.h"
#include "message/charset.h"
#include "message/encoded_word.h"
#include "message/header.h"
#include "message/transfer.h"

namespace roost::message {
namespace {

constexpr size_t kChunkBytes = size_t{16} * 1024;  // stays in the cache while it passes through the stages

struct Segment {
  ByteRange range;
  uint32_t part = 0;
  bool header = false;
};

// Text; reports and the like have it in message/* leaves. Where a part has but a synthetic child (a multipart without
// parts, an encoded message), what is there to be seen is its own body.
bool is_searched(std::span<const Part> parts, uint32_t index) {
  const Part& part = parts[index];
  if (part.kind != PartKind::leaf) return parts[part.first_child].synthetic;
  return part.is_text() || part.type == "message";
}

std::vector<Segment> segments_of(std::span<const Part> parts, TextScope scope) {
  std::vector<Segment> out;
  for (uint32_t i = 0; i < parts.size(); ++i) {
    bool header = scope == TextScope::text || (scope == TextScope::headers && i == 0);
    if (header && parts[i].header.size > 0) out.push_back({parts[i].header, i, true});
    bool body = scope != TextScope::headers && is_searched(parts, i);
    if (body && parts[i].body.size > 0) out.push_back({parts[i].body, i, false});
  }
  return out;
}

}  // namespace

bool MatchSink::text(BytesView folded) {
  bool wanted = false;
  for (Matcher& matcher : matchers_) wanted |= !matcher.feed(folded);
  return wanted;
}

void MatchSink::next_text() {
  for (Matcher& matcher : matchers_) matcher.next_text();
}

std::vector<ByteRange> text_ranges(std::span<const Part> parts, TextScope scope) {
  std::vector<ByteRange> out;
  for (const Segment& segment : segments_of(parts, scope)) {
    if (!out.empty() && out.back().end() == segment.range.offset) {
      out.back().size += segment.range.size;
    } else {
      out.push_back(segment.range);
    }
  }
  return out;
}

class TextExtractor::State {
 public:
  State(std::span<const Part> parts, TextScope scope, TextSink& sink)
      : parts_(parts), segments_(segments_of(parts, scope)), sink_(sink) {}

  bool feed(uint64_t offset, BytesView piece);
  void finish();

 private:
  void begin_segment(const Segment& segment);
  void end_segment();
  void header(BytesView bytes);
  void flush_field(bool last);
  void end_field();
  void body(BytesView bytes);
  void decoded(BytesView bytes, bool last);
  void tell(BytesView utf8);

  std::span<const Part> parts_;
  std::vector<Segment> segments_;
  TextSink& sink_;
  size_t at_ = 0;  // the segment at hand
  bool begun_ = false;
  bool wanted_ = true;
  Bytes field_;  // what is gathered of the one at hand
  bool in_field_ = false;
  bool line_start_ = true;
  HeaderTextDecoder field_text_;
  Encoding encoding_ = Encoding::seven_bit;
  TransferDecoder transfer_{Encoding::seven_bit};
  CharsetDecoder charset_{{}};
  Bytes decoded_;
  Bytes utf8_;
  Bytes folded_;
};

bool TextExtractor::State::feed(uint64_t offset, BytesView piece) {
  while (wanted_ && !piece.empty() && at_ < segments_.size()) {
    const Segment& segment = segments_[at_];
    if (offset >= segment.range.end()) {
      end_segment();
      continue;
    }
    if (offset < segment.range.offset) {
      size_t skip = std::min<uint64_t>(piece.size(), segment.range.offset - offset);
      offset += skip;
      piece.remove_prefix(skip);
      continue;
    }
    if (!begun_) begin_segment(segment);
    BytesView mine = piece.substr(0, std::min<uint64_t>(segment.range.end() - offset, kChunkBytes));
    if (segment.header) {
      header(mine);
    } else {
      body(mine);
    }
    offset += mine.size();
    piece.remove_prefix(mine.size());
    if (offset == segment.range.end()) end_segment();
  }
  return wanted_ && at_ < segments_.size();
}

void TextExtractor::State::finish() {
  if (begun_) end_segment();
}

void TextExtractor::State::begin_segment(const Segment& segment) {
  begun_ = true;
  line_start_ = true;
  if (segment.header) return;
  const Part& part = parts_[segment.part];
  encoding_ = part.encoding;
  transfer_ = TransferDecoder(part.encoding);
  charset_ = CharsetDecoder(part.charset);
}

void TextExtractor::State::end_segment() {
  if (begun_ && segments_[at_].header) {
    end_field();
  } else if (begun_) {
    decoded_.clear();
    transfer_.finish(decoded_);
    decoded(decoded_, true);
    sink_.next_text();
  }
  begun_ = false;
  ++at_;
}

void TextExtractor::State::header(BytesView bytes) {
  while (!bytes.empty()) {
    if (line_start_ && bytes.front() != ' ' && bytes.front() != '\t') end_field();
    size_t lf = bytes.find('\n');
    BytesView line = bytes.substr(0, lf == BytesView::npos ? lf : lf + 1);
    field_ += line;
    in_field_ = true;
    line_start_ = lf != BytesView::npos;
    bytes.remove_prefix(line.size());
    if (field_.size() >= kChunkBytes) flush_field(false);
  }
}

void TextExtractor::State::end_field() {
  if (!in_field_) return;
  Bytes parameters = hidden_parameter_text(field_);
  flush_field(true);
  in_field_ = false;
  sink_.next_text();
  if (parameters.empty()) return;
  tell(parameters);
  sink_.next_text();
}

void TextExtractor::State::flush_field(bool last) {
  std::erase_if(field_, [](char c) { return c == '\r' || c == '\n'; });
  utf8_.clear();
  field_text_.feed(field_, last, utf8_);
  field_.clear();
  tell(utf8_);
}

void TextExtractor::State::body(BytesView bytes) {
  bool identity =
      encoding_ != Encoding::base64 && encoding_ != Encoding::quoted_printable && encoding_ != Encoding::uuencode;
  if (identity) return decoded(bytes, false);
  decoded_.clear();
  transfer_.feed(bytes, decoded_);
  decoded(decoded_, false);
}

// 7-bit text, which is most text, needs no charset.
void TextExtractor::State::decoded(BytesView bytes, bool last) {
  if (charset_.is_ascii_superset() && ascii_prefix(bytes) == bytes.size()) return tell(bytes);
  utf8_.clear();
  charset_.feed(bytes, last, utf8_);
  tell(utf8_);
}

void TextExtractor::State::tell(BytesView utf8) {
  if (!wanted_ || utf8.empty()) return;
  folded_.clear();
  search_fold(utf8, folded_);
  wanted_ = sink_.text(folded_);
}

TextExtractor::TextExtractor(std::span<const Part> parts, TextScope scope, TextSink& sink)
    : state_(std::make_unique<State>(parts, scope, sink)) {}
TextExtractor::~TextExtractor() = default;
TextExtractor::TextExtractor(TextExtractor&&) noexcept = default;

bool TextExtractor::feed(uint64_t offset, BytesView piece) { return state_->feed(offset, piece); }
void TextExtractor::finish() { state_->finish(); }

}  // namespace roost::message
