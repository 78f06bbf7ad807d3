#include "search/references.h"

#include <utility>

namespace roost::search {
namespace {

// Of the messages and of the IDs that they refer to; each takes some 60 octets.
constexpr uint32_t kThreadNodesMax = kOrderBytesMax / 64;

}  // namespace

void References::expect(size_t messages) {
  messages_.reserve(messages);
  heads_.reserve(messages);
  roots_.reserve(messages);
  result_.reserve(messages);
  forest_.expect(messages);
}

// Step 1.
Result<> References::add(const mail::Cold& row, const message::CardView* card) {
  if (forest_.nodes() > kThreadNodesMax || subjects_.bytes() > kOrderBytesMax) {
    return no(Code::limit, "Too many messages to be threaded at once.");
  }
  if (card != nullptr) {
    card->thread_keys(keys_);
  } else {
    keys_ = {};
  }
  auto number = static_cast<uint32_t>(messages_.size());
  Message message{.uid = row.uid, .node = forest_.add(number, keys_), .sent = sent_date(row, card)};
  message.arrived = row.internal_date.seconds;
  if (kind_ == Kind::references) {
    BytesView subject = card != nullptr ? card->sorted_subject() : BytesView();
    subjects_.begin();
    if (!subject.empty()) subjects_.add(subject);
    message.subject = subjects_.end(number);
    message.reply = card != nullptr && card->reply_or_forward();
  }
  messages_.push_back(message);
  return {};
}

bool References::finish(Slice& slice) {
  while (phase_ != Phase::done) {
    if (!run(slice)) return false;
  }
  return true;
}

void References::leave(Phase phase) {
  phase_ = static_cast<Phase>(static_cast<uint8_t>(phase) + 1);
  next_ = 0;
}

bool References::run(Slice& slice) {
  Phase phase = phase_;
  bool ended = false;
  switch (phase) {
    case Phase::by_date: ended = sort_by_date(slice); break;
    case Phase::places: ended = find_places(slice); break;
    case Phase::heads: ended = find_heads(slice); break;
    case Phase::subjects: ended = kind_ == Kind::refs || merge_subjects(slice); break;
    case Phase::children: ended = find_children(slice); break;
    case Phase::arrivals: ended = kind_ == Kind::references || sort_by_arrival(slice); break;
    case Phase::result: ended = write_result(slice); break;
    case Phase::done: return true;
  }
  if (ended) leave(phase);
  return ended;
}

// Everything below goes through the messages in this order, so that all siblings come out in the order of their dates
// (steps 4 and 6).
bool References::sort_by_date(Slice& slice) {
  if (!by_date_) {
    std::vector<Dated> dates;
    dates.reserve(messages_.size());
    for (const Message& message : messages_) dates.push_back({message.sent, static_cast<uint32_t>(dates.size())});
    by_date_.emplace(std::move(dates), EarlierDate());
    places_of_nodes_.assign(forest_.nodes(), kNoPlace);
    parents_.reserve(messages_.size());
  }
  return by_date_->run(slice);
}

// Step 3: dummies go, except those at the top.
bool References::find_places(Slice& slice) {
  for (; next_ < messages_.size(); ++next_) {
    if (slice.late()) return false;
    Place parent = place_under(forest_.parent(messages_[next_].node));
    if (parent != kNoPlace && !is_message(parent)) ++dummy_at(parent).children;
    parents_.push_back(parent);
  }
  return true;
}

// The nearest message from `node` upwards, or else the dummy at the top. Each dummy is climbed over once.
Place References::place_under(uint32_t node) {
  std::vector<uint32_t> passed;
  Place place = kNoPlace;
  while (node != ReferenceForest::kNone) {
    place = forest_.message(node) != ReferenceForest::kNone ? forest_.message(node) : places_of_nodes_[node];
    if (place != kNoPlace) break;
    passed.push_back(node);
    node = forest_.parent(node);
  }
  if (place == kNoPlace && !passed.empty()) {
    place = static_cast<Place>(messages_.size() + dummies_.size());
    dummies_.emplace_back();
  }
  for (uint32_t dummy : passed) places_of_nodes_[dummy] = place;
  return place;
}

// Steps 3 and 5 (B) (i), (ii): a dummy with one child gives it its place.
bool References::find_heads(Slice& slice) {
  for (; next_ < messages_.size(); ++next_) {
    if (slice.late()) return false;
    uint32_t number = by_date_->items()[next_].item;
    Place& parent = parents_[number];
    if (parent != kNoPlace && is_message(parent)) continue;
    if (parent != kNoPlace && dummy_at(parent).children == 1) parent = kNoPlace;
    bool dummy = parent != kNoPlace;
    if (dummy && std::exchange(dummy_at(parent).is_head, true)) continue;
    const Message& message = messages_[number];
    if (message.subject.size == 0) continue;
    heads_.push_back({dummy ? parent : number, message.subject, dummy, message.reply});
  }
  return true;
}

bool References::merge_subjects(Slice& slice) {
  if (!merge_) merge_.emplace(std::move(heads_), static_cast<Place>(messages_.size() + dummies_.size()), subjects_);
  if (!merge_->run(slice)) return false;
  dummies_.resize(dummies_.size() + merge_->made());
  for (const SubjectMerge::Move& move : merge_->moves()) {
    if (is_message(move.place)) {
      parents_[move.place] = move.parent;
    } else {
      dummy_at(move.place).merged_into = move.parent;
    }
  }
  return true;
}

bool References::find_children(Slice& slice) {
  if (next_ == 0) families_.assign(messages_.size() + dummies_.size(), Family());
  for (; next_ < messages_.size(); ++next_) {
    if (slice.late()) return false;
    uint32_t number = by_date_->items()[next_].item;
    Place& parent = parents_[number];
    if (parent == kNoPlace) {
      roots_.push_back(number);
      continue;
    }
    if (!is_message(parent)) {
      if (dummy_at(parent).merged_into != kNoPlace) parent = dummy_at(parent).merged_into;
      if (families_[parent].children == 0) roots_.push_back(parent);
    }
    add_child(parent, number);
  }
  return true;
}

void References::add_child(Place parent, Place child) {
  Family& family = families_[parent];
  if (family.children++ == 0) {
    family.first_child = child;
  } else {
    families_[family.last_child].next = child;
  }
  family.last_child = child;
}

Place References::next_in_thread(Place place) const {
  if (families_[place].first_child != kNoPlace) return families_[place].first_child;
  while (is_message(place) && parents_[place] != kNoPlace) {
    if (families_[place].next != kNoPlace) return families_[place].next;
    place = parents_[place];
  }
  return kNoPlace;
}

// REFS, in place of the order of step 4.
bool References::sort_by_arrival(Slice& slice) {
  root_by_latest_.resize(messages_.size());
  for (; next_ < roots_.size(); ++next_) {
    if (at_ == kNoPlace) {
      at_ = roots_[next_];
      Place first = is_message(at_) ? at_ : families_[at_].first_child;
      latest_ = {messages_[first].arrived, first};
    }
    for (; at_ != kNoPlace; at_ = next_in_thread(at_)) {
      if (slice.late()) return false;
      if (!is_message(at_)) continue;
      Dated arrived{messages_[at_].arrived, at_};
      if (EarlierDate()(latest_, arrived)) latest_ = arrived;
    }
    arrivals_.push_back(latest_);
    root_by_latest_[latest_.item] = roots_[next_];
  }
  if (!by_arrival_) by_arrival_.emplace(std::move(arrivals_), EarlierDate());
  if (!by_arrival_->run(slice)) return false;
  for (size_t i = 0; i < roots_.size(); ++i) roots_[i] = root_by_latest_[by_arrival_->items()[i].item];
  return true;
}

bool References::write_result(Slice& slice) {
  for (; next_ < roots_.size(); ++next_) {
    if (at_ == kNoPlace) at_ = roots_[next_];
    for (; at_ != kNoPlace; at_ = next_in_thread(at_)) {
      if (slice.late()) return false;
      result_.push_back({is_message(at_) ? messages_[at_].uid : Uid(), families_[at_].children});
    }
  }
  return true;
}

}  // namespace roost::search
