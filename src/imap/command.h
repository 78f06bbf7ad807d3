// A command, from its frame to its type. Pure: no I/O, no clock.
#pragma once

#include <expected>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "imap/acl.h"
#include "imap/append.h"
#include "imap/apple_push.h"
#include "imap/dialect.h"
#include "imap/fetch.h"
#include "imap/list.h"
#include "imap/mailbox.h"
#include "imap/metadata.h"
#include "imap/notify.h"
#include "imap/quota.h"
#include "imap/search.h"
#include "imap/select.h"
#include "imap/session.h"
#include "imap/sort.h"
#include "imap/status.h"
#include "imap/store.h"
#include "imap/uid_batches.h"
#include "imap/verb.h"
#include "wire/framer.h"

namespace roost::imap {

// Without arguments: CAPABILITY, NOOP, LOGOUT, STARTTLS, CHECK, CLOSE, UNSELECT, IDLE, NAMESPACE, UNAUTHENTICATE. The
// verb says which.
struct Plain {};

using Body = std::variant<Plain, Append, ApplePush, Authenticate, Compress, Copy, Create, Delete, DeleteAcl, Enable,
                          Expunge, Fetch, GetAcl, GetMetadata, GetQuota, GetQuotaRoot, Id, List, ListRights, Login,
                          MyRights, Notify, Rename, Search, Select, SetAcl, SetMetadata, SetQuota, Sort, Status, Store,
                          Subscribe, Thread, UidBatches, Unsubscribe>;

struct Command {
  Bytes tag;
  Verb verb = Verb::noop;
  Body body;
};

// What is known of a command before its arguments are read, or when they cannot be.
struct Head {
  Bytes tag;                 // empty: none that could be answered, so the reply is untagged ("* BAD")
  std::optional<Verb> verb;  // none: unknown, or not yet readable
  size_t arguments = 0;      // where they begin in the frame's text
};

struct Rejected {
  Head head;
  Error error;  // bad, or no where the syntax is right and a value is not: a mailbox name, a limit.
                // After a rejected SELECT or EXAMINE with `no`, no mailbox is selected (RFC 9051 6.3.2).
};

// tag SP command-name     RFC 9051 9. Never fails and reads no further: for the checks that come before a literal is
// accepted, and for the tag of a line that framing found wrong.
Head parse_head(const wire::Frame& frame);

// A complete frame, all of whose literals are held except the messages of APPEND and REPLACE.
std::expected<Command, Rejected> parse_command(const wire::Frame& frame, const Dialect& dialect);
// The same where a reader has followed the literals: nothing is read twice.
std::expected<Command, Rejected> finish_append(const wire::Frame& frame, AppendReader& reader);

// The answer to IDLE's continuation: "DONE" in any case, alone (RFC 2177 4).
bool is_done(const wire::Frame& frame);

}  // namespace roost::imap
