// FETCH responses.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/ids.h"
#include "imap/date.h"
#include "imap/fetch.h"
#include "imap/message_label.h"

namespace roost::imap {

// message-data = nz-number SP "FETCH" SP msg-att     RFC 9051 7.5.2
// uidfetch-resp = uniqueid SP "UIDFETCH" SP msg-att     RFC 9586 4
//
// Writes one response item by item; finish() closes it. Octets of a body are appended by the caller after
// body_literal(): exactly as many as it announced, in as many pieces and flushes as it likes.
class FetchWriter {
 public:
  FetchWriter(Bytes& out, MessageLabel label);
  FetchWriter(const FetchWriter&) = delete;
  FetchWriter& operator=(const FetchWriter&) = delete;

  void uid(Uid uid);
  void flags(SystemFlags system, std::span<const std::string> keywords = {}, bool recent = false);
  void mod_seq(ModSeq value);  // MODSEQ (n)
  void internal_date(const DateTime& date);
  void save_date(const std::optional<DateTime>& date);
  void rfc822_size(uint64_t bytes);
  // A value that is ready in IMAP syntax: ENVELOPE, BODY, BODYSTRUCTURE from a card.
  void ready(std::string_view item, BytesView value);
  void preview(const std::optional<Bytes>& text, bool utf8);
  void email_id(BytesView id);
  void thread_id(const std::optional<Bytes>& id);
  // The item's name as the client asked for it, with `<offset>` if it was partial, then NIL, the octets as a literal,
  // or only the literal's announcement. For body_section, rfc822…, binary. Never a quoted string: simple clients look
  // for "{".
  void body_nil(const FetchItem& what);
  void body(const FetchItem& what, BytesView octets);
  // `literal8`: the octets may have a NUL; only for binary.
  void body_literal(const FetchItem& what, uint64_t size, bool literal8 = false);
  void binary_size(const FetchItem& what, uint64_t bytes);
  // ")" CRLF
  void finish();

 private:
  void item(std::string_view name);
  Bytes& out_;
  bool first_ = true;
};

// "BODY[1.HEADER.FIELDS (From To)]<0>": the answer's name of an item.
void write_item_name(Bytes& out, const FetchItem& item);

// * n FETCH ([UID u] FLAGS (...) [MODSEQ (m)]): the path that a resynchronising client waits for. The same octets as a
// FetchWriter's uid(), flags() and mod_seq(), several times faster.
void write_fetch_flags(Bytes& out, MessageLabel label, std::optional<Uid> uid, SystemFlags system,
                       std::span<const std::string> keywords = {}, bool recent = false,
                       std::optional<ModSeq> mod_seq = std::nullopt);

}  // namespace roost::imap
