#include "store/rocksdb/format_file.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace roost::store {
namespace {

constexpr std::string_view kPrefix = "roost store ";
constexpr size_t kFormatBytesMax = 64;

std::optional<uint64_t> parse_format(std::string_view text) {
  if (!text.starts_with(kPrefix) || !text.ends_with('\n')) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  text.remove_suffix(1);
  uint64_t format = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), format);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return format;
}

Result<> write_format(Files& files, const std::string& directory) {
  ROOST_TRY(auto names, files.list(directory));
  if (std::ranges::find(names, "db") != names.end()) {
    return fault(directory + " has a database but no format file", Code::corruption);
  }
  std::string fresh = directory + "/format.new";
  ROOST_TRY(auto file, files.create(fresh));
  ROOST_TRY_VOID(file->write(0, std::string(kPrefix) + std::to_string(kStoreFormat) + "\n"));
  ROOST_TRY_VOID(file->sync());
  ROOST_TRY_VOID(files.rename(fresh, directory + "/format"));
  return files.sync_directory(directory);
}

}  // namespace

Result<> check_format(Files& files, const std::string& directory) {
  auto file = files.open(directory + "/format");
  if (!file && file.error().code == Code::nonexistent) return write_format(files, directory);
  if (!file) return Fail(file.error());
  ROOST_TRY(Bytes text, (*file)->read(0, kFormatBytesMax));
  auto format = parse_format(text);
  if (!format) return fault(directory + "/format is damaged", Code::corruption);
  if (*format == kStoreFormat) return {};
  return no(Code::cannot, "the store in " + directory + " has format " + std::to_string(*format) +
                              "; this program knows " + std::to_string(kStoreFormat));
}

}  // namespace roost::store
