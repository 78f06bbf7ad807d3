#include "lmtpd/trace.h"

#include <fmt/format.h>

#include <ctime>

namespace roost::lmtpd {
namespace {

// "Tue, 05 May 2026 12:00:00 +0000"
std::string date_time(WallTime at) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::time_t t = at.seconds;
  std::tm tm{};
  gmtime_r(&t, &tm);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays[tm.tm_wday], tm.tm_mday, kMonths[tm.tm_mon],
                     tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

// A local part that is no dot-atom goes back into quotes.
std::string mailbox_text(const Address& address) {
  std::string local;
  bool plain = !address.local.empty();
  for (char c : address.local) {
    if (std::string_view(" ()<>[]:;@\\,\"").contains(c)) plain = false;
    if (c == '"' || c == '\\') local += '\\';
    local += c;
  }
  std::string out = plain ? local : "\"" + local + "\"";
  return address.domain.empty() ? out : out + "@" + address.domain;
}

// What the client said of itself is anybody's text: only what a domain or an address literal may hold is repeated.
std::string harmless(std::string_view domain) {
  std::string out;
  for (unsigned char c : domain.substr(0, 255)) {
    bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80 ||
                std::string_view(".-_[]:").contains(static_cast<char>(c));
    out += fine ? static_cast<char>(c) : '?';
  }
  return out;
}

}  // namespace

Bytes write_trace(const Trace& trace) {
  Bytes out = fmt::format("Return-Path: <{}>\r\n", trace.reverse_path ? mailbox_text(*trace.reverse_path) : "");
  if (trace.delivered_to) out += fmt::format("Delivered-To: {}\r\n", mailbox_text(*trace.delivered_to));
  out += fmt::format("Received: from {} ({})\r\n\tby {} with {} id {}", harmless(trace.client),
                     trace.peer_address == "unix" ? trace.peer_address : "[" + trace.peer_address + "]",
                     trace.host_name, trace.smtputf8 ? "UTF8LMTP" : "LMTP", trace.id);
  if (trace.delivered_to) out += fmt::format("\r\n\tfor <{}>", mailbox_text(*trace.delivered_to));
  return out + fmt::format("; {}\r\n", date_time(trace.at));
}

}  // namespace roost::lmtpd
