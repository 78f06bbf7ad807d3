#include "search/field_text.h"

#include "message/address.h"
#include "message/casemap.h"

namespace roost::search {
namespace {

// Whether ENVELOPE may have words of the addresses that do not stand so in the field: few fields have comments, quoted
// quotes, or blanks within an address.
bool hides_addresses(BytesView value) {
  if (value.find_first_of("(\\") != BytesView::npos) return true;
  for (BytesView odd : {" @", "@ ", " .", ". ", "\t", "\n "}) {
    if (value.find(odd) != BytesView::npos) return true;
  }
  return false;
}

}  // namespace

bool FieldText::has(message::Matcher& matcher, bool with_addresses) {
  auto says = [&](const Bytes& folded) {
    matcher.next_text();
    return matcher.feed(folded);
  };
  matcher.reset();
  return says(plain()) || says(parameters()) || (with_addresses && says(addresses()));
}

const Bytes& FieldText::plain() {
  if (!plain_) plain_ = message::search_fold(message::decode_header_text(field_.value));
  return *plain_;
}

const Bytes& FieldText::parameters() {
  if (!parameters_) parameters_ = message::search_fold(message::hidden_parameter_text(field_.raw));
  return *parameters_;
}

const Bytes& FieldText::addresses() {
  if (!addresses_) {
    bool hides = hides_addresses(field_.value);
    addresses_ = hides ? message::search_fold(message::address_text(field_.value)) : Bytes();
  }
  return *addresses_;
}

}  // namespace roost::search
