#include "connection.h"

#include <array>
#include <charconv>

namespace roost::simulation {
namespace {

constexpr Seconds kAnswerMax{1'200};  // simulated; IDLE's "still here" and the like come sooner

// {n} at the end of a line.
std::optional<size_t> literal_bytes(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  size_t open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  size_t bytes = 0;
  auto [end, error] = std::from_chars(line.data() + open + 1, line.data() + line.size() - 1, bytes);
  if (error != std::errc() || end != line.data() + line.size() - 1) return std::nullopt;
  return bytes;
}

}  // namespace

task<bool> Connection::send(std::string octets) {
  Result<> written = co_await stream_->write(octets);
  co_return written.has_value();
}

size_t Connection::response_end() const {
  std::string_view all = read_;
  for (size_t at = 0;;) {
    size_t line_end = all.find("\r\n", at);
    if (line_end == std::string_view::npos) return line_end;
    auto literal = literal_bytes(all.substr(at, line_end - at));
    at = line_end + 2;
    if (!literal) return at;
    if (all.size() < at + *literal) return std::string_view::npos;
    at += *literal;
  }
}

task<std::string> Connection::response() {
  rt::Timer patience = stream_->loop().after(kAnswerMax, [this] {
    hung_ = true;
    stream_->abort();
  });
  std::array<char, 4096> piece;
  for (;;) {
    size_t end = response_end();
    if (end != std::string::npos) {
      std::string response = read_.substr(0, end);
      read_.erase(0, end);
      co_return response;
    }
    Result<size_t> got = co_await stream_->read(piece);
    if (!got) co_return std::string();
    read_.append(piece.data(), *got);
  }
}

}  // namespace roost::simulation
