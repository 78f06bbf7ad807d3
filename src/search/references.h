// THREAD=REFERENCES (RFC 5256 3) and THREAD=REFS (draft-ietf-morg-inthread), which leaves out the subjects and puts the
// thread with the latest arrival last.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "search/reference_forest.h"
#include "search/subject_merge.h"
#include "search/thread.h"

namespace roost::search {

class References final : public Threading {
 public:
  enum class Kind : uint8_t { references, refs };
  // `seed`: ReferenceForest's.
  References(Kind kind, uint64_t seed) : kind_(kind), forest_(seed) {}

  void expect(size_t messages) override;
  Result<> add(const mail::Cold& row, const message::CardView* card) override;
  bool finish(Slice& slice) override;

 private:
  enum class Phase : uint8_t { by_date, places, heads, subjects, children, arrivals, result, done };

  struct Message {
    Uid uid;
    uint32_t node = 0;  // in forest_
    int64_t sent = 0;
    int64_t arrived = 0;
    OrderKeys::Entry subject;
    bool reply = false;
  };

  bool run(Slice& slice);
  void leave(Phase phase);

  bool sort_by_date(Slice& slice);
  bool find_places(Slice& slice);
  Place place_under(uint32_t node);
  bool find_heads(Slice& slice);
  bool merge_subjects(Slice& slice);
  bool find_children(Slice& slice);
  void add_child(Place parent, Place child);
  bool sort_by_arrival(Slice& slice);
  bool write_result(Slice& slice);
  // The one after `place` in a walk of its thread; kNoPlace at the end.
  Place next_in_thread(Place place) const;
  bool is_message(Place place) const { return place < messages_.size(); }

  const Kind kind_;
  ReferenceForest forest_;
  message::ThreadKeys keys_;  // of the message at hand
  OrderKeys subjects_;
  std::vector<Message> messages_;
  Phase phase_ = Phase::by_date;
  size_t next_ = 0;  // where the phase goes on

  std::optional<DateSort> by_date_;     // its items are messages
  std::vector<Place> places_of_nodes_;  // of dummies that were passed: what they are replaced by
  std::vector<Place> parents_;          // of messages; kNoPlace: none

  // A parent that is not there, at the top of a thread.
  struct Dummy {
    uint32_t children = 0;
    bool is_head = false;
    Place merged_into = kNoPlace;
  };
  std::vector<Dummy> dummies_;
  Dummy& dummy_at(Place place) { return dummies_[place - messages_.size()]; }
  std::vector<ThreadHead> heads_;
  std::optional<SubjectMerge> merge_;

  struct Family {
    Place first_child = kNoPlace;
    Place last_child = kNoPlace;
    Place next = kNoPlace;
    uint32_t children = 0;
  };
  std::vector<Family> families_;  // of messages, then of dummies
  std::vector<Place> roots_;
  Place at_ = kNoPlace;  // where a walk goes on
  Dated latest_;         // of the thread that is walked
  std::vector<Dated> arrivals_;
  std::vector<Place> root_by_latest_;  // by the message of its thread that arrived last
  std::optional<DateSort> by_arrival_;
};

}  // namespace roost::search
