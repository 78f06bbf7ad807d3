// Hashes and HMAC on whole strings, for the SCRAM files.
#pragma once

#include "sasl/scram.h"

namespace roost::sasl {

ScramKey digest(ScramHash hash, BytesView data);
ScramKey hmac(ScramHash hash, BytesView key, BytesView data);
bool equal_in_constant_time(BytesView a, BytesView b);

}  // namespace roost::sasl
