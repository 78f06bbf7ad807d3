#include "message/line_feeder.h"

#include <algorithm>
#include <cstring>

namespace roost::message {

void LineFeeder::feed(BytesView piece) {
  while (!piece.empty()) {
    size_t used = 0;
    if (held_size_ > 0) {
      used = continue_line(piece);
    } else if (watch_ == Watch::none) {
      used = pass_all(piece);
    } else {
      if (watch_ == Watch::dashes) used = pass_lines(piece);
      if (used == 0) used = take_line(piece);
    }
    piece.remove_prefix(used);
  }
}

void LineFeeder::finish() {
  if (held_size_ == 0) return;
  tell(held_, held_size_, 0);
  held_size_ = 0;
}

size_t LineFeeder::pass_all(BytesView piece) {
  at_.offset += piece.size();
  at_.lines += static_cast<uint64_t>(std::ranges::count(piece, '\n'));
  return piece.size();
}

// Whole lines that do not begin with "--".
size_t LineFeeder::pass_lines(BytesView piece) {
  const char* from = piece.data();
  const char* end = from + piece.size();
  const char* at = from;
  uint64_t lines = 0;
  while (at != end && !(at[0] == '-' && (at + 1 == end || at[1] == '-'))) {
    const auto* lf = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
    if (lf == nullptr) break;
    ++lines;
    at = lf + 1;
  }
  if (at == from) return 0;
  last_line_end_ = at - from >= 2 && at[-2] == '\r' ? 2 : 1;
  auto used = static_cast<size_t>(at - from);
  at_.offset += used;
  at_.lines += lines;
  return used;
}

size_t LineFeeder::take_line(BytesView piece) {
  size_t lf = piece.find('\n');
  if (lf == BytesView::npos) {
    held_.clear();
    hold(piece);
    return piece.size();
  }
  tell(piece.substr(0, lf + 1), lf + 1, lf > 0 && piece[lf - 1] == '\r' ? 2 : 1);
  return lf + 1;
}

size_t LineFeeder::continue_line(BytesView piece) {
  size_t lf = piece.find('\n');
  if (lf == BytesView::npos) {
    hold(piece);
    return piece.size();
  }
  char before = lf > 0 ? piece[lf - 1] : held_last_;
  hold(piece.substr(0, lf + 1));
  uint64_t size = held_size_;
  held_size_ = 0;
  tell(held_, size, before == '\r' ? 2 : 1);
  return lf + 1;
}

void LineFeeder::hold(BytesView bytes) {
  held_ += bytes.substr(0, line_bytes_max_ - held_.size());
  held_size_ += bytes.size();
  held_last_ = bytes.back();
}

void LineFeeder::tell(BytesView bytes, uint64_t size, uint8_t line_end) {
  Line line{.bytes = bytes, .begin = at_};
  line.begin_without_line_end = {at_.offset - last_line_end_, at_.lines - (last_line_end_ > 0 ? 1 : 0)};
  line.end = {at_.offset + size, at_.lines + (line_end > 0 ? 1 : 0)};
  at_ = line.end;
  last_line_end_ = line_end;
  sink_.line(line);
}

}  // namespace roost::message
