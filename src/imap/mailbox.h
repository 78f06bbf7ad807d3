// CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE. Names are UTF-8, normalised (imap/mailbox_name.h); `supplied` is the
// client's spelling where that is another one (Parser::mailbox).
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::imap {

class Parser;

// create = "CREATE" SP mailbox [create-params]     RFC 9051 6.3.4, RFC 6154 3
struct Create {
  Bytes mailbox;  // a trailing separator is removed: it only announces children
  Bytes supplied;
  std::vector<std::string> special_use;  // "\Sent": the client's spelling, each once
};

struct Delete {
  Bytes mailbox;
  Bytes supplied;
};

struct Rename {
  Bytes from;
  Bytes to;
  Bytes supplied_from;
  Bytes supplied_to;
};

struct Subscribe {
  Bytes mailbox;
};

struct Unsubscribe {
  Bytes mailbox;
};

Result<Create> parse_create(Parser& in);
Result<Delete> parse_delete(Parser& in);
Result<Rename> parse_rename(Parser& in);
Result<Subscribe> parse_subscribe(Parser& in);
Result<Unsubscribe> parse_unsubscribe(Parser& in);

}  // namespace roost::imap
