// What can be asked of the committer. Each is made in the coroutine that waits for it; prepare() runs on the
// committer's thread and decides there, where nobody else writes.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "store/index_store.h"
#include "store/rocksdb/committer.h"
#include "store/store.h"

namespace roost::store {

// The error of a request that was not written and did not say why itself.
Result<> outcome(const Request& request);
// What is refused while the disk has no room for it.
Fail disk_full();

// One record onto an account's log.
class CommitRequest : public Request {
 public:
  CommitRequest(AccountId account, const Commit& commit);
  Verdict prepare(Group& group) override;
  // Once it is done; `missed` is not filled in.
  Committed committed() const;

 private:
  struct Blob {
    BlobId id;
    Bytes value;
    uint64_t size = 0;
  };
  const AccountId account_;
  const Position expect_;
  Bytes record_;
  std::vector<Blob> blobs_;
  bool conflict_ = false;
};

class CheckpointRequest : public Request {
 public:
  CheckpointRequest(AccountId account, Generation expect, const Root& root, std::span<const NewPage> pages);
  Verdict prepare(Group& group) override;
  Result<bool> result() const;

 private:
  struct Page {
    PageId id;
    Bytes value;
  };
  const AccountId account_;
  const Generation expect_;
  const Position position_;
  Bytes root_;
  std::vector<Page> pages_;
  std::optional<Error> error_;
};

// Forgets history up to a position, but nothing of the tail.
class TrimRequest : public Request {
 public:
  TrimRequest(AccountId account, Position position);
  Verdict prepare(Group& group) override;
  Result<> result() const;

 private:
  const AccountId account_;
  const Position position_;
  std::optional<Error> error_;
};

// Puts and removals that depend on nothing.
class PlainRequest : public Request {
 public:
  PlainRequest() { needs_ = Room::none; }
  void put(Family family, Bytes key, Bytes value);
  void remove(Family family, Bytes key);
  void not_synced() { synced_ = false; }
  // After put(): goes on however full the disk is, because what gives room back waits for it.
  void takes_no_room() { needs_ = Room::none; }
  Verdict prepare(Group& group) override;

 private:
  struct Change {
    Family family;
    Bytes key;
    std::optional<Bytes> value;
  };
  std::vector<Change> changes_;
};

class DeleteAccountRequest : public Request {
 public:
  explicit DeleteAccountRequest(AccountId account) : account_(account) { needs_ = Room::none; }
  Verdict prepare(Group& group) override;

 private:
  const AccountId account_;
};

// A change of an account's search index, if that is still the one it was made for.
class IndexRequest : public Request {
 public:
  IndexRequest(AccountId account, const IndexChange& change);
  Verdict prepare(Group& group) override;
  Result<bool> result() const;

 private:
  struct Page {
    Bytes key;
    Bytes value;
  };
  Result<uint64_t> stored_tag(Group& group) const;

  const Bytes key_;  // of the root
  const uint64_t expect_;
  Bytes root_;
  std::vector<Page> pages_;
  std::vector<Bytes> dropped_;  // keys of pages
  std::vector<Bytes> dead_;     // keys of blobs
  std::optional<Error> error_;
};

class DropIndexRequest : public Request {
 public:
  explicit DropIndexRequest(AccountId account) : account_(account) { needs_ = Room::none; }
  Verdict prepare(Group& group) override;

 private:
  const AccountId account_;
};

// Where the highest id that was given out cannot be read: then none is given out any more.
inline constexpr uint64_t kUnknownAccount = UINT64_MAX;

class AccountIdRequest : public Request {
 public:
  // `last` is the highest id given out; only the committer's thread changes it.
  explicit AccountIdRequest(uint64_t& last) : last_(last) {}
  Verdict prepare(Group& group) override;
  AccountId id() const { return AccountId(id_); }

  static BytesView key() { return "last account"; }

 private:
  uint64_t& last_;
  uint64_t id_ = 0;
};

// Claims, releases or updates one name.
class NameRequest : public Request {
 public:
  // Claim: no `expect`. Release: no `value`. Update: both.
  enum class Kind : uint8_t { claim, release, update };
  NameRequest(Kind kind, Bytes key, Bytes expect, Bytes value);
  Verdict prepare(Group& group) override;
  Result<NameOutcome> result() const;

 private:
  NameOutcome judge(const std::optional<Bytes>& stored) const;

  const Kind kind_;
  const Bytes key_;
  const Bytes expect_;
  const Bytes value_;
  NameOutcome outcome_ = NameOutcome::absent;
  std::optional<Error> error_;
};

}  // namespace roost::store
