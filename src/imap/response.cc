#include "imap/response.h"

#include <array>

#include "imap/base64.h"
#include "imap/flag.h"
#include "imap/number.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

constexpr std::array<std::string_view, 5> kConditions = {"OK", "NO", "BAD", "BYE", "PREAUTH"};

ResponseCode with_number(std::string_view name, uint64_t value) {
  ResponseCode out(name);
  out += ' ';
  write_number(out, value);
  return out;
}

// text = 1*TEXT-CHAR     RFC 9051 9: no octet that would end the line or that a client without UTF-8 may not see
void write_text(Bytes& out, BytesView text) {
  if (text.empty()) text = "Done";
  for (char c : text) out += c >= 0x20 && c < 0x7f ? c : '?';
}

// resp-cond-state / resp-cond-bye / resp-cond-auth
void write_condition(Bytes& out, Condition condition, BytesView code, BytesView text) {
  out += kConditions[static_cast<size_t>(condition)];
  out += ' ';
  if (!code.empty()) {
    out += '[';
    out += code;
    out += "] ";
  } else if (text.starts_with('[')) {
    out += ' ';  // or it would be taken for a code
  }
  write_text(out, text);
  out += "\r\n";
}

void write_words(Bytes& out, std::string_view name, std::span<const std::string> words) {
  out += name;
  for (const std::string& word : words) {
    out += ' ';
    out += word;
  }
}

void write_count(Bytes& out, uint32_t count, std::string_view what) {
  out += "* ";
  write_number(out, count);
  out += what;
}

}  // namespace

std::string_view code_name(Code code) {
  switch (code) {
    case Code::none: return "";
    case Code::already_exists: return "ALREADYEXISTS";
    case Code::authentication_failed: return "AUTHENTICATIONFAILED";
    case Code::authorization_failed: return "AUTHORIZATIONFAILED";
    case Code::bad_charset: return "BADCHARSET";
    case Code::cannot: return "CANNOT";
    case Code::client_bug: return "CLIENTBUG";
    case Code::contact_admin: return "CONTACTADMIN";
    case Code::corruption: return "CORRUPTION";
    case Code::expired: return "EXPIRED";
    case Code::expunge_issued: return "EXPUNGEISSUED";
    case Code::has_children: return "HASCHILDREN";
    case Code::in_use: return "INUSE";
    case Code::limit: return "LIMIT";
    case Code::no_perm: return "NOPERM";
    case Code::nonexistent: return "NONEXISTENT";
    case Code::over_quota: return "OVERQUOTA";
    case Code::privacy_required: return "PRIVACYREQUIRED";
    case Code::read_only: return "READ-ONLY";
    case Code::server_bug: return "SERVERBUG";
    case Code::too_big: return "TOOBIG";
    case Code::try_create: return "TRYCREATE";
    case Code::unavailable: return "UNAVAILABLE";
    case Code::unknown_cte: return "UNKNOWN-CTE";
    case Code::use_attr: return "USEATTR";
  }
  return "";
}

ResponseCode code_of(Code code) { return ResponseCode(code_name(code)); }

// resp-code-apnd = "APPENDUID" SP nz-number SP append-uid     RFC 9051 9, RFC 3502
ResponseCode code_append_uid(UidValidity validity, const UidSet& uids) {
  ResponseCode out = with_number("APPENDUID", validity.value) + ' ';
  write_uid_set(out, uids);
  return out;
}

// resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set     RFC 9051 9
ResponseCode code_copy_uid(UidValidity validity, const UidSet& from, const UidSet& to) {
  ResponseCode out = with_number("COPYUID", validity.value) + ' ';
  write_uid_set(out, from);
  out += ' ';
  write_uid_set(out, to);
  return out;
}

ResponseCode code_uid_next(Uid uid) { return with_number("UIDNEXT", uid.value); }
ResponseCode code_uid_validity(UidValidity validity) { return with_number("UIDVALIDITY", validity.value); }
ResponseCode code_unseen(SeqNum first) { return with_number("UNSEEN", first.value); }
ResponseCode code_highest_mod_seq(ModSeq value) { return with_number("HIGHESTMODSEQ", value.value); }
ResponseCode code_append_limit(uint64_t bytes_max) { return with_number("APPENDLIMIT", bytes_max); }

ResponseCode code_message_limit(uint32_t messages_max, std::optional<Uid> lowest) {
  ResponseCode out = with_number("MESSAGELIMIT", messages_max);
  if (!lowest) return out;
  out += ' ';
  write_number(out, lowest->value);
  return out;
}

// inprogress-tag = quoted / nil     RFC 9585 5: NIL in place of a tag with "]", which would end the code.
ResponseCode code_in_progress(BytesView tag, std::optional<uint64_t> done, std::optional<uint64_t> goal) {
  ResponseCode out = "INPROGRESS (";
  if (tag.empty() || tag.contains(']')) {
    out += "NIL";
  } else {
    out.append("\"").append(tag).append("\"");
  }
  for (const std::optional<uint64_t>& number : {done, goal}) {
    out += ' ';
    if (number) {
      write_number(out, *number);
    } else {
      out += "NIL";
    }
  }
  out += ')';
  return out;
}

// "PERMANENTFLAGS" SP "(" [flag-perm *(SP flag-perm)] ")"     RFC 9051 9
ResponseCode code_permanent_flags(SystemFlags system, std::span<const std::string> keywords, bool new_keywords) {
  ResponseCode out = "PERMANENTFLAGS ";
  write_flags(out, system, keywords);
  if (!new_keywords) return out;
  out.pop_back();
  out += out.ends_with('(') ? "\\*)" : " \\*)";
  return out;
}

ResponseCode code_modified(const UidSet& numbers_or_uids) {
  ResponseCode out = "MODIFIED ";
  write_uid_set(out, numbers_or_uids);
  return out;
}

// "BADCHARSET" [SP "(" charset *(SP charset) ")"]     RFC 9051 9
ResponseCode code_bad_charset(std::span<const std::string_view> charsets) {
  ResponseCode out = "BADCHARSET";
  for (size_t i = 0; i < charsets.size(); ++i) {
    out += i == 0 ? " (" : " ";
    out += charsets[i];
  }
  if (!charsets.empty()) out += ')';
  return out;
}

ResponseCode code_capability(std::span<const std::string> capabilities) {
  ResponseCode out;
  write_words(out, "CAPABILITY", capabilities);
  return out;
}

ResponseCode code_mailbox_id(std::string_view id) { return "MAILBOXID (" + std::string(id) + ")"; }

// badurl-response-code = "BADURL" SP url-resp-text     RFC 4469 5; in quotes as in its appendix A
ResponseCode code_bad_url(BytesView url) {
  static constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  ResponseCode out = "BADURL \"";
  for (char c : url) {
    if (c > 0x20 && c < 0x7f && c != ']' && c != '"' && c != '\\') {
      out += c;
      continue;
    }
    out += '%';
    out += kHexDigits[static_cast<uint8_t>(c) >> 4];
    out += kHexDigits[static_cast<uint8_t>(c) & 15];
  }
  out += '"';
  return out;
}

void write_tagged(Bytes& out, BytesView tag, Condition condition, BytesView code, BytesView text) {
  out += tag;
  out += ' ';
  write_condition(out, condition, code, text);
}

void write_untagged(Bytes& out, Condition condition, BytesView code, BytesView text) {
  write_tagged(out, "*", condition, code, text);
}

void write_error(Bytes& out, BytesView tag, const Error& error, BytesView fault_id) {
  if (tag.empty()) tag = "*";
  switch (error.kind) {
    case Error::Kind::bad: write_tagged(out, tag, Condition::bad, code_name(error.code), error.text); break;
    case Error::Kind::no: write_tagged(out, tag, Condition::no, code_name(error.code), error.text); break;
    case Error::Kind::fault: {
      Code code = error.code == Code::unavailable ? Code::unavailable : Code::server_bug;
      Bytes text = "An error in the server, logged as ";
      text += fault_id.empty() ? "a fault" : fault_id;
      write_tagged(out, tag, Condition::no, code_name(code), text);
      break;
    }
    case Error::Kind::closed: write_untagged(out, Condition::bye, "", "The connection ends"); break;
  }
}

void write_continuation(Bytes& out, BytesView text) {
  out += "+ ";
  write_text(out, text);
  out += "\r\n";
}

void write_challenge(Bytes& out, BytesView octets) {
  out += "+ ";
  write_base64(out, octets);
  out += "\r\n";
}

void write_capability(Bytes& out, std::span<const std::string> capabilities) {
  write_words(out, "* CAPABILITY", capabilities);
  out += "\r\n";
}

void write_enabled(Bytes& out, std::span<const std::string> capabilities) {
  write_words(out, "* ENABLED", capabilities);
  out += "\r\n";
}

void write_exists(Bytes& out, uint32_t count) { write_count(out, count, " EXISTS\r\n"); }
void write_recent(Bytes& out, uint32_t count) { write_count(out, count, " RECENT\r\n"); }
void write_expunge(Bytes& out, SeqNum number) { write_count(out, number.value, " EXPUNGE\r\n"); }

// expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids     RFC 7162 7
void write_vanished(Bytes& out, const UidSet& uids, bool earlier) {
  out += earlier ? "* VANISHED (EARLIER) " : "* VANISHED ";
  write_uid_set(out, uids);
  out += "\r\n";
}

void write_flags_response(Bytes& out, SystemFlags system, std::span<const std::string> keywords) {
  out += "* FLAGS ";
  write_flags(out, system, keywords);
  out += "\r\n";
}

// id_response = "ID" SPACE id_params_list     RFC 2971 4
void write_id(Bytes& out, std::span<const std::pair<std::string, std::string>> fields) {
  out += "* ID ";
  for (size_t i = 0; i < fields.size(); ++i) {
    out += i == 0 ? '(' : ' ';
    wire::write_string(out, fields[i].first);
    out += ' ';
    wire::write_string(out, fields[i].second);
  }
  out += fields.empty() ? "NIL\r\n" : ")\r\n";
}

}  // namespace roost::imap
