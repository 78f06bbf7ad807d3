// URLs: nothing crashes, and what is accepted comes back the same from a URL that says it in another way.
#include "imap/url.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace roost;

Bytes encoded(BytesView octets) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  Bytes out;
  for (char c : octets) {
    out += '%';
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

Bytes section_spec(const imap::Section& section) {
  static constexpr std::string_view kTexts[] = {"", "HEADER", "HEADER.FIELDS (", "HEADER.FIELDS.NOT (", "TEXT", "MIME"};
  Bytes out;
  for (uint32_t number : section.part) out += (out.empty() ? "" : ".") + std::to_string(number);
  std::string_view text = kTexts[static_cast<size_t>(section.text)];
  if (!out.empty() && !text.empty()) out += '.';
  out += text;
  for (size_t i = 0; i < section.fields.size(); ++i) {
    out += i == 0 ? "\"" : " \"";
    for (char c : section.fields[i]) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    out += '"';
  }
  return section.fields.empty() ? out : out + ')';
}

Bytes spelled(const imap::ImapUrl& url) {
  Bytes out;
  if (url.server) {
    out += "//";
    if (!url.server->user.empty() || !url.server->auth.empty()) {
      out += encoded(url.server->user);
      if (!url.server->auth.empty()) out += ";auth=" + encoded(url.server->auth);
      out += '@';
    }
    out += url.server->host.starts_with('[') ? url.server->host : encoded(url.server->host);
    out += ":" + std::to_string(url.server->port);
  }
  out += "/" + encoded(url.mailbox);
  if (url.uidvalidity) out += ";uidvalidity=" + std::to_string(url.uidvalidity->value);
  if (url.uid) out += "/;uid=" + std::to_string(url.uid->value);
  if (url.section != imap::Section{}) out += "/;section=" + encoded(section_spec(url.section));
  if (url.partial) out += "/;partial=" + std::to_string(url.partial->offset);
  if (url.partial && url.partial->count) out += "." + std::to_string(*url.partial->count);
  if (url.search) out += "?" + encoded(*url.search);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto url = imap::parse_imap_url(BytesView(reinterpret_cast<const char*>(data), size));
  if (!url) return 0;
  auto again = imap::parse_imap_url(spelled(*url));
  if (!again || *again != *url) abort();
  return 0;
}
