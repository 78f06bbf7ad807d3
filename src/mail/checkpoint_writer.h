// A checkpoint in the making. Inside mail/ only.
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "mail/account_state.h"
#include "mail/checkpoint.h"
#include "mail/segment.h"

namespace roost::mail {

// Hands out page ids and collects what is to be stored.
class PageSink {
 public:
  explicit PageSink(uint64_t& next_page) : next_page_(next_page) {}

  PageId take() { return PageId(next_page_++); }
  void put(PageId id, Bytes data) { pages.push_back({id, std::move(data)}); }
  PageId put(Bytes data) {
    PageId id = take();
    put(id, std::move(data));
    return id;
  }

  std::vector<CheckpointPage> pages;

 private:
  uint64_t& next_page_;
};

// Moves the tail's cards into segments, in the order in which rows come. Rows that share a card go on sharing it.
class CardPacker {
 public:
  explicit CardPacker(PageSink& sink) : sink_(sink) {}

  void pack(ColdRow& row);
  void finish();

  std::vector<uint64_t> referenced;  // the segment's page, for each row packed

 private:
  struct Place {
    PageId segment;
    uint32_t index;
  };
  PageSink& sink_;
  SegmentBuilder segment_;
  PageId page_;
  std::unordered_map<const Bytes*, Place> places_;
};

// What one mailbox becomes: chunks merged, compacted and written, traces sealed, expired rows forgotten.
class MailboxCheckpoint {
 public:
  MailboxCheckpoint(const RetentionTimes& times, const std::set<PageId>& unreadable, PageSink& sink, CardPacker& cards)
      : times_(times), unreadable_(unreadable), sink_(sink), cards_(cards) {}

  // Whether there is anything to do.
  bool concerns(const MailboxState& mailbox) const;
  // Pages that are missing for it are added to `need`; then the result is void.
  MailboxState run(const MailboxState& mailbox);
  // Of a deleted one: whether it can no longer come back.
  bool is_over(const MailboxState& mailbox) const;
  // Lets go of the cards of such a one.
  void release(const MailboxState& mailbox);

  bool can_read(const Chunk& chunk) const;

  std::vector<PageId> need;
  std::vector<uint64_t> released;   // segments' pages, for each row that went
  std::vector<std::string> unread;  // names of mailboxes that went though not all of their cards could be let go of

 private:
  // Neighbours that become one chunk.
  struct Group {
    std::vector<ChunkPtr> sources;
    uint32_t rows = 0;
    bool rewrite = false;
  };

  int64_t former_before() const { return times_.now - kFormerInboxSeconds; }
  bool is_wasteful(const Chunk& chunk, const MailboxState& before, const MailboxState& after) const;
  void forget_expired(MailboxState& mailbox) const;
  std::vector<Group> group(const MailboxState& before, const MailboxState& after) const;
  ChunkPtr write(const Group& group, ModSeq forgotten);
  ChunkPtr write_hot(const Chunk& chunk);
  ChunkPtr rewrite(const Group& group, ModSeq forgotten);
  void write_traces(Traces& traces);

  const RetentionTimes& times_;
  const std::set<PageId>& unreadable_;
  PageSink& sink_;
  CardPacker& cards_;
};

}  // namespace roost::mail
