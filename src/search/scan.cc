#include "search/scan.h"

#include <algorithm>

namespace roost::search {
namespace {

// Between two looks at the clock.
constexpr uint32_t kRowsUnclockedMax = 256;

}  // namespace

Result<std::unique_ptr<Scan>> Scan::start(mail::SnapshotPtr snapshot, MailboxId mailbox, const Query& query,
                                          const QueryLimits& limits, int64_t now) {
  ROOST_TRY_VOID(check_query(query, limits));
  auto found = snapshot->find(mailbox);
  if (!found) return no(Code::nonexistent, "The mailbox is gone.");
  return std::unique_ptr<Scan>(new Scan(std::move(snapshot), *found, query, now));
}

Scan::Scan(mail::SnapshotPtr snapshot, mail::Mailbox mailbox, const Query& query, int64_t now)
    : snapshot_(std::move(snapshot)),
      mailbox_(mailbox),
      program_(query, mailbox_, now),
      fields_(program_),
      text_(program_),
      nothing_known_(program_.content_keys().size(), Tri::unknown) {}

template <class Work>
void Scan::guarded(Candidate& candidate, Work&& work) {
  if (guard_ == nullptr) return work(candidate);
  if (!guard_->enter(candidate.row.cold)) return give_up(candidate);
  work(candidate);
  guard_->leave();
}

Scan::State Scan::run(const Clock& clock, TimePoint deadline) {
  clock_ = &clock;
  deadline_ = deadline;
  State state = State::more;
  do {
    switch (phase_) {
      case Phase::rows: state = scan_rows(); break;
      case Phase::cards: state = match_cards(); break;
      case Phase::headers: state = match_headers(); break;
      case Phase::text: state = match_text(); break;
      case Phase::done: return State::done;
    }
  } while (state == State::more && !late());
  return state;
}

// --- rows ---

Scan::State Scan::scan_rows() {
  const auto& ranges = program_.candidates().ranges();
  while (range_ < ranges.size()) {
    UidRange range = ranges[range_];
    if (range.first.value < next_uid_) range.first = Uid(static_cast<uint32_t>(next_uid_));
    if (next_uid_ <= range.last.value && !scan_range(range)) {
      if (batch_.size() < kBatchMessages) return State::more;
      break;
    }
    ++range_;
  }
  if (batch_.empty()) {
    phase_ = Phase::done;
    return State::done;
  }
  phase_ = Phase::cards;
  return State::cards;
}

// False where it ended early: the batch is full, or it is late.
bool Scan::scan_range(UidRange range) {
  bool whole = true;
  if (program_.reads_cold() || narrowing_ != nullptr) {
    mailbox_.for_each(range.first, range.last, [&](const mail::Cold& cold, const mail::Hot& hot) {
      return whole = take_row(cold.uid, hot, &cold);
    });
  } else {
    mailbox_.for_each_hot(range.first, range.last,
                          [&](Uid uid, const mail::Hot& hot) { return whole = take_row(uid, hot, nullptr); });
  }
  if (whole) next_uid_ = uint64_t{range.last.value} + 1;
  return whole;
}

const Answers& Scan::known_of(const mail::Cold* cold) {
  if (narrowing_ == nullptr || cold == nullptr) return nothing_known_;
  known_ = nothing_known_;
  narrowing_->narrow(*cold, known_);
  return known_;
}

// False to stop after this row.
bool Scan::take_row(Uid uid, const mail::Hot& hot, const mail::Cold* cold) {
  next_uid_ = uint64_t{uid.value} + 1;
  const Answers& known = known_of(cold);
  switch (program_.evaluate(RowView{uid, &hot, cold}, known)) {
    case Tri::no: break;
    case Tri::yes: by_row_.append(uid); break;
    case Tri::unknown:
      if (auto row = mailbox_.find(uid)) batch_.push_back({std::move(*row), known});
      if (batch_.size() == kBatchMessages) return false;
  }
  if (++rows_unclocked_ < kRowsUnclockedMax) return true;
  rows_unclocked_ = 0;
  return !late();
}

uint64_t Scan::candidates_max() const { return std::min<uint64_t>(mailbox_.messages(), program_.candidates().count()); }

uint32_t Scan::messages_passed() const {
  Uid next(static_cast<uint32_t>(std::min<uint64_t>(next_uid_, UINT32_MAX)));
  auto waiting = static_cast<uint32_t>(batch_.size());
  return std::max(mailbox_.rank(next), waiting) - waiting;
}

// --- cards ---

std::vector<mail::Cold> Scan::wanted_cards() const {
  std::vector<mail::Cold> rows;
  rows.reserve(batch_.size());
  for (const Candidate& candidate : batch_) rows.push_back(candidate.row.cold);
  return rows;
}

void Scan::feed_cards(std::vector<std::shared_ptr<const Bytes>> cards) {
  cards_ = std::move(cards);
  cards_.resize(batch_.size());
  used_ = 0;
}

Scan::State Scan::match_cards() {
  while (used_ < batch_.size()) {
    guarded(batch_[used_], [&](Candidate& candidate) { match_card(candidate, std::move(cards_[used_])); });
    ++used_;
    if (late()) return State::more;
  }
  phase_ = Phase::headers;
  header_candidate_ = 0;
  return want_headers();
}

void Scan::match_card(Candidate& candidate, std::shared_ptr<const Bytes> card) {
  if (card == nullptr) return give_up(candidate);
  auto view = message::CardView::open(*card);
  if (!view || view->opaque()) return give_up(candidate);
  fields_.from_card(*view, candidate.answers);
  judge(candidate);
  if (candidate.verdict != Tri::unknown) return;
  auto parts = view->parts();
  if (!parts || parts->empty()) return give_up(candidate);
  candidate.header = parts->front().header;
  candidate.ranges = text_.ranges(*parts, candidate.answers);
  // The card is smaller than the table of a message of many parts: the table is made again when its turn comes.
  if (!candidate.ranges.empty()) candidate.card = std::move(card);
}

// --- headers ---

Scan::State Scan::want_headers() {
  reads_.clear();
  targets_.clear();
  octets_.clear();
  read_bytes_ = 0;
  used_ = 0;
  for (; header_candidate_ < batch_.size(); ++header_candidate_) {
    Candidate& candidate = batch_[header_candidate_];
    if (candidate.verdict != Tri::unknown || !fields_.wants_header(candidate.answers)) continue;
    message::ByteRange header{candidate.header.offset, std::min(candidate.header.size, kHeaderBytesMax)};
    if (header.size == 0) {
      fields_.from_header({}, candidate.answers);
      judge(candidate);
    } else if (!want(candidate.row.cold.blob, header, {header_candidate_, true, true})) {
      break;
    }
  }
  if (!reads_.empty()) return State::octets;
  phase_ = Phase::text;
  text_candidate_ = 0;
  text_range_ = 0;
  text_offset_ = 0;
  return want_text();
}

void Scan::feed_octets(std::vector<std::optional<Bytes>> octets) {
  octets_ = std::move(octets);
  octets_.resize(reads_.size());
  used_ = 0;
  piece_used_ = 0;
}

Scan::State Scan::match_headers() {
  while (used_ < reads_.size()) {
    Candidate& candidate = batch_[targets_[used_].candidate];
    if (octets_[used_]) {
      guarded(candidate, [&](Candidate& c) { fields_.from_header(*octets_[used_], c.answers); });
      judge(candidate);
    } else {
      give_up(candidate);
    }
    octets_[used_++].reset();
    if (late()) return State::more;
  }
  return want_headers();
}

// --- text ---

Scan::State Scan::want_text() {
  reads_.clear();
  targets_.clear();
  octets_.clear();
  read_bytes_ = 0;
  used_ = 0;
  for (; text_candidate_ < batch_.size(); ++text_candidate_) {
    if (!want_text_of(text_candidate_)) break;
    text_range_ = 0;
    text_offset_ = 0;
  }
  return reads_.empty() ? end_batch() : State::octets;
}

// False where the reads are full before this candidate's text is.
bool Scan::want_text_of(size_t index) {
  Candidate& candidate = batch_[index];
  if (candidate.verdict != Tri::unknown) return true;
  if (candidate.ranges.empty()) {
    settle(candidate);
    return true;
  }
  while (text_range_ < candidate.ranges.size()) {
    const message::ByteRange& range = candidate.ranges[text_range_];
    message::ByteRange piece{range.offset + text_offset_, std::min(range.size - text_offset_, kReadBytesMax)};
    bool ends = piece.end() == range.end();
    Target target{index, text_range_ == 0 && text_offset_ == 0, ends && text_range_ + 1 == candidate.ranges.size()};
    if (!want(candidate.row.cold.blob, piece, target)) return false;
    text_offset_ = ends ? 0 : text_offset_ + piece.size;
    if (ends) ++text_range_;
  }
  return true;
}

void Scan::begin_text(Candidate& candidate) {
  auto view = message::CardView::open(*candidate.card);
  auto parts = view ? view->parts() : Result<std::vector<message::Part>>();
  parts_ = parts ? *std::move(parts) : std::vector<message::Part>();  // it decoded before: match_card()
  text_.begin(parts_, candidate.answers);
}

bool Scan::want(BlobId blob, message::ByteRange range, Target target) {
  if (reads_.size() == kBatchReads) return false;
  if (!reads_.empty() && read_bytes_ + range.size > kBatchReadBytesMax) return false;
  read_bytes_ += range.size;
  reads_.push_back({blob, range.offset, range.size});
  targets_.push_back(target);
  return true;
}

Scan::State Scan::match_text() {
  while (used_ < reads_.size()) {
    if (!match_read(targets_[used_], reads_[used_], octets_[used_])) return State::more;
    octets_[used_++].reset();
    piece_used_ = 0;
    if (late()) return State::more;
  }
  return want_text();
}

// False where it is late before the read is used up.
bool Scan::match_read(const Target& target, const Read& read, const std::optional<Bytes>& octets) {
  Candidate& candidate = batch_[target.candidate];
  if (candidate.verdict != Tri::unknown) return true;
  if (!octets) {
    give_up(candidate);
    return true;
  }
  if (target.first && piece_used_ == 0) begin_text(candidate);
  while (piece_used_ < octets->size()) {
    BytesView piece = BytesView(*octets).substr(piece_used_, kTextPieceBytes);
    guarded(candidate, [&](Candidate& c) { text_.feed(read.offset + piece_used_, piece, c.answers); });
    piece_used_ += piece.size();
    judge(candidate);
    if (candidate.verdict != Tri::unknown) return true;
    if (piece_used_ < octets->size() && late()) return false;
  }
  if (target.last) {
    guarded(candidate, [&](Candidate& c) { text_.finish(c.answers); });
    judge(candidate);
  }
  return true;
}

// --- verdicts ---

void Scan::judge(Candidate& candidate) {
  candidate.verdict =
      program_.evaluate(RowView{candidate.row.cold.uid, &candidate.row.hot, &candidate.row.cold}, candidate.answers);
}

// It cannot be read.
void Scan::give_up(Candidate& candidate) {
  if (candidate.verdict == Tri::unknown) ++unreadable_;
  settle(candidate);
}

// What is still unknown will not be known.
void Scan::settle(Candidate& candidate) {
  std::ranges::replace(candidate.answers, Tri::unknown, Tri::no);
  judge(candidate);
}

Scan::State Scan::end_batch() {
  for (const Candidate& candidate : batch_) {
    if (candidate.verdict == Tri::yes) by_content_.append(candidate.row.cold.uid);
  }
  batch_.clear();
  cards_.clear();
  phase_ = Phase::rows;
  return State::more;
}

}  // namespace roost::search
