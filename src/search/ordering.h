// What SORT and THREAD have in common: they take in messages one by one, and then put them in order. Pure; who brings
// the messages' cards is accounts/ordering.h.
#pragma once

#include "base/result.h"
#include "mail/row.h"
#include "message/card.h"
#include "search/slice.h"

namespace roost::search {

// Belongs to one thread at a time.
class Ordering {
 public:
  virtual ~Ordering() = default;

  // Otherwise add() is content without one.
  virtual bool reads_cards() const = 0;
  // Of the cards, more than the date.
  virtual bool reads_keys() const = 0;
  // So many add() will follow, or about so many.
  virtual void expect(size_t messages) = 0;
  // By ascending uid. `card` may be null: then all that a card says is empty. no(Code::limit) where it is too much.
  virtual Result<> add(const mail::Cold& row, const message::CardView* card) = 0;
  // After the last add(). False where it was late: call again.
  virtual bool finish(Slice& slice) = 0;
};

// RFC 5256 2.2: of the Date field, otherwise the INTERNALDATE. Seconds since 1970 UTC.
int64_t sent_date(const mail::Cold& row, const message::CardView* card);
// Empty ones where there is no card, or it is damaged.
message::SortKeys sort_keys(const message::CardView* card);

}  // namespace roost::search
