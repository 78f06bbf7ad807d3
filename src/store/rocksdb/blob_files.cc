#include "store/rocksdb/blob_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <set>

#include "base/planted.h"
#include "store/rocksdb/fatal.h"

namespace roost::store {
namespace {

using blob_format::kBlockBytes;

constexpr size_t kReadBlocksMax = 16;
constexpr size_t kCopyBytes = size_t{1} << 20;

uint64_t random_number() {
  std::random_device random;
  return (uint64_t{random()} << 32) | random();
}

std::optional<uint64_t> parse_hex(std::string_view name) {
  uint64_t number = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number, 16);
  if (error != std::errc() || end != name.data() + name.size() || name.size() != 16) return std::nullopt;
  return number;
}

}  // namespace

std::string BlobFiles::outer_directory(AccountId owner) const {
  return fmt::format("{}/{:02x}", directory_, owner.value & 0xff);
}

std::string BlobFiles::owner_directory(AccountId owner) const {
  return fmt::format("{}/{:016x}", outer_directory(owner), owner.value);
}

std::string BlobFiles::path(BlobId id) const { return fmt::format("{}/{:016x}", owner_directory(id.owner), id.serial); }

// A random name: what a closed store leaves to be removed is never what another one is writing.
std::string BlobFiles::unfinished_path(uint64_t nonce) const {
  return fmt::format("{}/{:016x}", unfinished_directory(), nonce);
}

Result<> BlobFiles::prepare() {
  ROOST_TRY_VOID(files_.make_directory(directory_));
  ROOST_TRY_VOID(files_.make_directory(unfinished_directory()));
  ROOST_TRY(auto names, files_.list(unfinished_directory()));
  for (const auto& name : names) ROOST_TRY_VOID(files_.remove(unfinished_directory() + "/" + name));
  return files_.sync_directory(directory_);
}

Result<> BlobFiles::make_owner_directory(AccountId owner) {
  std::lock_guard lock(making_);
  std::string outer = outer_directory(owner);
  ROOST_TRY(bool made_outer, files_.make_directory(outer));
  if (made_outer) ROOST_TRY_VOID(files_.sync_directory(directory_));
  ROOST_TRY(bool made, files_.make_directory(owner_directory(owner)));
  if (made && !planted(Bug::owner_directory_not_synced)) ROOST_TRY_VOID(files_.sync_directory(outer));
  return {};
}

BlobFiles::Writer::Writer(Files& files, std::string path, std::unique_ptr<File> file, uint64_t nonce)
    : files_(files), path_(std::move(path)), file_(std::move(file)), header_{0, nonce} {}

BlobFiles::Writer::~Writer() {
  file_.reset();
  if (!finished_) (void)files_.remove(path_);  // what stays is removed at the next start
}

Result<std::unique_ptr<BlobFiles::Writer>> BlobFiles::create() {
  uint64_t nonce = random_number();
  std::string path = unfinished_path(nonce);
  ROOST_TRY(auto file, files_.create(path));
  return std::unique_ptr<Writer>(new Writer(files_, std::move(path), std::move(file), nonce));
}

Result<> BlobFiles::Writer::append(BytesView data) {
  Bytes blocks;
  blocks.reserve(blob_format::file_bytes(data.size()));
  uint64_t index = header_.size / kBlockBytes;
  uint64_t offset = blob_format::block_offset(index);
  for (size_t at = 0; at < data.size(); at += kBlockBytes, ++index) {
    blob_format::append_block(blocks, header_.nonce, index, data.substr(at, kBlockBytes));
  }
  header_.size += data.size();
  return or_die("writing a blob", file_->write(offset, blocks));
}

Result<> BlobFiles::Writer::finish(BlobFiles& blobs, BlobId id) {
  ROOST_TRY_VOID(or_die("writing a blob", file_->write(0, blob_format::encode_header(header_))));
  if (!planted(Bug::large_body_not_synced)) ROOST_TRY_VOID(or_die("syncing a blob", file_->sync()));
  ROOST_TRY_VOID(or_die("making a blob's directory", blobs.make_owner_directory(id.owner)));
  ROOST_TRY_VOID(or_die("naming a blob", files_.rename(path_, blobs.path(id))));
  finished_ = true;
  if (planted(Bug::large_body_directory_not_synced)) return {};
  return or_die("syncing a blob's directory", files_.sync_directory(blobs.owner_directory(id.owner)));
}

Result<Bytes> BlobFiles::read(BlobId id, Range range) {
  ROOST_TRY(auto file, files_.open(path(id)));
  ROOST_TRY(Bytes start, file->read(0, blob_format::kHeaderBytes));
  ROOST_TRY(auto header, blob_format::decode_header(start));
  ROOST_TRY(uint64_t file_bytes, file->size());
  if (file_bytes != blob_format::file_bytes(header.size)) {
    return fault("a blob's file has the wrong length", Code::corruption);
  }
  Bytes out;
  if (range.offset >= header.size || range.size == 0) return out;
  uint64_t end = range.offset + std::min(range.size, header.size - range.offset);
  out.reserve(end - range.offset);
  uint64_t last = (end - 1) / kBlockBytes;
  for (uint64_t first = range.offset / kBlockBytes; first <= last; first += kReadBlocksMax) {
    uint64_t after = std::min(last + 1, first + kReadBlocksMax);
    uint64_t offset = blob_format::block_offset(first);
    uint64_t stop = std::min(file_bytes, blob_format::block_offset(after));
    ROOST_TRY(Bytes blocks, file->read(offset, stop - offset));
    ROOST_TRY_VOID(blob_format::extract(header, first, blocks, range, out));
  }
  return out;
}

// A second name for the file; a copy of it where the file has as many names as it may.
Result<> BlobFiles::link(BlobId from, BlobId to) {
  ROOST_TRY_VOID(files_.size(path(from)));
  ROOST_TRY_VOID(or_die("making a blob's directory", make_owner_directory(to.owner)));
  auto linked = files_.link(path(from), path(to));
  if (!linked && linked.error().code == Code::limit) {
    ROOST_TRY_VOID(copy(path(from), path(to)));
  } else if (!linked && linked.error().code != Code::already_exists) {
    return or_die("linking a blob", std::move(linked));
  }
  if (planted(Bug::link_not_synced)) return {};
  return or_die("syncing a blob's directory", files_.sync_directory(owner_directory(to.owner)));
}

// The file as it is, its damage too: the checksums are part of it.
Result<> BlobFiles::copy(const std::string& from, const std::string& to) {
  ROOST_TRY(auto source, files_.open(from));
  std::string path = unfinished_path(random_number());
  ROOST_TRY(auto target, files_.create(path));
  for (uint64_t offset = 0;; offset += kCopyBytes) {
    ROOST_TRY(Bytes piece, source->read(offset, kCopyBytes));
    auto written = or_die("writing a blob", target->write(offset, piece));
    if (!written) {
      (void)files_.remove(path);
      return written;
    }
    if (piece.size() < kCopyBytes) break;
  }
  ROOST_TRY_VOID(or_die("syncing a blob", target->sync()));
  return or_die("naming a blob", files_.rename(path, to));
}

// Where there is no directory, there was no file.
Result<> BlobFiles::sync_removal(const std::string& directory) {
  if (planted(Bug::removal_not_synced)) return {};
  auto synced = files_.sync_directory(directory);
  if (!synced && synced.error().code == Code::nonexistent) return {};
  return or_die("syncing a blob's directory", std::move(synced));
}

Result<> BlobFiles::remove(std::span<const BlobId> ids) {
  std::set<std::string> directories;
  for (BlobId id : ids) {
    ROOST_TRY_VOID(files_.remove(path(id)));
    directories.insert(owner_directory(id.owner));
  }
  for (const std::string& directory : directories) ROOST_TRY_VOID(sync_removal(directory));
  return {};
}

Result<> BlobFiles::remove_owner(AccountId owner) {
  std::string directory = owner_directory(owner);
  ROOST_TRY(auto names, files_.list(directory));
  for (const auto& name : names) ROOST_TRY_VOID(files_.remove(directory + "/" + name));
  ROOST_TRY_VOID(sync_removal(directory));
  std::lock_guard lock(making_);
  ROOST_TRY_VOID(files_.remove_directory(directory));
  return sync_removal(outer_directory(owner));
}

Result<std::vector<BlobInfo>> BlobFiles::list(AccountId owner, uint64_t after_serial, size_t count_max) {
  ROOST_TRY(auto names, files_.list(owner_directory(owner)));
  std::vector<uint64_t> serials;
  for (const auto& name : names) {
    if (auto serial = parse_hex(name); serial && *serial > after_serial) serials.push_back(*serial);
  }
  std::ranges::sort(serials);
  if (serials.size() > count_max) serials.resize(count_max);
  std::vector<BlobInfo> out;
  for (uint64_t serial : serials) {
    BlobId id{owner, serial};
    auto bytes = files_.size(path(id));
    if (!bytes && bytes.error().code == Code::nonexistent) continue;  // deleted meanwhile
    if (!bytes) return Fail(bytes.error());
    out.push_back({id, blob_format::size_of_file(*bytes).value_or(0)});
  }
  return out;
}

}  // namespace roost::store
