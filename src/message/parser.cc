#include "message/parser.h"

#include <algorithm>
#include <utility>

#include "message/boundary_stack.h"
#include "message/header.h"
#include "message/header_collector.h"
#include "message/line_feeder.h"
#include "message/part_tree.h"
#include "message/preview_capture.h"

namespace roost::message {
namespace {

bool is_blank_line(BytesView line) { return line == "\r\n" || line == "\n"; }

// Of a line that may be a boundary, the first octets, which decide.
BytesView boundary_line(BytesView line, size_t boundary_bytes_max) {
  line = line.substr(0, boundary_bytes_max + BytesView("----").size());
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// What must be seen of a line, even if it comes in pieces, so that the pieces make no difference.
size_t line_bytes_needed(const ParseLimits& limits) {
  return std::max(
      {size_t{limits.field_bytes_max}, limits.boundary_bytes_max + BytesView("----\r\n").size(), kFieldNameBytesMax});
}

bool is_identity(Encoding e) {
  return e == Encoding::seven_bit || e == Encoding::eight_bit || e == Encoding::binary || e == Encoding::unknown;
}

}  // namespace

// LineFeeder cuts the message into lines, of which this sees those that may matter: all of a header, and in a body
// those that begin with "--" while a boundary is awaited. PartTree holds what is open and where it began.
class Parser::State final : public LineSink {
 public:
  explicit State(ParseLimits limits)
      : limits_(limits), collector_(limits_, out_.kept), tree_(out_.parts), feeder_(*this, line_bytes_needed(limits_)) {
    begin_part(kNoPart, {});
  }

  void feed(BytesView piece) {
    preview_.begin_piece(piece, feeder_.place().offset);
    feeder_.feed(piece);
    preview_.end_piece();
  }

  Parsed finish() {
    feeder_.finish();
    Place end = feeder_.place();
    while (in_header_) end_header(end, false);
    while (!tree_.empty()) close_part(end);
    out_.size = end.offset;
    return std::move(out_);
  }

  void line(const Line& line) override;

 private:
  bool begins_own_parts(const Line& line);
  void begin_part(uint32_t parent, Place at);
  void begin_opaque_part(uint32_t index, Place at);
  void end_header(Place at, bool blank_line);
  void settle(uint32_t index, Place body);
  void settle_multipart(uint32_t index, Bytes boundary);
  void settle_message(uint32_t index, Place body);
  void make_opaque(Part& part);
  void begin_preview(uint32_t index, Place body);
  void boundary(const BoundaryMatch& match, const Line& line);
  void close_part(Place end);
  void watch();

  ParseLimits limits_;
  Parsed out_;
  HeaderCollector collector_;
  PartTree tree_;
  BoundaryStack boundaries_;
  LineFeeder feeder_;
  PreviewCapture preview_;
  uint32_t real_parts_ = 0;
  bool in_header_ = false;
};

void Parser::State::line(const Line& line) {
  if (line.bytes.starts_with("--")) {
    if (in_header_ && begins_own_parts(line)) {
      end_header(line.begin, false);
      watch();
    }
    if (auto match = boundaries_.match(boundary_line(line.bytes, limits_.boundary_bytes_max))) {
      boundary(*match, line);
      watch();
      return;
    }
  }
  if (!in_header_) return;
  if (!is_blank_line(line.bytes)) {
    collector_.line(line);
    return;
  }
  if (tree_.top() == 0) out_.blank_line_bytes = static_cast<uint8_t>(line.bytes.size());
  end_header(line.end, true);
  watch();
}

// Of a header without blank line: the first delimiter of the multipart that it announces, which looks like no field.
bool Parser::State::begins_own_parts(const Line& line) {
  const Content& content = collector_.content_before(line);
  return content.type == "multipart" && !content.boundary.empty() && line.bytes.substr(2).starts_with(content.boundary);
}

void Parser::State::watch() {
  feeder_.watch(in_header_            ? LineFeeder::Watch::lines
                : boundaries_.empty() ? LineFeeder::Watch::none
                                      : LineFeeder::Watch::dashes);
}

// The line end before the boundary belongs to the boundary (RFC 2046 5.1.1), for everything that ends here. A header
// keeps its line ends, even the blank line where no body follows.
void Parser::State::boundary(const BoundaryMatch& match, const Line& line) {
  while (in_header_) end_header(line.begin, false);
  while (tree_.top() != match.part) close_part(line.begin_without_line_end);
  boundaries_.shrink(match.closes ? match.level : match.level + 1);
  if (!match.closes) begin_part(match.part, line.end);
}

void Parser::State::begin_part(uint32_t parent, Place at) {
  uint32_t index = tree_.begin(parent, at.offset);
  out_.headers.push_back({});
  bool encapsulated = parent != kNoPart && out_.parts[parent].kind == PartKind::message;
  collector_.begin(index == 0 ? HeaderOf::message : encapsulated ? HeaderOf::encapsulated : HeaderOf::body_part);
  in_header_ = true;
  if (++real_parts_ == limits_.parts_max && index != 0) begin_opaque_part(index, at);
}

// The last part that the limits allow: it has no header, and nothing in it is looked at.
void Parser::State::begin_opaque_part(uint32_t index, Place at) {
  in_header_ = false;
  boundaries_ = {};
  out_.headers[index] = collector_.end();
  tree_.begin_body(at);
  make_opaque(out_.parts[index]);
}

void Parser::State::make_opaque(Part& part) {
  out_.limited = true;
  part.type = "application";
  part.subtype = "octet-stream";
}

void Parser::State::end_header(Place at, bool blank_line) {
  in_header_ = false;
  uint32_t index = tree_.top();
  out_.headers[index] = collector_.end();
  const Bytes& type = collector_.content().type;
  bool cut = !blank_line && collector_.stray() && type != "multipart" && type != "message";
  if (cut) {
    at = collector_.stray()->begin;
    out_.headers[index] = collector_.cut_back();
  }
  tree_.begin_body(at);
  settle(index, at);
  if (!cut) begin_preview(index, at);
}

// What the part is, from its header; defaults as in RFC 2045 5.2 and RFC 2046 5.1.5.
void Parser::State::settle(uint32_t index, Place body) {
  Part& part = out_.parts[index];
  Content content = collector_.content();
  part.encoding = content.encoding;
  part.attachment = content.attachment;
  part.type = std::move(content.type);
  part.subtype = std::move(content.subtype);
  if (part.type.empty()) {
    bool digest = part.parent != kNoPart && out_.parts[part.parent].is("multipart", "digest");
    part.type = digest ? "message" : "text";
    part.subtype = digest ? "rfc822" : "plain";
  }
  if (part.type == "multipart") {
    settle_multipart(index, std::move(content.boundary));
  } else if (part.is("message", "rfc822") || part.is("message", "global")) {
    settle_message(index, body);
  } else if (part.type == "text") {
    part.charset = std::move(content.charset);
  }
}

void Parser::State::settle_multipart(uint32_t index, Bytes boundary) {
  Part& part = out_.parts[index];
  if (boundary.empty() || boundary.size() > limits_.boundary_bytes_max) {
    part.type = "text";  // not a valid Content-Type: the default
    part.subtype = "plain";
  } else if (part.depth >= limits_.mime_depth_max) {
    make_opaque(part);
  } else {
    part.kind = PartKind::multipart;
    boundaries_.push(index, std::move(boundary));
  }
}

// A message in base64 or the like (RFC 6532 allows it for message/global, nothing for message/rfc822) is not looked
// into.
void Parser::State::settle_message(uint32_t index, Place body) {
  Part& part = out_.parts[index];
  if (part.depth >= limits_.mime_depth_max) {
    make_opaque(part);
    return;
  }
  part.kind = PartKind::message;
  if (is_identity(part.encoding)) {
    begin_part(index, body);
  } else {
    tree_.add_synthetic_child();
    out_.headers.push_back({.offset = static_cast<uint32_t>(out_.kept.size())});
  }
}

void Parser::State::begin_preview(uint32_t index, Place body) {
  const Part& part = out_.parts[index];
  if (part.kind != PartKind::leaf || part.attachment || part.type != "text") return;
  if (part.subtype == "plain" && out_.plain.part == kNoPart) {
    preview_.begin(out_.plain, index, body.offset, limits_.preview_bytes_max);
  } else if (part.subtype == "html" && out_.html.part == kNoPart) {
    preview_.begin(out_.html, index, body.offset, limits_.preview_bytes_max);
  }
}

void Parser::State::close_part(Place end) {
  uint32_t index = tree_.top();
  if (out_.parts[index].kind == PartKind::multipart && out_.parts[index].first_child == kNoPart) {
    tree_.add_synthetic_child();
    out_.headers.push_back({.offset = static_cast<uint32_t>(out_.kept.size())});
  }
  tree_.close_top(end);
  preview_.end(index, out_.parts[index].body.size);
}

Parser::Parser(ParseLimits limits) : state_(std::make_unique<State>(limits)) {}
Parser::~Parser() = default;
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;

void Parser::feed(BytesView piece) { state_->feed(piece); }
Parsed Parser::finish() { return state_->finish(); }

Parsed parse(BytesView message, ParseLimits limits) {
  Parser parser(limits);
  parser.feed(message);
  return parser.finish();
}

}  // namespace roost::message
