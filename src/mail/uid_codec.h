// Sets of uids in stored formats: a varint count of ranges, then for each the distance from the end of the range before
// (from 0 for the first) and its length less one.
#pragma once

#include "base/bytes.h"
#include "base/uid_set.h"

namespace roost::mail {

void write_uids(Encoder& out, const UidSet& uids);
// Fails the decoder unless the ranges are ascending, disjoint and not adjacent.
UidSet read_uids(Decoder& in);

}  // namespace roost::mail
