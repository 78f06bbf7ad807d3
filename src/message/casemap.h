// i;unicode-casemap (RFC 5051): the form in which SEARCH, SORT and THREAD compare text (RFC 5255 I18NLEVEL=1).
#pragma once

#include "base/bytes.h"

namespace roost::message {

// Each code point titlecased, then decomposed for compatibility; UTF-8 in, UTF-8 out. Octets that are not UTF-8 stay as
// they are. As it works on single code points, folding pieces (cut between code points) gives the pieces of the
// folding. ASCII letters become upper case.
Bytes search_fold(BytesView utf8);
void search_fold(BytesView utf8, Bytes& append_to);

}  // namespace roost::message
