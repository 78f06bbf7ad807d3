// A checkpoint under another account's number, at the beginning of a log: how an account comes out of a backup.
#pragma once

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace roost::mail {

// The root with that account and position 0. Its pages stay as they are.
Result<Bytes> rebased_root(BytesView root, AccountId account);

}  // namespace roost::mail
