// What THREAD=REFERENCES follows (RFC 5256): message IDs, normalised and hashed.
#pragma once

#include "base/bytes.h"
#include "message/card.h"

namespace roost::message {

// `header` is the root's kept fields.
ThreadKeys make_thread_keys(BytesView header);

}  // namespace roost::message
