#include "store/rocksdb/power_cut_disk_test.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "store/rocksdb/whole_files_test.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPageBytes = 4096;

std::string normal(const std::string& path) { return fs::path(path).lexically_normal().string(); }
std::string parent(const std::string& path) { return fs::path(normal(path)).parent_path().string(); }

std::optional<struct stat> look_at(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info;
}

// What may stand where unsynced octets were written.
void spoil(Bytes& content, size_t from, std::mt19937_64& random) {
  switch (random() % 5) {
    case 0: content.resize(from); return;
    case 1: content.resize(from + random() % (content.size() - from + 1)); return;
    case 2: std::fill(content.begin() + static_cast<ptrdiff_t>(from), content.end(), '\0'); return;
    case 3: return;
    default: break;
  }
  for (size_t at = from; at < content.size(); at = (at / kPageBytes + 1) * kPageBytes) {
    size_t end = std::min(content.size(), (at / kPageBytes + 1) * kPageBytes);
    uint64_t fate = random() % 3;
    for (size_t i = at; i < end && fate != 0; ++i) content[i] = fate == 1 ? '\0' : static_cast<char>(random());
  }
}

// What may be there of two versions of a file, of which only the first was synced: its length, and each page, of
// either.
Bytes mix(const Bytes& before, const Bytes& after, std::mt19937_64& random) {
  Bytes content = random() % 2 == 0 ? before : after;
  for (size_t at = 0; at < content.size(); at += kPageBytes) {
    const Bytes& source = random() % 2 == 0 ? before : after;
    if (at < source.size())
      content.replace(at, std::min(kPageBytes, content.size() - at), source.substr(at, kPageBytes));
  }
  return content;
}

}  // namespace

PowerCutDisk::PowerCutDisk(std::string root, uint64_t seed)
    : root_(normal(root)), graveyard_(root_ + ".graves"), random_(seed) {
  fs::create_directories(graveyard_);
}

PowerCutDisk::~PowerCutDisk() { fs::remove_all(graveyard_); }

void PowerCutDisk::at_step(uint64_t step, std::function<void()> then) {
  moment_ = step;
  then_ = std::move(then);
}

// Without any lock: `then_` may cut, which waits for the changes that are being made.
void PowerCutDisk::step() {
  if (++steps_ != moment_) return;
  then_();
  stepped_ = true;
}

bool PowerCutDisk::take_sync_fault() {
  if (sync_faults_ == SyncFaults::none) return false;
  if (sync_faults_ == SyncFaults::one) sync_faults_ = SyncFaults::none;
  return true;
}

// --- what changes ---

void PowerCutDisk::created(const std::string& path) {
  std::lock_guard lock(mutex_);
  names_[normal(path)] = {false, ++changes_};
  if (auto info = look_at(path)) contents_[info->st_ino] = {};
}

void PowerCutDisk::about_to_write(const std::string& path, uint64_t offset) {
  std::lock_guard lock(mutex_);
  auto info = look_at(path);
  if (!info) return;  // it has no name any more: nothing of it will be there
  auto [known, is_new] = contents_.try_emplace(info->st_ino);
  Content& content = known->second;
  if (is_new) content.synced = static_cast<uint64_t>(info->st_size);
  if (offset >= content.synced) return;
  content.before = read_whole(path).substr(0, content.synced);
  content.synced = 0;
}

void PowerCutDisk::renamed(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  names_.erase(normal(from));
  names_[normal(to)] = {false, ++changes_};
}

void PowerCutDisk::linked(const std::string& to) {
  std::lock_guard lock(mutex_);
  names_[normal(to)] = {false, ++changes_};
}

bool PowerCutDisk::take_name(const std::string& path) {
  auto known = names_.find(normal(path));
  if (known == names_.end()) return true;
  bool on_disk = known->second.on_disk;
  names_.erase(known);
  return on_disk;
}

void PowerCutDisk::about_to_lose(const std::string& path) {
  std::lock_guard lock(mutex_);
  if (!take_name(path) || !fs::is_regular_file(path)) return;
  std::string grave = graveyard_ + "/" + std::to_string(++changes_);
  fs::create_hard_link(path, grave);
  lost_[normal(path)] = {grave, changes_};
}

void PowerCutDisk::directory_removed(const std::string& path) {
  std::lock_guard lock(mutex_);
  if (take_name(path)) lost_directories_[normal(path)] = ++changes_;
}

// --- what is on the disk for good ---

bool PowerCutDisk::sync(const std::string& path, uint64_t size) {
  std::lock_guard lock(mutex_);
  if (take_sync_fault()) return false;
  if (auto info = look_at(path)) contents_[info->st_ino] = {size, {}};
  return true;
}

uint64_t PowerCutDisk::changes() {
  std::lock_guard lock(mutex_);
  return changes_;
}

bool PowerCutDisk::sync_directory(const std::string& path, uint64_t changes) {
  std::lock_guard lock(mutex_);
  if (take_sync_fault()) return false;
  std::string directory = (fs::path(normal(path)) / "").parent_path().string();
  for (auto& [file, name] : names_) {
    if (name.change <= changes && parent(file) == directory) name.on_disk = true;
  }
  std::erase_if(lost_, [&](const auto& item) {
    bool gone = item.second.change <= changes && parent(item.first) == directory;
    if (gone) fs::remove(item.second.path);
    return gone;
  });
  std::erase_if(lost_directories_,
                [&](const auto& item) { return item.second <= changes && parent(item.first) == directory; });
  return true;
}

// --- the cut ---

void PowerCutDisk::copy_file(const std::string& from, const std::string& to) {
  auto info = look_at(from);
  Bytes content = read_whole(from);
  auto known = info ? contents_.find(info->st_ino) : contents_.end();
  if (known != contents_.end() && !known->second.before.empty()) {
    content = mix(known->second.before, content, random_);
  } else if (known != contents_.end() && content.size() > known->second.synced) {
    spoil(content, known->second.synced, random_);
  }
  write_whole(to, content);
  fs::permissions(to, fs::status(from).permissions());
}

// Sockets are of no use to whoever comes after.
void PowerCutDisk::copy_tree(const std::string& from, const std::string& to) {
  fs::create_directories(to);
  fs::permissions(to, fs::status(from).permissions());
  for (const auto& entry : fs::directory_iterator(from)) {
    std::string path = normal(entry.path().string());
    auto known = names_.find(path);
    bool on_disk = known == names_.end() || known->second.on_disk;
    std::string copy = to + "/" + entry.path().filename().string();
    if (!on_disk && coin()) continue;
    if (entry.is_directory()) {
      copy_tree(path, copy);
    } else if (entry.is_regular_file()) {
      copy_file(path, copy);
    }
  }
  copy_lost(from, to);
}

void PowerCutDisk::copy_lost(const std::string& from, const std::string& to) {
  for (const auto& [path, grave] : lost_) {
    std::string copy = to + "/" + fs::path(path).filename().string();
    bool replaced = fs::exists(copy);  // by a name that made it to the disk
    if (parent(path) == normal(from) && !replaced && (fs::exists(path) || coin())) copy_file(grave.path, copy);
  }
  for (const auto& [path, change] : lost_directories_) {
    std::string copy = to + "/" + fs::path(path).filename().string();
    if (parent(path) != normal(from) || fs::exists(copy) || !coin()) continue;
    fs::create_directories(copy);
    copy_lost(path, copy);
  }
}

void PowerCutDisk::cut(const std::string& target, SyncFaults faults) {
  std::unique_lock changing(changing_);
  std::lock_guard lock(mutex_);
  copy_tree(root_, target);
  sync_faults_ = faults;
}

}  // namespace roost::store
