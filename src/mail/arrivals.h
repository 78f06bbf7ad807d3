// Which messages a record of the log brings, for those who follow it.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "mail/row.h"

namespace roost::mail {

// In their order, each with its size, email id, body and card; the rest is not filled in. What comes by COPY or MOVE
// shares a body that is there already, and is not among them.
Result<std::vector<Cold>> arrived_rows(AccountId account, BytesView record);

}  // namespace roost::mail
