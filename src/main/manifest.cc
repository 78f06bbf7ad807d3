#include "main/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "main/sha256.h"

namespace roost::main {
namespace {

constexpr std::string_view kFamily = "roost-backup ";
constexpr std::string_view kHeading = "roost-backup 1";
constexpr std::string_view kEnd = "end ";
constexpr size_t kSha256Digits = 64;
constexpr size_t kEndBytes = kEnd.size() + kSha256Digits + 1;

// The next word, up to a blank.
std::string_view take_word(std::string_view& line) {
  size_t end = std::min(line.find(' '), line.size());
  std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

template <class Number>
bool read_number(std::string_view word, Number& out) {
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size();
}

// Names below the backup, and nothing that leads out of it.
bool is_sound_path(std::string_view path) {
  std::filesystem::path parsed(path);
  if (path.empty() || parsed.is_absolute()) return false;
  return std::ranges::none_of(parsed, [](const std::filesystem::path& part) { return part == ".."; });
}

Fail damaged() { return fault("the backup's manifest is damaged", Code::corruption); }

}  // namespace

std::string Manifest::encode() const {
  std::string out = fmt::format("{}\n{}\n", kHeading, time);
  for (const auto& [path, file] : files) {
    out += fmt::format("{} {} {} {}\n", file.sha256, file.size, file.modified_ns, path);
  }
  return out + fmt::format("{}{}\n", kEnd, Sha256::of(out));
}

Result<Manifest> Manifest::decode(std::string_view text) {
  if (text.starts_with(kFamily) && !text.starts_with(kHeading)) {
    return no(Code::cannot, "the backup is of a format that this program does not know");
  }
  if (text.size() < kEndBytes) return damaged();
  std::string_view seal = text.substr(text.size() - kEndBytes);
  text.remove_suffix(kEndBytes);
  if (seal != fmt::format("{}{}\n", kEnd, Sha256::of(text))) return damaged();
  Manifest manifest;
  auto take_line = [&text] {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
  };
  if (take_line() != kHeading || !read_number(take_line(), manifest.time)) return damaged();
  while (!text.empty()) {
    std::string_view line = take_line();
    std::string_view first = take_word(line);
    BackedUpFile file{.sha256 = std::string(first)};
    bool sound = first.size() == kSha256Digits && read_number(take_word(line), file.size) &&
                 read_number(take_word(line), file.modified_ns) && is_sound_path(line);
    if (!sound) return damaged();
    manifest.files[std::string(line)] = std::move(file);
  }
  return manifest;
}

}  // namespace roost::main
