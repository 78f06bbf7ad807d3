// One SEARCH on its way through a mailbox, cheapest questions first: rows, then cards, then headers, then text. Pure:
// it says which octets it needs next, and whoever drives it (accounts/search.h) brings them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/uid_set.h"
#include "mail/row.h"
#include "mail/snapshot.h"
#include "search/content_match.h"
#include "search/narrowing.h"
#include "search/program.h"
#include "search/query.h"

namespace roost::search {

inline constexpr size_t kBatchMessages = 64;                 // whose cards are asked for at once
inline constexpr size_t kBatchReads = 64;                    // ranges of bodies asked for at once, and
inline constexpr uint64_t kBatchReadBytesMax = 1024 * 1024;  // their octets together
inline constexpr uint64_t kReadBytesMax = 256 * 1024;        // of one range

// Told which message's octets are being decoded, on the thread that does it, so that one which kills the process can be
// left alone the next time.
class ContentGuard {
 public:
  virtual ~ContentGuard() = default;
  // False: take this message for one that cannot be read; leave() is not called then.
  virtual bool enter(const mail::Cold& row) = 0;
  virtual void leave() = 0;
};

struct Matches {
  UidSet uids;
  uint32_t unreadable = 0;  // messages whose content was needed and could not be read: taken for empty
};

// Belongs to one thread at a time. Call run() and do what it says until it says done.
class Scan {
 public:
  // All rows of the mailbox must be in memory. `now`: seconds since 1970 UTC. Errors: no(Code::nonexistent),
  // check_query()'s.
  static Result<std::unique_ptr<Scan>> start(mail::SnapshotPtr snapshot, MailboxId mailbox, const Query& query,
                                             const QueryLimits& limits, int64_t now);

  enum class State : uint8_t {
    more,    // the deadline came first: run() again
    cards,   // feed_cards() for wanted_cards(), then run() again
    octets,  // feed_octets() for wanted_octets(), then run() again
    done,    // matches() is the answer
  };
  // `guard` must outlive the scan.
  void set_guard(ContentGuard* guard) { guard_ = guard; }

  // What the search index could be asked: nothing where it knows no answer. Before the first run().
  std::vector<NarrowedKey> narrowed_keys() const { return search::narrowed_keys(program_); }
  void set_narrowing(std::unique_ptr<Narrowing> narrowing) { narrowing_ = std::move(narrowing); }
  // No more messages than that are looked at.
  uint64_t candidates_max() const;

  // Works until it needs something or shortly after the deadline.
  State run(const Clock& clock, TimePoint deadline);

  // How far it is: messages of the mailbox, in its order, that have been decided or cannot match.
  uint32_t messages_passed() const;
  uint32_t messages() const { return mailbox_.messages(); }

  std::vector<mail::Cold> wanted_cards() const;
  // Encoded cards in the order of wanted_cards(); a null one answers every question about content with no.
  void feed_cards(std::vector<std::shared_ptr<const Bytes>> cards);

  struct Read {
    BlobId blob;
    uint64_t offset = 0;
    uint64_t size = 0;
  };
  const std::vector<Read>& wanted_octets() const { return reads_; }
  // In the order of wanted_octets(); nothing for what cannot be read: such a message does not match by content.
  void feed_octets(std::vector<std::optional<Bytes>> octets);

  Matches matches() const { return {by_row_.unite(by_content_), unreadable_}; }

 private:
  enum class Phase : uint8_t { rows, cards, headers, text, done };

  // A message that rows alone could not decide.
  struct Candidate {
    mail::Row row;
    Answers answers;
    Tri verdict = Tri::unknown;
    std::shared_ptr<const Bytes> card;  // where its text is to be read
    message::ByteRange header;
    std::vector<message::ByteRange> ranges;  // of its text
  };
  // What a read is for.
  struct Target {
    size_t candidate = 0;
    bool first = false;
    bool last = false;
  };

  Scan(mail::SnapshotPtr snapshot, mail::Mailbox mailbox, const Query& query, int64_t now);

  bool late() const { return clock_->now() >= deadline_; }
  State scan_rows();
  bool scan_range(UidRange range);
  bool take_row(Uid uid, const mail::Hot& hot, const mail::Cold* cold);
  const Answers& known_of(const mail::Cold* cold);
  State match_cards();
  void match_card(Candidate& candidate, std::shared_ptr<const Bytes> card);
  State match_headers();
  State match_text();
  bool match_read(const Target& target, const Read& read, const std::optional<Bytes>& octets);
  State want_headers();
  State want_text();
  bool want_text_of(size_t index);
  void begin_text(Candidate& candidate);
  bool want(BlobId blob, message::ByteRange range, Target target);
  template <class Work>
  void guarded(Candidate& candidate, Work&& work);
  void judge(Candidate& candidate);
  void give_up(Candidate& candidate);
  void settle(Candidate& candidate);
  State end_batch();

  mail::SnapshotPtr snapshot_;  // holds what mailbox_ points to
  mail::Mailbox mailbox_;
  Program program_;
  FieldMatch fields_;
  TextMatch text_;
  std::vector<message::Part> parts_;  // of the message that text_ is reading
  const Answers nothing_known_;
  std::unique_ptr<Narrowing> narrowing_;  // may be null
  Answers known_;                         // from it, about the row at hand
  Phase phase_ = Phase::rows;
  ContentGuard* guard_ = nullptr;
  const Clock* clock_ = nullptr;
  TimePoint deadline_;

  // Where the rows go on.
  size_t range_ = 0;       // in program_.candidates()
  uint64_t next_uid_ = 1;  // no row below is looked at again
  uint32_t rows_unclocked_ = 0;

  // The candidates at hand, what was brought for them, and how far that is used up.
  std::vector<Candidate> batch_;
  std::vector<std::shared_ptr<const Bytes>> cards_;
  std::vector<Read> reads_;
  std::vector<Target> targets_;  // one for each read
  std::vector<std::optional<Bytes>> octets_;
  uint64_t read_bytes_ = 0;  // of reads_
  size_t used_ = 0;          // of cards_ or octets_
  size_t piece_used_ = 0;    // octets of octets_[used_]

  // Where reads of headers and of text go on: everything before was asked for.
  size_t header_candidate_ = 0;
  size_t text_candidate_ = 0;
  size_t text_range_ = 0;
  uint64_t text_offset_ = 0;  // within that range

  UidSet by_row_;
  UidSet by_content_;
  uint32_t unreadable_ = 0;
};

}  // namespace roost::search
