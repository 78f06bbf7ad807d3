// LIST, LSUB, STATUS, NAMESPACE, SEARCH and ESEARCH responses: whole lines with CRLF.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/uid_set.h"
#include "imap/partial_range.h"
#include "imap/status.h"

namespace roost::imap {

// mailbox-list     RFC 9051 7.3.1, RFC 3348, RFC 5258, RFC 6154
struct ListRow {
  Bytes name;  // UTF-8
  bool no_select = false;
  bool non_existent = false;
  bool no_inferiors = false;
  bool no_access = false;  // RFC 5465 5.9: not followed, for want of rights
  bool subscribed = false;
  std::optional<bool> has_children;      // none: nothing is said
  std::vector<std::string> special_use;  // "\Sent"
  bool child_info_subscribed = false;    // RFC 5258: ("CHILDINFO" ("SUBSCRIBED"))
  Bytes old_name;                        // RFC 9051 6.3.9.7: ("OLDNAME" (…)); empty: none
};

void write_list(Bytes& out, const ListRow& row, bool lsub, bool utf8);
// The same by XLIST: with \Inbox, and the special uses by the names that Gmail gave them before RFC 6154.
void write_xlist(Bytes& out, const ListRow& row, bool utf8);
// The answer to LIST "" "": * LIST (\Noselect) "/" ""; `name` is LIST, or XLIST.
void write_list_separator(Bytes& out, BytesView root = "", std::string_view name = "LIST");

// STATUS     RFC 9051 7.3.4. Only the items in `wanted` are written, in a fixed order.
struct StatusRow {
  uint32_t messages = 0;
  uint32_t recent = 0;
  uint32_t unseen = 0;
  uint32_t deleted = 0;
  uint64_t deleted_storage = 0;  // octets
  Uid uid_next;
  UidValidity uid_validity;
  uint64_t size = 0;
  std::optional<uint64_t> append_limit;  // none: NIL
  ModSeq highest_mod_seq;
  Bytes mailbox_id;
};

void write_status(Bytes& out, BytesView name, const StatusRow& row, StatusItems wanted, bool utf8);

// * NAMESPACE     RFC 2342: prefixes of the personal, other users' and shared namespaces; an empty list is NIL.
void write_namespace(Bytes& out, std::span<const Bytes> personal, std::span<const Bytes> others,
                     std::span<const Bytes> shared, bool utf8);

// * SEARCH 2 3 6 [(MODSEQ n)]     RFC 3501 7.2.5, RFC 7162 3.1.5. For a very long result write_search_start(),
// write_search_number() and write_search_end() let the caller flush in between.
void write_search_start(Bytes& out);
void write_search_number(Bytes& out, uint32_t number);
void write_search_end(Bytes& out, std::optional<ModSeq> highest);
void write_search(Bytes& out, std::span<const uint32_t> numbers, std::optional<ModSeq> highest = std::nullopt);

// * ESEARCH (TAG "A1") UID …     RFC 4731 3.1. Absent members are left out.
struct EsearchRow {
  Bytes tag;
  bool uid = false;
  std::optional<uint32_t> min;
  std::optional<uint32_t> max;
  std::optional<uint32_t> count;
  std::vector<UidRange> all;            // of message numbers, unless uid; in the order of the result; empty: left out
  std::optional<PartialRange> partial;  // RFC 9394: what was asked for, and
  std::vector<UidRange> part;           // what there is of it, likewise in order
  std::optional<ModSeq> mod_seq;
};

void write_esearch(Bytes& out, const EsearchRow& row);

}  // namespace roost::imap
