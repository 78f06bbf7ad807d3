#include "wire/framer.h"

#include <algorithm>
#include <limits>

namespace roost::wire {
namespace {

// Longer than any announcement of a literal below 2^63 that a client would write.
constexpr size_t kTailBytes = 64;
// A longer command's storage is not kept for the next one.
constexpr size_t kKeptTextBytesMax = 4096;
// Reserved for a literal at once; beyond that its storage grows with what arrives.
constexpr uint64_t kReservedLiteralBytesMax = 64 * 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// number64     RFC 9051 9: false for 2^63 and more.
bool read_number64(BytesView digits, uint64_t& value) {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  value = 0;
  for (char c : digits) {
    uint64_t digit = static_cast<uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return false;
    value = value * 10 + digit;
  }
  return true;
}

BytesView take(BytesView& input, uint64_t size_max) {
  BytesView taken = input.substr(0, std::min<uint64_t>(size_max, input.size()));
  input.remove_prefix(taken.size());
  return taken;
}

void keep_tail(Bytes& tail, BytesView more) {
  if (more.size() >= kTailBytes) {
    tail.assign(more.substr(more.size() - kTailBytes));
    return;
  }
  tail += more;
  if (tail.size() > kTailBytes) tail.erase(0, tail.size() - kTailBytes);
}

Error wrong(std::string text) { return Error{Error::Kind::bad, Code::none, std::move(text)}; }

}  // namespace

Framer::Event Framer::next(BytesView& input) {
  if (done_) start_command();
  while (true) {
    if (state_ == State::dead) {
      error_ = wrong("Too much to skip: where the next command begins is not known");
      return Event::fatal;
    }
    if (state_ == State::decide) return Event::literal;
    if (state_ == State::streamed) return read_streamed(input);
    if (input.empty()) return Event::need_more;
    if (state_ == State::held) {
      read_held(input);
    } else if (state_ == State::skip) {
      skip_octets(input);
    } else if (state_ == State::discard) {
      discard_line(input);
    } else if (Event event = read_line(input); event != Event::need_more) {
      return event;
    }
  }
}

void Framer::start_command() {
  done_ = false;
  cr_ = false;
  line_bytes_ = line_start_ = discarded_ = 0;
  frame_.clear();
  if (frame_.text.capacity() > kKeptTextBytesMax) Bytes().swap(frame_.text);
}

void Framer::release() {
  if (done_) start_command();
  Bytes().swap(frame_.text);
  std::vector<Literal>().swap(frame_.literals);
  Bytes().swap(tail_);
}

Framer::Event Framer::read_line(BytesView& input) {
  size_t lf = input.find('\n');
  bool ended = lf != BytesView::npos;
  BytesView piece = take(input, lf);
  if (ended) input.remove_prefix(1);
  line_bytes_ += piece.size() + ended;
  if (cr_ && !piece.empty()) return give_up_line("A CR without LF in a command line", piece, ended, input);
  if (!piece.empty() && piece.back() == '\r') {
    piece.remove_suffix(1);
    cr_ = !ended;
  }
  if (ended) cr_ = false;
  if (piece.find('\0') != BytesView::npos) return give_up_line("A NUL in a command line", piece, ended, input);
  if (piece.find('\r') != BytesView::npos) {
    return give_up_line("A CR without LF in a command line", piece, ended, input);
  }
  if (line_bytes_ > limits_.line_bytes_max) {
    return give_up_line("A command line of more than " + std::to_string(limits_.line_bytes_max) + " octets", piece,
                        ended, input);
  }
  frame_.text += piece;
  return ended ? end_line(input) : Event::need_more;
}

Framer::Event Framer::end_line(BytesView behind) {
  Literal literal;
  Found found = plain_ ? Found::nothing : find_announcement(BytesView(frame_.text).substr(line_start_), false, literal);
  if (found == Found::literal) return announce(literal, behind);
  if (found == Found::too_large) return too_large(literal, behind);
  done_ = true;
  return Event::command;
}

Framer::Event Framer::announce(Literal literal, BytesView behind) {
  frame_.text.resize(line_start_ + literal.offset);
  line_start_ = literal.offset = frame_.text.size();
  if (frame_.literals.size() >= limits_.literals_max) {
    error_ = wrong("More than " + std::to_string(limits_.literals_max) + " literals in a command");
    skip_or_close(literal, behind);
    return Event::error;
  }
  frame_.literals.push_back(std::move(literal));
  state_ = State::decide;
  return Event::literal;
}

Framer::Event Framer::too_large(const Literal& literal, BytesView behind) {
  error_ = wrong("A literal of 2^63 octets or more");
  done_ = true;
  if (!literal.synchronizing || !behind.empty()) state_ = State::dead;
  return Event::error;
}

void Framer::hold() {
  left_ = announced().size;
  frame_.literals.back().held = true;
  frame_.literals.back().bytes.reserve(std::min(left_, kReservedLiteralBytesMax));
  state_ = left_ == 0 ? State::line : State::held;
}

void Framer::stream() {
  left_ = announced().size;
  state_ = State::streamed;
}

Framer::Refusal Framer::refuse(BytesView behind) { return skip_or_close(announced(), behind); }

void Framer::abandon() {
  done_ = true;
  if (state_ == State::streamed) {
    skip(left_);
  } else if (state_ == State::line) {
    skip(0);
  }
}

Framer::Refusal Framer::skip_or_close(const Literal& literal, BytesView behind) {
  done_ = true;
  if (literal.synchronizing && behind.empty()) {
    state_ = State::line;
    return Refusal::done;
  }
  skip(literal.size);
  return state_ == State::dead ? Refusal::close : Refusal::skipping;
}

void Framer::skip(uint64_t size) {
  left_ = size;
  refused_in_line_ = false;
  tail_.clear();
  state_ = size > limits_.skip_bytes_max ? State::dead : size == 0 ? State::discard : State::skip;
}

void Framer::read_held(BytesView& input) {
  BytesView taken = take(input, left_);
  frame_.literals.back().bytes += taken;
  left_ -= taken.size();
  if (left_ == 0) state_ = State::line;
}

Framer::Event Framer::read_streamed(BytesView& input) {
  if (left_ == 0) {
    chunk_ = {};
    state_ = State::line;
    return Event::literal_end;
  }
  if (input.empty()) return Event::need_more;
  chunk_ = take(input, left_);
  left_ -= chunk_.size();
  return Event::chunk;
}

void Framer::skip_octets(BytesView& input) {
  left_ -= take(input, left_).size();
  if (left_ == 0) state_ = State::discard;
}

Framer::Event Framer::give_up_line(std::string text, BytesView piece, bool ended, BytesView behind) {
  error_ = wrong(std::move(text));
  tail_.clear();
  keep_tail(tail_, BytesView(frame_.text).substr(line_start_));
  keep_tail(tail_, piece);
  if (cr_) tail_ += '\r';
  // Enough of the line is kept for its tag to be found.
  frame_.text += piece.substr(0, limits_.line_bytes_max - std::min(limits_.line_bytes_max, frame_.text.size()));
  done_ = true;
  if (ended) {
    end_discarded_line(behind);
  } else {
    refused_in_line_ = true;
    state_ = State::discard;
  }
  return Event::error;
}

void Framer::discard_line(BytesView& input) {
  size_t lf = input.find('\n');
  BytesView piece = take(input, lf);
  keep_tail(tail_, piece);
  discarded_ += piece.size();
  if (lf != BytesView::npos) {
    input.remove_prefix(1);
    // A client that was refused before it began this line has seen the reply by the time when it would wait for leave
    // to send a literal: it sends none, and what follows is its next command.
    end_discarded_line(refused_in_line_ ? input : BytesView());
  } else if (discarded_ > limits_.discard_bytes_max) {
    state_ = State::dead;
  }
}

// The rest of a refused command: a literal at its end belongs to it, and is not to be taken for commands.
void Framer::end_discarded_line(BytesView behind) {
  bool cut = tail_.size() >= kTailBytes;
  if (!tail_.empty() && tail_.back() == '\r') tail_.pop_back();
  Literal literal;
  Found found = plain_ ? Found::nothing : find_announcement(tail_, cut, literal);
  tail_.clear();
  discarded_ = 0;
  if (found == Found::nothing || (literal.synchronizing && behind.empty())) {
    state_ = State::line;
  } else if (found == Found::too_large) {
    state_ = State::dead;
  } else {
    skip(literal.size);
  }
}

// literal = "{" number64 ["+"] "}" CRLF     RFC 9051 9; literal8 = "~{" number ["+"] "}" CRLF     RFC 4466 3
// `cut`: the line began before what is given. literal.offset is where the announcement begins in `line`.
Framer::Found Framer::find_announcement(BytesView line, bool cut, Literal& literal) {
  if (line.size() < 3 || line.back() != '}') return Found::nothing;
  size_t end = line.size() - 1;
  literal.synchronizing = line[end - 1] != '+';
  if (!literal.synchronizing) --end;
  size_t begin = end;
  while (begin > 0 && is_digit(line[begin - 1])) --begin;
  if (begin == end) return Found::nothing;
  if (begin == 0) return cut ? Found::too_large : Found::nothing;
  if (line[begin - 1] != '{') return Found::nothing;
  literal.offset = begin - 1;
  literal.binary = begin > 1 && line[begin - 2] == '~';
  if (literal.binary) --literal.offset;
  return read_number64(line.substr(begin, end - begin), literal.size) ? Found::literal : Found::too_large;
}

}  // namespace roost::wire
