#include "sasl/scram_messages.h"

#include <algorithm>
#include <optional>

#include "sasl/base64.h"

namespace roost::sasl {
namespace {

Fail malformed() { return bad("Malformed SCRAM message."); }

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What lies before the next comma, which is taken too; nullopt where there is no comma.
std::optional<BytesView> take_until_comma(BytesView& text) {
  size_t comma = text.find(',');
  if (comma == BytesView::npos) return std::nullopt;
  BytesView before = text.substr(0, comma);
  text.remove_prefix(comma + 1);
  return before;
}

// As above, but the end of the text ends the last part.
BytesView take_part(BytesView& text) {
  size_t end = std::min(text.find(','), text.size());
  BytesView part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// saslname = 1*(value-safe-char / "=2C" / "=3D")
std::optional<Bytes> unescape_name(BytesView text) {
  if (text.empty()) return std::nullopt;
  Bytes out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0') return std::nullopt;
    if (text[i] != '=') {
      out.push_back(text[i]);
      continue;
    }
    BytesView code = text.substr(i + 1, 2);
    if (code != "2C" && code != "3D") return std::nullopt;
    out.push_back(code == "2C" ? ',' : '=');
    i += 2;
  }
  return out;
}

// "r=" and a nonce: printable ASCII without the comma, at least one.
std::optional<Bytes> parse_nonce(BytesView text) {
  if (!text.starts_with("r=") || text.size() == 2) return std::nullopt;
  text.remove_prefix(2);
  bool printable = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != ','; });
  if (!printable) return std::nullopt;
  return Bytes(text);
}

// extensions = attr-val *("," attr-val); attr-val = ALPHA "=" 1*value-char
bool are_extensions(BytesView text) {
  while (!text.empty()) {
    bool more = text.find(',') != BytesView::npos;
    BytesView part = take_part(text);
    if (part.size() < 3 || !is_alpha(part[0]) || part[1] != '=' || part[0] == 'm') return false;
    if (part.find('\0') != BytesView::npos || (more && text.empty())) return false;
  }
  return true;
}

bool is_binding_name(BytesView text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-'; });
}

// gs2-cbind-flag = ("p=" cb-name) / "n" / "y"
bool parse_binding_flag(BytesView text, ClientFirst& out) {
  if (text == "n" || text == "y") {
    out.binding = text == "y" ? BindingFlag::unused : BindingFlag::unsupported;
    return true;
  }
  if (!text.starts_with("p=") || !is_binding_name(text.substr(2))) return false;
  out.binding = BindingFlag::required;
  out.binding_type = text.substr(2);
  return true;
}

// gs2-header = gs2-cbind-flag "," [authzid] ","
bool parse_gs2_header(BytesView& text, ClientFirst& out) {
  BytesView whole = text;
  std::optional<BytesView> flag = take_until_comma(text);
  if (!flag || !parse_binding_flag(*flag, out)) return false;
  std::optional<BytesView> authzid = take_until_comma(text);
  if (!authzid) return false;
  if (!authzid->empty()) {
    if (!authzid->starts_with("a=")) return false;
    std::optional<Bytes> name = unescape_name(authzid->substr(2));
    if (!name) return false;
    out.authzid = std::move(*name);
  }
  out.gs2_header = whole.substr(0, whole.size() - text.size());
  return true;
}

}  // namespace

// client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions]
Result<ClientFirst> parse_client_first(BytesView message) {
  ClientFirst out;
  if (message.size() > kScramMessageBytesMax || !parse_gs2_header(message, out)) return malformed();
  out.bare = message;
  std::optional<BytesView> user = take_until_comma(message);
  if (!user || !user->starts_with("n=")) return malformed();
  std::optional<Bytes> name = unescape_name(user->substr(2));
  bool more = message.find(',') != BytesView::npos;
  std::optional<Bytes> nonce = parse_nonce(take_part(message));
  if (!name || !nonce || (more && message.empty()) || !are_extensions(message)) return malformed();
  out.name = std::move(*name);
  out.nonce = std::move(*nonce);
  return out;
}

// client-final-message = channel-binding "," nonce ["," extensions] "," proof
Result<ClientFinal> parse_client_final(BytesView message) {
  size_t proof_at = message.rfind(",p=");
  if (message.size() > kScramMessageBytesMax || proof_at == BytesView::npos) return malformed();
  std::optional<Bytes> proof = decode_base64(message.substr(proof_at + 3));
  ClientFinal out;
  if (!proof || proof->empty()) return malformed();
  out.proof = std::move(*proof);

  BytesView rest = message.substr(0, proof_at);
  out.without_proof = rest;
  std::optional<BytesView> binding = take_until_comma(rest);
  if (!binding || !binding->starts_with("c=")) return malformed();
  std::optional<Bytes> data = decode_base64(binding->substr(2));
  bool more = rest.find(',') != BytesView::npos;
  std::optional<Bytes> nonce = parse_nonce(take_part(rest));
  if (!data || !nonce || (more && rest.empty()) || !are_extensions(rest)) return malformed();
  out.channel_binding = std::move(*data);
  out.nonce = std::move(*nonce);
  return out;
}

}  // namespace roost::sasl
