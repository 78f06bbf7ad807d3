#include "search/ordering.h"

namespace roost::search {

int64_t sent_date(const mail::Cold& row, const message::CardView* card) {
  auto sent = card == nullptr ? std::nullopt : card->sent();
  return sent ? sent->seconds : row.internal_date.seconds;
}

message::SortKeys sort_keys(const message::CardView* card) {
  if (card == nullptr) return {};
  return card->sort_keys().value_or(message::SortKeys());
}

}  // namespace roost::search
