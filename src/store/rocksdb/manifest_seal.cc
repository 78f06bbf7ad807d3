#include "store/rocksdb/manifest_seal.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "base/log.h"
#include "store/rocksdb/fatal.h"
#include "store/rocksdb/tables.h"

namespace roost::store {
namespace {

constexpr std::string_view kManifest = "MANIFEST-";
constexpr size_t kMarkBytesMax = 128;

bool take_number(BytesView& text, uint64_t& number, char end) {
  auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop == text.data() + text.size() || *stop != end) return false;
  text.remove_prefix(static_cast<size_t>(stop - text.data()) + 1);
  return true;
}

// "MANIFEST-000067\n", which is what CURRENT holds.
std::optional<uint64_t> manifest_number(BytesView line) {
  if (!line.starts_with(kManifest)) return std::nullopt;
  line.remove_prefix(kManifest.size());
  uint64_t number = 0;
  if (!take_number(line, number, '\n') || !line.empty()) return std::nullopt;
  return number;
}

}  // namespace

Bytes encode_manifest_mark(const ManifestMark& mark) {
  Bytes out = fmt::format("{}{:06} {} ", kManifest, mark.number, mark.size);
  out += fmt::format("{:08x}\n", crc32c(out));
  return out;
}

std::optional<ManifestMark> decode_manifest_mark(BytesView text) {
  BytesView rest = text;
  if (!rest.starts_with(kManifest)) return std::nullopt;
  rest.remove_prefix(kManifest.size());
  ManifestMark mark;
  if (!take_number(rest, mark.number, ' ') || !take_number(rest, mark.size, ' ')) return std::nullopt;
  return encode_manifest_mark(mark) == text ? std::optional(mark) : std::nullopt;
}

Result<> ManifestSeal::check() const {
  auto file = files_.open(directory_ + "/manifest");
  if (!file && file.error().code == Code::nonexistent) return {};
  if (!file) return Fail(file.error());
  ROOST_TRY(Bytes text, (*file)->read(0, kMarkBytesMax));
  auto mark = decode_manifest_mark(text);
  if (!mark) {
    log::warn("store_manifest_mark_damaged", {{"file", directory_ + "/manifest"}});
    return {};
  }
  auto current = files_.open(directory_ + "/db/CURRENT");
  if (!current) return {};  // which is RocksDB's to say
  ROOST_TRY(Bytes line, (*current)->read(0, kMarkBytesMax));
  auto number = manifest_number(line);
  if (!number || *number > mark->number) return {};
  std::string name = fmt::format("{}/db/{}{:06}", directory_, kManifest, *number);
  if (*number < mark->number) {
    return fault(fmt::format("the list of the store's tables ({}) is older than it was: restore MANIFEST-{:06}", name,
                             mark->number),
                 Code::corruption);
  }
  auto size = files_.size(name);
  if (!size || *size >= mark->size) return {};
  return fault(fmt::format("the list of the store's tables ({}) is cut short: it has {} octets and had {}; restore it",
                           name, *size, mark->size),
               Code::corruption);
}

Result<> ManifestSeal::write(const ManifestMark& mark) const {
  std::string fresh = directory_ + "/manifest.new";
  ROOST_TRY(auto file, or_die("making the manifest's mark", files_.create(fresh)));
  ROOST_TRY_VOID(or_die("writing the manifest's mark", file->write(0, encode_manifest_mark(mark))));
  ROOST_TRY_VOID(or_die("syncing the manifest's mark", file->sync()));
  // Whichever of the two a power cut leaves holds.
  return or_die("naming the manifest's mark", files_.rename(fresh, directory_ + "/manifest"));
}

void ManifestSeal::note(rocksdb::DB& db) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  ManifestMark mark;
  if (!db.GetLiveFiles(names, &mark.size, false).ok()) return;
  for (const std::string& name : names) {
    if (auto number = manifest_number(name.substr(name.rfind('/') + 1) + '\n')) mark.number = *number;
  }
  if (mark.number == 0) return;
  Result<> written = write(mark);
  if (!written) log::warn("store_manifest_mark_not_written", {{"error", written.error().text}});
}

}  // namespace roost::store
