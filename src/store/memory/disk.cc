#include "store/memory/disk.h"

#include <algorithm>

namespace roost::store {
namespace {

constexpr size_t kBlockBytes = size_t{64} << 10;

Fail damaged(const char* what) { return fault(std::string(what) + " is damaged", Code::corruption); }
Fail missing(const char* what) { return fault(std::string(what) + " is missing", Code::corruption); }
Fail disk_full() { return no(Code::limit, "The disk is full."); }

}  // namespace

Sealed::Sealed(Bytes data) : data_(std::move(data)) {
  for (size_t at = 0; at < data_.size(); at += kBlockBytes) {
    sums_.push_back(crc32c(BytesView(data_).substr(at, kBlockBytes)));
  }
}

Result<Bytes> Sealed::read(Range range) const {
  if (range.offset >= data_.size()) return Bytes();
  uint64_t size = std::min<uint64_t>(range.size, data_.size() - range.offset);
  if (size == 0) return Bytes();
  for (uint64_t block = range.offset / kBlockBytes; block <= (range.offset + size - 1) / kBlockBytes; ++block) {
    if (crc32c(BytesView(data_).substr(block * kBlockBytes, kBlockBytes)) != sums_[block]) return damaged("a block");
  }
  return data_.substr(range.offset, size);
}

bool Sealed::damage(uint64_t offset) {
  if (offset >= data_.size()) return false;
  data_[offset] = static_cast<char>(data_[offset] ^ 1);
  return true;
}

Position MemoryAccount::head() const {
  return log.empty() ? root_position : std::max(root_position, log.rbegin()->first);
}

Result<LogRecord> MemoryAccount::record(std::map<Position, StoredRecord>::const_iterator it) const {
  ROOST_TRY(Bytes bytes, it->second.record.read());
  return LogRecord{it->first, it->second.commit_id, std::move(bytes)};
}

Result<std::vector<LogRecord>> MemoryAccount::records_after(Position position) const {
  std::vector<LogRecord> records;
  for (auto it = log.upper_bound(position); it != log.end(); ++it) {
    ROOST_TRY(auto next, record(it));
    records.push_back(std::move(next));
  }
  return records;
}

const MemoryAccount* MemoryDiskState::find(AccountId account) const {
  auto it = accounts_.find(account);
  return it == accounts_.end() ? nullptr : &it->second;
}

Result<Opened> MemoryDiskState::open(AccountId account) const {
  std::lock_guard lock(mutex_);
  Opened opened;
  const MemoryAccount* found = find(account);
  if (found == nullptr) return opened;
  opened.generation = found->generation;
  opened.root_position = found->root_position;
  ROOST_TRY(opened.root, found->root.read());
  ROOST_TRY(opened.tail, found->records_after(found->root_position));
  return opened;
}

Result<Opened> MemoryDiskState::since(AccountId account, Position position) const {
  std::lock_guard lock(mutex_);
  Opened opened;
  const MemoryAccount* found = find(account);
  if (found == nullptr) {
    opened.reopen = position != Position();
    return opened;
  }
  opened.generation = found->generation;
  opened.root_position = found->root_position;
  opened.reopen = position < found->root_position || position > found->head();
  if (opened.reopen) return opened;
  ROOST_TRY(opened.tail, found->records_after(position));
  return opened;
}

Committed MemoryDiskState::commit(AccountId account, Commit commit) {
  std::lock_guard lock(mutex_);
  if (full() && commit.grows) return {Outcome::full, {}, {}};
  const MemoryAccount* found = find(account);
  Position head = found != nullptr ? found->head() : Position();
  if (head != commit.expect) {
    Committed refused{Outcome::conflict, {}, {}};
    if (found != nullptr && commit.expect >= found->root_position && commit.expect < head) {
      if (auto missed = found->records_after(commit.expect)) refused.missed = *std::move(missed);
    }
    return refused;
  }
  for (NewBlob& blob : commit.blobs) accounts_[blob.id.owner].blobs[blob.id.serial] = Sealed(std::move(blob.data));
  Position position = head.next();
  ++writes_;
  accounts_[account].log[position] = {commit.commit_id, Sealed(std::move(commit.record))};
  return {Outcome::ok, position, {}};
}

void MemoryDiskState::hold_back(AccountId account, Commit commit, TimePoint now) {
  std::lock_guard lock(mutex_);
  late_.push_back({now, account, std::move(commit)});
}

bool MemoryDiskState::carry_out_late(TimePoint now, Seconds age_max) {
  std::optional<Held> held;
  {
    std::lock_guard lock(mutex_);
    while (!late_.empty() && late_.front().since + age_max < now) late_.pop_front();
    if (late_.empty()) return false;
    held = std::move(late_.front());
    late_.pop_front();
  }
  Committed done = commit(held->account, std::move(held->commit));
  if (done.outcome == Outcome::ok) watchers_.notify(held->account, done.position);
  return true;
}

Result<bool> MemoryDiskState::checkpoint(AccountId account, Generation expect, Root root, std::vector<NewPage> pages) {
  std::lock_guard lock(mutex_);
  const MemoryAccount* found = find(account);
  if ((found != nullptr ? found->generation : Generation()) != expect) return false;
  Position head = found != nullptr ? found->head() : Position();
  if (root.position > head) return fault("a checkpoint beyond the log's end");
  if (found != nullptr && root.position < found->root_position) return fault("a checkpoint older than the last");
  ++writes_;
  MemoryAccount& changed = accounts_[account];
  changed.generation = expect.next();
  changed.root_position = root.position;
  changed.root = Sealed(std::move(root.data));
  for (NewPage& page : pages) changed.pages[page.id] = Sealed(std::move(page.data));
  return true;
}

Result<std::vector<Bytes>> MemoryDiskState::get_pages(AccountId account, const std::vector<PageId>& pages) const {
  std::lock_guard lock(mutex_);
  std::vector<Bytes> out;
  const MemoryAccount* found = find(account);
  for (PageId id : pages) {
    if (found == nullptr || !found->pages.contains(id)) return missing("a page");
    ROOST_TRY(Bytes page, found->pages.at(id).read());
    out.push_back(std::move(page));
  }
  return out;
}

Result<> MemoryDiskState::delete_pages(AccountId account, const std::vector<PageId>& pages) {
  std::lock_guard lock(mutex_);
  auto it = accounts_.find(account);
  if (it == accounts_.end()) return {};
  for (PageId id : pages) it->second.pages.erase(id);
  return {};
}

Result<std::vector<PageId>> MemoryDiskState::list_pages(AccountId account) const {
  std::lock_guard lock(mutex_);
  std::vector<PageId> out;
  if (const MemoryAccount* found = find(account)) {
    for (const auto& [id, page] : found->pages) out.push_back(id);
  }
  return out;
}

Result<std::vector<LogRecord>> MemoryDiskState::history(AccountId account, Position after, size_t bytes_max) const {
  std::lock_guard lock(mutex_);
  std::vector<LogRecord> out;
  const MemoryAccount* found = find(account);
  if (found == nullptr) return out;
  size_t bytes = 0;
  auto it = found->log.upper_bound(after);
  for (; it != found->log.end() && it->first <= found->root_position; ++it) {
    if (!out.empty() && bytes + it->second.record.size() > bytes_max) break;
    bytes += it->second.record.size();
    ROOST_TRY(auto next, found->record(it));
    out.push_back(std::move(next));
  }
  return out;
}

Result<> MemoryDiskState::trim_history(AccountId account, Position position) {
  std::lock_guard lock(mutex_);
  auto it = accounts_.find(account);
  if (it == accounts_.end()) return {};
  auto& log = it->second.log;
  log.erase(log.begin(), log.upper_bound(std::min(position, it->second.root_position)));
  return {};
}

Result<> MemoryDiskState::put_blob(BlobId id, Bytes data) {
  std::lock_guard lock(mutex_);
  if (full()) return disk_full();
  accounts_[id.owner].blobs[id.serial] = Sealed(std::move(data));
  return {};
}

Result<Bytes> MemoryDiskState::get_blob(BlobId id, Range range) const {
  std::lock_guard lock(mutex_);
  const MemoryAccount* found = find(id.owner);
  if (found == nullptr || !found->blobs.contains(id.serial)) return missing("a blob");
  return found->blobs.at(id.serial).read(range);
}

Result<> MemoryDiskState::link_blob(BlobId from, BlobId to) {
  std::lock_guard lock(mutex_);
  if (full()) return disk_full();
  const MemoryAccount* found = find(from.owner);
  if (found == nullptr || !found->blobs.contains(from.serial)) return missing("a blob");
  Sealed copy = found->blobs.at(from.serial);
  accounts_[to.owner].blobs[to.serial] = std::move(copy);
  return {};
}

Result<> MemoryDiskState::delete_blobs(const std::vector<BlobId>& blobs) {
  std::lock_guard lock(mutex_);
  for (BlobId id : blobs) {
    if (auto it = accounts_.find(id.owner); it != accounts_.end()) it->second.blobs.erase(id.serial);
  }
  return {};
}

Result<std::vector<BlobInfo>> MemoryDiskState::list_blobs(AccountId owner, uint64_t after_serial,
                                                          size_t count_max) const {
  std::lock_guard lock(mutex_);
  std::vector<BlobInfo> out;
  const MemoryAccount* found = find(owner);
  if (found == nullptr) return out;
  for (auto it = found->blobs.upper_bound(after_serial); it != found->blobs.end() && out.size() < count_max; ++it) {
    out.push_back({{owner, it->first}, it->second.size()});
  }
  return out;
}

bool MemoryDiskState::damage(AccountId account, const std::function<bool(MemoryAccount&)>& change) {
  std::lock_guard lock(mutex_);
  auto it = accounts_.find(account);
  return it != accounts_.end() && change(it->second);
}

}  // namespace roost::store
