// What THREAD=REFERENCES follows (RFC 5256): message IDs, normalised and hashed.
#pragma once

#include <span>

#include "base/bytes.h"
#include "message/card.h"
#include "message/header.h"

namespace roost::message {

// Of the root's fields.
ThreadKeys make_thread_keys(std::span<const Field> fields);

}  // namespace roost::message
