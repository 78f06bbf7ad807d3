// How many messages one command may work on (RFC 9738), where the configuration limits it.
#pragma once

#include <optional>

#include "imapd/features/partial.h"
#include "imapd/session.h"

namespace roost::imapd {

// Of the messages that a command names, those that it works on: the highest of them, where they are too many.
struct Limited {
  UidSet uids;
  std::optional<Uid> lowest;  // of these; nothing: they are all
};

Limited limit_messages(const Session& session, UidSet uids);

// Of the view, what a SEARCH has to look at: what its keys name by number or by UID, or everything. Messages that are
// looked at count, whether they are found or not (RFC 9738 3.1).
UidSet searched(const View& view, const imap::SearchKey& key);

// NO [MESSAGELIMIT n uid], where nothing at all is done.
Completion too_many_messages(uint32_t messages_max, std::optional<Uid> lowest = std::nullopt);

// MESSAGELIMIT with the reply to a command that did not work on all of its messages: in the reply, or, where that has a
// code of its own or is none of ours, in an untagged NO before it.
void say_limit(Session& session, const Limited& messages, Result<Completion>& reply);

}  // namespace roost::imapd
