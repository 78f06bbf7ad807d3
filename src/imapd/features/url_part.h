// What a URL of CATENATE names (RFC 4469 3).
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "imapd/session.h"
#include "message/part.h"
#include "rt/task.h"

namespace roost::imapd {

struct UrlPart {
  accounts::AccountPtr account;  // in which it lies
  std::optional<Bytes> octets;   // read already; otherwise `range` of `blob` is to be read
  BlobId blob;
  message::ByteRange range;
};

// As BODY.PEEK[section] would give it, from a mailbox that this session's user may read. NO for everything that is
// [BADURL]: not a URL, another server's, a mailbox, UIDVALIDITY, message or section that is not there.
task<Result<UrlPart>> find_url_part(Session& session, Bytes url);

}  // namespace roost::imapd
