// IMAP URLs (RFC 5092). Pure: what a URL names, its percent-encoding undone.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "imap/fetch.h"

namespace roost::imap {

struct ImapUrl {
  // iserver = [iuserinfo "@"] host [ ":" port ]
  struct Server {
    Bytes user;  // UTF-8; empty: none
    Bytes auth;  // ";AUTH=": a mechanism or "*"; empty: none
    Bytes host;  // as written, an IPv6 address with its brackets
    uint16_t port = 143;
    friend bool operator==(const Server&, const Server&) = default;
  };
  // partial-range = number ["." nz-number]
  struct Range {
    uint64_t offset = 0;
    std::optional<uint64_t> count;  // nothing: up to the end
    friend bool operator==(const Range&, const Range&) = default;
  };

  std::optional<Server> server;  // of an absolute URL ("imap://…") or a network-path reference ("//…")
  Bytes mailbox;                 // UTF-8, normalised; empty: the URL names the server
  std::optional<UidValidity> uidvalidity;
  std::optional<Bytes> search;  // "?": arguments of SEARCH, not looked into
  std::optional<Uid> uid;
  Section section;  // of the message; by default all of it
  std::optional<Range> partial;
  friend bool operator==(const ImapUrl&, const ImapUrl&) = default;
};

// imapurl, and of imapurl-rel inetwork-path and iabsolute-path (RFC 5092 11); dot segments are resolved. Bad, with why:
// for other schemes, for relative paths (which 7.2 forbids to accept) and for URLAUTH (RFC 4467), too. Linear.
Result<ImapUrl> parse_imap_url(BytesView text);

}  // namespace roost::imap
