// SHA-256 and HMAC on whole strings, for the SCRAM files.
#pragma once

#include "sasl/scram.h"

namespace roost::sasl {

ScramKey sha256(BytesView data);
ScramKey hmac_sha256(BytesView key, BytesView data);
bool equal_in_constant_time(BytesView a, BytesView b);

inline BytesView view(const ScramKey& key) { return {reinterpret_cast<const char*>(key.data()), key.size()}; }

}  // namespace roost::sasl
