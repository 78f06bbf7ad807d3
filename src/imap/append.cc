#include "imap/append.h"

#include <utility>

#include "imap/command.h"
#include "imap/parser.h"

namespace roost::imap {

using Use = AppendReader::Use;

bool is_append(Verb verb) { return verb == Verb::append || verb == Verb::replace || verb == Verb::uid_replace; }

namespace {

// seq-number = nz-number / "*"     RFC 9051 9
Result<SequenceSet> parse_seq_number(Parser& in) {
  if (in.take('*')) return SequenceSet{.ranges = {{SequenceSet::kStar, SequenceSet::kStar}}};
  ROOST_TRY(uint32_t number, in.nz_number("a message number"));
  return SequenceSet{.ranges = {{number, number}}};
}

}  // namespace

Result<Use> AppendReader::at_literal(const wire::Frame& frame) {
  ROOST_TRY(std::optional<Use> use, read_to(frame, frame.literals.size() - 1));
  if (!use) return fault("APPEND was read past its literal");
  return *use;
}

void AppendReader::keep(const Parser& in) {
  offset_ = in.offset();
  literals_ = in.literals();
}

Result<std::optional<Use>> AppendReader::read_to(const wire::Frame& frame, size_t index) {
  if (!started_) {
    Head head = parse_head(frame);
    verb_ = head.verb.value_or(Verb::append);
    offset_ = head.arguments;
  }
  Parser in(frame, dialect_, verb_name(verb_), offset_, literals_);
  if (!started_) {
    ROOST_TRY(started_, read_start(in, index));
    if (!started_) return Use::string;
    keep(in);
  }
  while (true) {
    ROOST_TRY_VOID(end_part(in));
    keep(in);
    if (in.at_end() && !append_.messages.empty() && append_.messages.back().complete) return std::nullopt;
    bool within = !append_.messages.empty() && !append_.messages.back().complete;
    auto use = within ? read_part(in, index) : read_message(in, index);
    if (!use || *use) return use;
  }
}

// False: the mailbox is the literal at `index`.
Result<bool> AppendReader::read_start(Parser& in, size_t index) {
  ROOST_TRY_VOID(in.space());
  if (verb_ != Verb::append) {
    append_.uid = verb_ == Verb::uid_replace;
    ROOST_TRY(append_.replaces, parse_seq_number(in));
    ROOST_TRY_VOID(in.space());
  }
  if (index == 0 && in.at_literal()) return false;
  ROOST_TRY(append_.mailbox, in.mailbox(append_.supplied));
  return true;
}

// What must follow a part: the parenthesis of UTF8, and CATENATE's or the space before its next part.
Result<> AppendReader::end_part(Parser& in) {
  if (std::exchange(parenthesis_, false)) ROOST_TRY_VOID(in.expect(')', "')' after the message"));
  if (append_.messages.empty() || part_due_) return {};
  AppendMessage& message = append_.messages.back();
  if (message.complete) return {};
  message.complete = in.take(')');
  if (message.complete) return {};
  part_due_ = true;
  return in.space();
}

// append-message = append-opts SP append-data; append-opts = [SP flag-list] [SP date-time]     RFC 4466 3
// append-data =/ "CATENATE" SP "(" cat-part *(SP cat-part) ")"     RFC 4469 5
Result<std::optional<Use>> AppendReader::read_message(Parser& in, size_t index) {
  bool one_only = append_.replaces || !dialect_.multiappend;
  if (!append_.messages.empty() && one_only) return in.expected("the end of the command");
  AppendMessage message;
  ROOST_TRY_VOID(in.space());
  if (in.peek() == '(') {
    ROOST_TRY(message.flags, in.flag_list());
    ROOST_TRY_VOID(in.space());
  }
  if (in.peek() == '"') {
    ROOST_TRY(message.date, in.date_time());
    ROOST_TRY_VOID(in.space());
  }
  message.catenated = dialect_.catenate && in.take_word("CATENATE");
  append_.messages.push_back(std::move(message));
  if (append_.messages.back().catenated) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY_VOID(in.expect('(', "'(' after CATENATE"));
    part_due_ = true;
    keep(in);
    return std::nullopt;
  }
  ROOST_TRY_VOID(read_literal(in, index, dialect_.utf8_append && in.take_word("UTF8")));
  return Use::message;
}

// cat-part = text-literal / url; text-literal = "TEXT" SP literal     RFC 4469 5
// cat-part =/ utf8-literal     RFC 6855 4
Result<std::optional<Use>> AppendReader::read_part(Parser& in, size_t index) {
  if (append_.messages.back().parts.size() >= AppendMessage::kPartsMax) return no(Code::limit, "Too many parts.");
  if (in.take_word("URL")) return read_url(in, index);
  bool utf8 = dialect_.utf8_append && in.take_word("UTF8");
  if (!utf8) {
    if (!in.take_word("TEXT")) return in.expected("TEXT or URL");
    ROOST_TRY_VOID(in.space());
  }
  ROOST_TRY_VOID(read_literal(in, index, utf8));
  return Use::message;
}

// url = "URL" SP astring     RFC 4469 5
Result<std::optional<Use>> AppendReader::read_url(Parser& in, size_t index) {
  ROOST_TRY_VOID(in.space());
  if (in.at_literal() && in.literals() == index) return Use::string;  // read again once it is there
  ROOST_TRY(Bytes url, in.astring("a URL"));
  if (url.size() > AppendMessage::kUrlBytesMax) return no(Code::limit, "The URL is too long.");
  append_.messages.back().parts.push_back({.url = std::move(url)});
  part_due_ = false;
  keep(in);
  return std::nullopt;
}

// utf8-literal = "UTF8" SP "(" literal8 ")"     RFC 6855 4
Result<> AppendReader::read_literal(Parser& in, size_t index, bool utf8) {
  if (utf8) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY_VOID(in.expect('(', "'(' after UTF8"));
    parenthesis_ = true;
  }
  if (!in.at_literal() || in.literals() != index) return in.expected("the message as a literal");
  const wire::Literal& literal = in.take_literal();
  if (utf8 && !literal.binary) return in.wrong("UTF8 needs a literal8");
  AppendMessage& message = append_.messages.back();
  if (literal.binary && !utf8 && (message.catenated || !dialect_.binary)) {
    return in.wrong("a literal8 is not allowed here");
  }
  message.parts.push_back({.url = {}, .size = literal.size});
  message.complete = !message.catenated;
  part_due_ = false;
  keep(in);
  return {};
}

Result<Append> AppendReader::at_end(const wire::Frame& frame) {
  ROOST_TRY(std::optional<Use> use, read_to(frame, frame.literals.size()));
  if (use) return fault("APPEND has a literal that was not announced");
  return std::move(append_);
}

}  // namespace roost::imap
