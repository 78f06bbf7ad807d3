// A place in an intrusive, circular list. Not thread-safe.
#pragma once

namespace roost::rt {

struct Link {
  Link* previous = this;
  Link* next = this;

  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { unlink(); }

  bool linked() const { return next != this; }

  void unlink() {
    previous->next = next;
    next->previous = previous;
    previous = next = this;
  }

  // Puts this link, which is in no list, before `place`: at the end of the list whose head that is.
  void insert_before(Link& place) {
    previous = place.previous;
    next = &place;
    previous->next = this;
    place.previous = this;
  }

  // Moves all of `other`'s list to the end of this one.
  void take_all(Link& other) {
    if (!other.linked()) return;
    Link* first = other.next;
    Link* last = other.previous;
    other.previous = other.next = &other;
    first->previous = previous;
    previous->next = first;
    last->next = this;
    previous = last;
  }
};

}  // namespace roost::rt
