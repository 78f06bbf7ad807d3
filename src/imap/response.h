// Status responses: OK, NO, BAD, BYE, PREAUTH with their codes, and the small untagged ones. Each writes whole lines
// with CRLF, unless it says otherwise.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/uid_set.h"
#include "imap/sequence_set.h"

namespace roost::imap {

enum class Condition : uint8_t { ok, no, bad, bye, preauth };

// resp-text-code     RFC 9051 7.1, RFC 5530: "ALREADYEXISTS"; empty for Code::none
std::string_view code_name(Code code);

// What stands between the brackets, ready to write; empty: no code.
using ResponseCode = Bytes;

ResponseCode code_of(Code code);                                         // "TRYCREATE"
ResponseCode code_append_uid(UidValidity validity, const UidSet& uids);  // RFC 4315; ascending, as they were appended
// COPYUID     RFC 4315 3: pairwise; `from` in the order that gives `to` ascending. Both sets are equally large and the
// copies were made in ascending order of the source.
ResponseCode code_copy_uid(UidValidity validity, const UidSet& from, const UidSet& to);
ResponseCode code_uid_next(Uid uid);
ResponseCode code_uid_validity(UidValidity validity);
ResponseCode code_unseen(SeqNum first);
ResponseCode code_permanent_flags(SystemFlags system, std::span<const std::string> keywords, bool new_keywords);
ResponseCode code_highest_mod_seq(ModSeq value);
ResponseCode code_modified(const UidSet& numbers_or_uids);  // RFC 7162 3.1.3
ResponseCode code_bad_charset(std::span<const std::string_view> charsets);
ResponseCode code_capability(std::span<const std::string> capabilities);
ResponseCode code_mailbox_id(std::string_view id);  // RFC 8474
ResponseCode code_append_limit(uint64_t bytes_max);
ResponseCode code_bad_url(BytesView url);  // RFC 4469 4.1; what a code cannot carry is percent-encoded
// "MESSAGELIMIT" SP message-limit [SP uniqueid]     RFC 9738 5: the lowest UID that was processed, where one was
ResponseCode code_message_limit(uint32_t messages_max, std::optional<Uid> lowest);
// "INPROGRESS" SP "(" …     RFC 9585 5. Without `done` there is no `goal`; `goal` is above `done`.
ResponseCode code_in_progress(BytesView tag, std::optional<uint64_t> done, std::optional<uint64_t> goal);

// Codes without data and without a place in base's Code.
inline constexpr std::string_view kReadOnly = "READ-ONLY";
inline constexpr std::string_view kReadWrite = "READ-WRITE";
inline constexpr std::string_view kClosed = "CLOSED";                        // RFC 7162 3.2.11
inline constexpr std::string_view kNoModSeq = "NOMODSEQ";                    // RFC 7162 3.1.2.2
inline constexpr std::string_view kUidNotSticky = "UIDNOTSTICKY";            // RFC 4315
inline constexpr std::string_view kCompressionActive = "COMPRESSIONACTIVE";  // RFC 4978
inline constexpr std::string_view kNoUpdate = "NOUPDATE";                    // RFC 5267
inline constexpr std::string_view kAlert = "ALERT";
inline constexpr std::string_view kParse = "PARSE";
inline constexpr std::string_view kUnknownCte = "UNKNOWN-CTE";   // RFC 3516
inline constexpr std::string_view kNotSaved = "NOTSAVED";        // RFC 5182
inline constexpr std::string_view kUidRequired = "UIDREQUIRED";  // RFC 9586
inline constexpr std::string_view kTooFew = "TOOFEW";            // RFC 10022

// response-tagged = tag SP resp-cond-state CRLF. `text` may hold anything: controls and octets that a line cannot carry
// are replaced, and an empty one gets a word.
void write_tagged(Bytes& out, BytesView tag, Condition condition, BytesView code, BytesView text);
// "*" SP resp-cond-state
void write_untagged(Bytes& out, Condition condition, BytesView code, BytesView text);
// An Error as its reply: bad → BAD, no → NO [code], fault → NO [SERVERBUG] or [UNAVAILABLE] with the id under which it
// was logged, never its own words; closed → an untagged BYE. An empty tag makes the others untagged too.
void write_error(Bytes& out, BytesView tag, const Error& error, BytesView fault_id = {});

// continue-req = "+" SP (resp-text / base64) CRLF
void write_continuation(Bytes& out, BytesView text = "OK");
void write_challenge(Bytes& out, BytesView octets);  // AUTHENTICATE: base64

void write_capability(Bytes& out, std::span<const std::string> capabilities);  // * CAPABILITY …
void write_enabled(Bytes& out, std::span<const std::string> capabilities);     // * ENABLED …
void write_exists(Bytes& out, uint32_t count);
void write_recent(Bytes& out, uint32_t count);
void write_expunge(Bytes& out, SeqNum number);
void write_vanished(Bytes& out, const UidSet& uids, bool earlier);  // RFC 7162 3.2.10
// * FLAGS (…)
void write_flags_response(Bytes& out, SystemFlags system, std::span<const std::string> keywords);
// * ID …     RFC 2971; no fields: NIL
void write_id(Bytes& out, std::span<const std::pair<std::string, std::string>> fields);

}  // namespace roost::imap
