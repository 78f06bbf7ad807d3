// A mailbox in memory for tests of SEARCH, and a driver that brings what a Scan asks for.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mail/checkpoint.h"
#include "mail/engine.h"
#include "search/scan.h"

namespace roost::search {

class TestMailbox {
 public:
  TestMailbox();

  // Gives the uid.
  Uid append(const std::string& message, SystemFlags flags = {}, std::vector<std::string> keywords = {},
             mail::InternalDate date = {});

  mail::SnapshotPtr snapshot() const { return snapshot_; }
  MailboxId inbox() const { return snapshot_->find("INBOX")->id(); }
  const std::string& body(BlobId blob) const { return *bodies_.at(blob.serial); }

  // Every blob reads as damaged from here on.
  void lose_bodies() { bodies_lost_ = true; }

  UidSet search(const Query& query);

  int64_t now = 1'700'000'000;
  ContentGuard* guard = nullptr;
  // What the search index says, if there is one.
  std::function<std::unique_ptr<Narrowing>(std::vector<NarrowedKey>)> narrowing;
  // What the last search asked for.
  size_t cards_read = 0;
  uint64_t octets_read = 0;
  uint32_t unreadable = 0;  // messages, for the last search

 private:
  void bring(Scan& scan, Scan::State state);

  mail::EngineLimits limits_;
  mail::SnapshotPtr snapshot_;
  std::map<uint64_t, std::shared_ptr<const Bytes>> bodies_;
  bool bodies_lost_ = false;
};

// A clock that is always late: every run() ends as soon as it may.
class ImpatientClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint(std::chrono::nanoseconds(1)); }
  WallTime wall() const override { return {}; }
};

}  // namespace roost::search
