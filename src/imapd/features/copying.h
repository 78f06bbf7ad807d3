// What COPY and MOVE share.
#pragma once

#include "imap/store.h"
#include "imapd/features/message_limit.h"
#include "imapd/session.h"
#include "imapd/telling.h"

namespace roost::imapd {

struct Copying {
  AccountId to;
  mail::Copied copied;  // `source` is empty where nothing was there to copy
  Limited messages;     // of MOVE
  std::optional<Completion> refused;
};

// All of the messages or none (RFC 9051 6.4.7), but of a MOVE as many as one command may work on. By number, an
// expunged one among them is NO [EXPUNGEISSUED] (RFC 2180 4.4); by uid it is left out.
task<Result<Copying>> copy_messages(Session& session, const imap::Copy& copy);

}  // namespace roost::imapd
