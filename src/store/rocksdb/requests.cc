#include "store/rocksdb/requests.h"

#include <algorithm>

#include "base/log.h"
#include "base/planted.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/values.h"

namespace roost::store {

constexpr size_t kKeyBytes = 32;  // what a key and its batch entry take, roughly

Fail disk_full() { return no(Code::limit, "The disk is full."); }

Result<> outcome(const Request& request) {
  if (request.state() == Request::State::written) return {};
  if (request.state() == Request::State::full) return disk_full();
  return fault("the store cannot take writes now", Code::unavailable);
}

CommitRequest::CommitRequest(AccountId account, const Commit& commit)
    : account_(account),
      expect_(commit.expect),
      record_(values::encode_record(account, commit.expect.next(), commit.commit_id, commit.record)) {
  needs_ = commit.grows ? Room::plenty : Room::little;
  bytes_ = kKeyBytes + record_.size();
  blobs_.reserve(commit.blobs.size());
  for (const NewBlob& blob : commit.blobs) {
    blobs_.push_back({blob.id, values::encode_blob(blob.data), blob.data.size()});
    bytes_ += 3 * kKeyBytes + blobs_.back().value.size();
  }
}

Request::Verdict CommitRequest::prepare(Group& group) {
  auto head = group.head(account_);
  if (!head) {
    log::error("commit_failed", {{"account", account_.value}, {"error", head.error().text}});
    return Verdict::refuse;
  }
  conflict_ = head->last != expect_ && !planted(Bug::cas_skipped);
  if (conflict_) return Verdict::refuse;
  for (const Blob& blob : blobs_) {
    std::string key = keys::pair(blob.id.owner, blob.id.serial);
    group.put(Family::blobs, key, blob.value);
    group.put(Family::sizes, key, values::encode_number(blob.size));
  }
  head->last = expect_.next();
  group.put(Family::log, keys::pair(account_, head->last.value), record_);
  group.set_head(account_, *head);
  group.hint(account_, head->last);
  return Verdict::write;
}

Committed CommitRequest::committed() const {
  if (state() == State::written) return {Outcome::ok, expect_.next(), {}};
  if (state() == State::full) return {Outcome::full, {}, {}};
  return {conflict_ ? Outcome::conflict : Outcome::unavailable, {}, {}};
}

CheckpointRequest::CheckpointRequest(AccountId account, Generation expect, const Root& root,
                                     std::span<const NewPage> pages)
    : account_(account),
      expect_(expect),
      position_(root.position),
      root_(values::encode_root(account, expect.next(), root)) {
  needs_ = Room::little;
  bytes_ = kKeyBytes + root_.size();
  pages_.reserve(pages.size());
  for (const NewPage& page : pages) {
    pages_.push_back({page.id, values::encode_page(account, page.id, page.data)});
    bytes_ += kKeyBytes + pages_.back().value.size();
  }
}

Request::Verdict CheckpointRequest::prepare(Group& group) {
  auto head = group.head(account_);
  if (!head) {
    error_ = head.error();
    return Verdict::refuse;
  }
  if (head->generation != expect_) return Verdict::refuse;
  if (position_ > head->last || position_ < head->root_position) {
    error_ = fault(position_ > head->last ? "a checkpoint beyond the log's end" : "a checkpoint older than the last")
                 .error();
    return Verdict::refuse;
  }
  for (const Page& page : pages_) group.put(Family::pages, keys::pair(account_, page.id.value), page.value);
  group.put(Family::roots, keys::account(account_), root_);
  head->generation = expect_.next();
  head->root_position = position_;
  group.set_head(account_, *head);
  return Verdict::write;
}

Result<bool> CheckpointRequest::result() const {
  if (error_) return Fail(*error_);
  if (state() == State::refused) return false;
  ROOST_TRY_VOID(outcome(*this));
  return true;
}

TrimRequest::TrimRequest(AccountId account, Position position) : account_(account), position_(position) {
  needs_ = Room::none;
}

Request::Verdict TrimRequest::prepare(Group& group) {
  auto head = group.head(account_);
  if (!head) {
    error_ = head.error();
    return Verdict::refuse;
  }
  Position last = planted(Bug::tail_trimmed) ? position_ : std::min(position_, head->root_position);
  if (last == Position()) return Verdict::refuse;
  group.remove_range(Family::log, keys::pair(account_, 0), keys::pair(account_, last.value + 1));
  return Verdict::write;
}

Result<> TrimRequest::result() const {
  if (error_) return Fail(*error_);
  if (state() == State::refused) return {};
  return outcome(*this);
}

void PlainRequest::put(Family family, Bytes key, Bytes value) {
  needs_ = Room::plenty;
  bytes_ += kKeyBytes + value.size();
  changes_.push_back({family, std::move(key), std::move(value)});
}

void PlainRequest::remove(Family family, Bytes key) {
  bytes_ += kKeyBytes;
  changes_.push_back({family, std::move(key), std::nullopt});
}

Request::Verdict PlainRequest::prepare(Group& group) {
  for (const Change& change : changes_) {
    if (change.value) {
      group.put(change.family, change.key, *change.value);
    } else {
      group.remove(change.family, change.key);
    }
  }
  return Verdict::write;
}

Request::Verdict DeleteAccountRequest::prepare(Group& group) {
  std::string begin = keys::account(account_);
  std::string end = keys::account_end(account_);
  for (Family family : {Family::log, Family::pages, Family::blobs, Family::sizes, Family::followers, Family::index}) {
    group.remove_range(family, begin, end);
  }
  group.remove(Family::roots, begin);
  group.set_head(account_, Head());
  return Verdict::write;
}

IndexRequest::IndexRequest(AccountId account, const IndexChange& change)
    : key_(keys::pair(account, 0)),
      expect_(change.expect),
      root_(values::encode_index_root(account, change.tag, change.root)) {
  // Removals must go on where the disk is nearly full.
  needs_ = change.dead.empty() ? Room::plenty : Room::none;
  synced_ = !change.dead.empty();
  bytes_ = kKeyBytes + root_.size();
  for (const NewPage& page : change.pages) {
    pages_.push_back({keys::pair(account, page.id.value), values::encode_index_page(account, page.id, page.data)});
    bytes_ += kKeyBytes + pages_.back().value.size();
  }
  for (PageId page : change.dropped) dropped_.push_back(keys::pair(account, page.value));
  for (BlobId blob : change.dead) dead_.push_back(keys::pair(blob.owner, blob.serial));
  bytes_ += kKeyBytes * (dropped_.size() + 2 * dead_.size());
}

Request::Verdict IndexRequest::prepare(Group& group) {
  if (!group.touch_name(key_)) return Verdict::later;
  auto tag = stored_tag(group);
  if (!tag) error_ = tag.error();
  if (!tag || *tag != expect_) return Verdict::refuse;
  group.put(Family::index, key_, root_);
  for (const Bytes& page : dropped_) group.remove(Family::index, page);
  for (const Page& page : pages_) group.put(Family::index, page.key, page.value);
  for (const Bytes& blob : dead_) {
    group.remove(Family::blobs, blob);
    group.remove(Family::sizes, blob);
  }
  return Verdict::write;
}

Result<uint64_t> IndexRequest::stored_tag(Group& group) const {
  ROOST_TRY(auto stored, group.get(Family::index, key_));
  if (!stored) return 0;
  ROOST_TRY(IndexHead head, values::decode_index_root(keys::parse_pair(key_)->account, *stored));
  return head.tag;
}

Result<bool> IndexRequest::result() const {
  if (error_) return Fail(*error_);
  if (state() == State::refused) return false;
  ROOST_TRY_VOID(outcome(*this));
  return true;
}

Request::Verdict DropIndexRequest::prepare(Group& group) {
  // What a request of the same group put there would be judged by what is stored.
  if (!group.touch_name(keys::pair(account_, 0))) return Verdict::later;
  group.remove_range(Family::index, keys::account(account_), keys::account_end(account_));
  return Verdict::write;
}

Request::Verdict AccountIdRequest::prepare(Group& group) {
  if (last_ == kUnknownAccount) return Verdict::refuse;
  if (planted(Bug::account_id_not_synced)) synced_ = false;
  id_ = ++last_;
  group.put(Family::meta, key(), values::encode_number(id_));
  return Verdict::write;
}

NameRequest::NameRequest(Kind kind, Bytes key, Bytes expect, Bytes value)
    : kind_(kind), key_(std::move(key)), expect_(std::move(expect)), value_(std::move(value)) {
  bytes_ = kKeyBytes + key_.size() + value_.size();
  needs_ = kind == Kind::release ? Room::none : Room::plenty;
}

NameOutcome NameRequest::judge(const std::optional<Bytes>& stored) const {
  if (kind_ == Kind::claim) return stored ? NameOutcome::taken : NameOutcome::ok;
  if (!stored || (kind_ == Kind::update && *stored != expect_)) return NameOutcome::absent;
  return NameOutcome::ok;
}

Request::Verdict NameRequest::prepare(Group& group) {
  if (!group.touch_name(key_)) return Verdict::later;
  auto stored = group.get(Family::names, key_);
  if (stored && *stored) {
    auto value = values::decode_name(**stored);
    if (value) {
      *stored = *std::move(value);
    } else if (kind_ == Kind::update) {
      stored = Fail(value.error());  // claim and release need not know what a damaged name says
    }
  }
  if (!stored) {
    error_ = stored.error();
    return Verdict::refuse;
  }
  outcome_ = judge(*stored);
  if (outcome_ != NameOutcome::ok) return Verdict::refuse;
  if (kind_ == Kind::release) {
    group.remove(Family::names, key_);
  } else {
    group.put(Family::names, key_, values::encode_name(value_));
  }
  return Verdict::write;
}

Result<NameOutcome> NameRequest::result() const {
  if (error_) return Fail(*error_);
  if (state() == State::refused) return outcome_;
  ROOST_TRY_VOID(outcome(*this));
  return NameOutcome::ok;
}

}  // namespace roost::store
