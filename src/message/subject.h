// The base subject (RFC 5256 2.1), by which SORT and THREAD compare.
#pragma once

#include "base/bytes.h"

namespace roost::message {

struct BaseSubject {
  Bytes text;                     // UTF-8
  bool reply_or_forward = false;  // "re:", "fwd:", "(fwd)" or "[fwd: ]" was removed
};

// `value` is the Subject field's value, encoded words and folds and all.
BaseSubject base_subject(BytesView value);

}  // namespace roost::message
