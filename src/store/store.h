// Where accounts live. An account is a log of records, a checkpoint (a root and pages) that stands for the log's
// beginning, and blobs beside it. The same small interface on every engine; contract_test.h holds each to it.
//
// All calls may be made from any loop and resume in the loop that made them. Nothing here knows IMAP or mail.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "rt/task.h"

namespace roost::store {

using CommitId = std::array<uint8_t, 16>;  // random; how the outcome of an unknown commit is found

struct LogRecord {
  Position position;
  CommitId commit_id{};
  Bytes record;
};

struct NewBlob {
  BlobId id;
  Bytes data;
};

// All or nothing, durable on return. Large bodies were put before, by put_blob; `blobs` are the small ones.
struct Commit {
  Position expect;  // the log's last position as the caller knows it; the record becomes expect.next()
  CommitId commit_id{};
  Bytes record;
  std::vector<NewBlob> blobs;
  bool grows = true;  // false: must go on where the disk is nearly full (flags, expunges)
};

enum class Outcome : uint8_t {
  ok,           // durable
  conflict,     // somebody else's record stands there; nothing of this commit is stored
  unknown,      // stored or not: re-read until the commit id, or a later record in its place, is seen
  unavailable,  // not stored; the engine cannot take writes now
  full,         // not stored; the disk has no room for what grows
};

struct Committed {
  Outcome outcome = Outcome::unavailable;
  Position position;              // ok: the record's
  std::vector<LogRecord> missed;  // conflict: everything after Commit::expect; may be empty if it was trimmed: reopen
};

// One consistent read. `root` is empty and `generation` 0 while there is no checkpoint.
struct Opened {
  Generation generation;
  Position root_position;  // the root stands for all records up to and including this one
  Bytes root;
  std::vector<LogRecord> tail;  // ascending, the first being root_position.next() (open) or asked.next() (since)
  bool reopen = false;          // since(): the records asked for are no longer in the tail; open() instead
};

struct NewPage {
  PageId id;
  Bytes data;
};

struct Root {
  Position position;  // the root stands for all records up to and including this one
  Bytes data;
};

struct Range {
  uint64_t offset = 0;
  uint64_t size = 0;
};

// Gives the bytes of a large body piece by piece; empty at the end. Belongs to one put_blob call at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual task<Result<Bytes>> next() = 0;
};

// Writes one large body while it arrives. Nothing may be committed that names it before finish() returned. Destroying
// it unfinished throws the bytes away.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual task<Result<>> write(Bytes piece) = 0;
  // Syncs file and directory.
  virtual task<Result<>> finish() = 0;
};

// A hint that an account's log may have grown. Called on no particular thread, must not block. Hints may be lost or
// late; whoever relies on them re-reads every 30 s anyway.
using WatchCallback = std::function<void(Position)>;

// Ends the watch when destroyed; the callback is not running any more when the destructor returns.
class Watch {
 public:
  struct Registration {
    virtual ~Registration() = default;
  };
  Watch() = default;
  explicit Watch(std::unique_ptr<Registration> r) : registration_(std::move(r)) {}

 private:
  std::unique_ptr<Registration> registration_;
};

struct BlobInfo {
  BlobId id;
  uint64_t size = 0;
};

enum class NameOutcome : uint8_t { ok, taken, absent };

struct Space {
  uint64_t free_bytes = 0;
  uint64_t total_bytes = 0;
};

class AccountStore {
 public:
  virtual ~AccountStore() = default;

  // --- the log ---
  // An account that never was written to opens empty at position 0.
  virtual task<Result<Opened>> open(AccountId account) = 0;
  virtual task<Committed> commit(AccountId account, Commit commit) = 0;
  virtual task<Result<Opened>> since(AccountId account, Position position) = 0;

  // --- checkpoints ---
  // Makes `root` and `pages` the account's checkpoint if its generation still is `expect`; the records up to
  // root.position become history. False if another checkpoint came first; the pages are then not stored.
  virtual task<Result<bool>> checkpoint(AccountId account, Generation expect, Root root,
                                        std::span<const NewPage> pages) = 0;
  // In the order asked for. A page that is missing or damaged is an error with Code::corruption.
  virtual task<Result<std::vector<Bytes>>> get_pages(AccountId account, std::span<const PageId> pages) = 0;
  virtual task<Result<>> delete_pages(AccountId account, std::span<const PageId> pages) = 0;  // idempotent
  virtual task<Result<std::vector<PageId>>> list_pages(AccountId account) = 0;

  // --- history: records that a checkpoint covers ---
  virtual task<Result<std::vector<LogRecord>>> history(AccountId account, Position after, size_t bytes_max) = 0;
  // Forgets the history up to and including `position`. Never touches the tail.
  virtual task<Result<>> trim_history(AccountId account, Position position) = 0;

  // --- blobs ---
  // Here and in the writer: Code::limit (kind no) where the disk has no room.
  virtual task<Result<std::unique_ptr<BlobWriter>>> create_blob(BlobId id, uint64_t size_hint) = 0;
  task<Result<>> put_blob(BlobId id, uint64_t size_hint, ByteSource& source);
  // A range past the end is cut. Every 64 KiB block that is touched is verified against its checksum; a damaged or
  // missing blob is an error with Code::corruption.
  virtual task<Result<Bytes>> get_blob(BlobId id, Range range) = 0;
  struct BlobRange {
    BlobId id;
    Range range;
  };
  virtual task<std::vector<Result<Bytes>>> get_blobs(std::vector<BlobRange> blobs) = 0;  // up to 64 at once, in order
  // Gives `to` the same bytes as `from`, which may belong to another account: linked where the engine can, copied
  // otherwise. Durable on return.
  virtual task<Result<>> link_blob(BlobId from, BlobId to) = 0;
  virtual task<Result<>> delete_blobs(std::span<const BlobId> blobs) = 0;  // idempotent
  // Ids of `owner` in ascending order, from `after` on.
  virtual task<Result<std::vector<BlobInfo>>> list_blobs(AccountId owner, uint64_t after_serial, size_t count_max) = 0;

  // --- accounts and names ---
  // Never gives the same id twice, whatever was deleted since.
  virtual task<Result<AccountId>> new_account_id() = 0;
  virtual task<Result<std::vector<AccountId>>> accounts() = 0;
  virtual task<Result<>> delete_account(AccountId account) = 0;  // log, pages, history, blobs; idempotent
  // Names are exclusive within a space ("login", …) across all nodes. `value` is the claimer's.
  virtual task<Result<NameOutcome>> claim_name(std::string space, std::string name, Bytes value) = 0;
  virtual task<Result<NameOutcome>> release_name(std::string space, std::string name) = 0;
  virtual task<Result<std::optional<Bytes>>> find_name(std::string space, std::string name) = 0;
  struct NameValue {
    std::string name;
    Bytes value;
  };
  virtual task<Result<std::vector<NameValue>>> list_names(std::string space) = 0;
  // Replaces the value of a claimed name if it still is `expect`; `absent` if not.
  virtual task<Result<NameOutcome>> update_name(std::string space, std::string name, Bytes expect, Bytes value) = 0;

  // --- followers (search index, webhooks): where each stands in an account's log ---
  virtual task<Result<std::optional<Position>>> follower(std::string follower, AccountId account) = 0;
  virtual task<Result<>> set_follower(std::string follower, AccountId account, Position position) = 0;

  // --- the disk ---
  // What was deleted of the account leaves the disk now, as far as the engine can; otherwise it does so in its own
  // time.
  virtual task<Result<>> compact(AccountId account) = 0;
  // A copy of the whole store as it is at this moment, of links where the engine can, in a directory whose path is the
  // answer: a store that can be opened wherever it is copied to. `name` tells such copies apart; none that is there is
  // touched: Code::already_exists. Code::cannot where the engine has no directory.
  virtual task<Result<std::string>> freeze(std::string name) = 0;
  virtual task<Result<>> thaw(std::string name) = 0;  // deletes that copy; idempotent

  virtual Watch watch(AccountId account, WatchCallback callback) = 0;
  virtual task<Result<Space>> space() = 0;
  // Reads the engine's own files from end to end: one sentence, without a full stop, for each that is damaged, whether
  // or not anything in it is needed still. Bodies are not its matter: they are verified when they are read.
  virtual task<Result<std::vector<std::string>>> damaged_files() = 0;
};

}  // namespace roost::store
