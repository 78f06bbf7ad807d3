#include "imap/append.h"

#include <utility>

#include "imap/command.h"
#include "imap/parser.h"

namespace roost::imap {

Result<AppendReader::Use> AppendReader::at_literal(const wire::Frame& frame) {
  return read_literal(frame, frame.literals.size() - 1);
}

Result<AppendReader::Use> AppendReader::read_literal(const wire::Frame& frame, size_t index) {
  if (!started_) {
    Parser in(frame, dialect_, verb_name(Verb::append), parse_head(frame).arguments);
    ROOST_TRY_VOID(in.space());
    if (index == 0 && in.at_literal()) return Use::string;
    ROOST_TRY(append_.mailbox, in.mailbox(append_.supplied));
    offset_ = in.offset();
    literals_ = in.literals();
    started_ = true;
  }
  ROOST_TRY_VOID(read_options(frame, index));
  return Use::message;
}

Result<> AppendReader::end_message(Parser& in) {
  if (!std::exchange(parenthesis_, false)) return {};
  return in.expect(')', "')' after the message");
}

// append-message = append-opts SP append-data; append-opts = [SP flag-list] [SP date-time]     RFC 4466 3
// append-data =/ "UTF8" SP "(" literal8 ")"     RFC 6855 4
Result<> AppendReader::read_options(const wire::Frame& frame, size_t index) {
  Parser in(frame, dialect_, verb_name(Verb::append), offset_, literals_);
  AppendMessage message;
  ROOST_TRY_VOID(end_message(in));
  if (!append_.messages.empty() && !dialect_.multiappend) return in.expected("the end of the command");
  ROOST_TRY_VOID(in.space());
  if (in.peek() == '(') {
    ROOST_TRY(message.flags, in.flag_list());
    ROOST_TRY_VOID(in.space());
  }
  if (in.peek() == '"') {
    ROOST_TRY(message.date, in.date_time());
    ROOST_TRY_VOID(in.space());
  }
  if (dialect_.utf8_append && in.take_word("UTF8")) {
    ROOST_TRY_VOID(in.space());
    ROOST_TRY_VOID(in.expect('(', "'(' after UTF8"));
    parenthesis_ = true;
  }
  if (!in.at_literal() || in.literals() != index) return in.expected("the message as a literal");
  const wire::Literal& literal = in.take_literal();
  if (parenthesis_ && !literal.binary) return in.wrong("UTF8 needs a literal8");
  if (literal.binary && !dialect_.binary && !parenthesis_) return in.wrong("a literal8 is not allowed here");
  message.literal = index;
  message.size = literal.size;
  message.binary = literal.binary;
  append_.messages.push_back(std::move(message));
  offset_ = in.offset();
  literals_ = in.literals();
  return {};
}

Result<Append> AppendReader::at_end(const wire::Frame& frame) {
  if (append_.messages.empty()) {
    Parser in(frame, dialect_, verb_name(Verb::append), parse_head(frame).arguments);
    ROOST_TRY_VOID(in.space());
    ROOST_TRY(append_.mailbox, in.mailbox(append_.supplied));
    ROOST_TRY_VOID(in.space());
    return in.expected("a message as a literal");
  }
  Parser in(frame, dialect_, verb_name(Verb::append), offset_, literals_);
  ROOST_TRY_VOID(end_message(in));
  ROOST_TRY_VOID(in.end());
  return std::move(append_);
}

}  // namespace roost::imap
