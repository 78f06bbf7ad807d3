#include "sasl/oauth_messages.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/utf8.h"

namespace roost::sasl {
namespace {

constexpr char kSeparator = '\1';

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// b64token (RFC 6750 2.1), which RFC 7628's "auth" holds behind the scheme.
bool is_token(BytesView text) {
  size_t end = std::min(text.find('='), text.size());
  auto allowed = [](char c) { return is_alpha(c) || is_digit(c) || std::string_view("-._~+/").contains(c); };
  return end > 0 && std::ranges::all_of(text.substr(0, end), allowed) &&
         std::ranges::all_of(text.substr(end), [](char c) { return c == '='; });
}

// Nothing, or "Bearer", in any case (RFC 9110 11.1), 1*SP, a token.
std::optional<Secret> parse_authorization(BytesView value) {
  if (value.empty()) return Secret();
  constexpr std::string_view kScheme = "bearer";
  if (value.size() <= kScheme.size() || value[kScheme.size()] != ' ') return std::nullopt;
  bool bearer = std::ranges::equal(value.substr(0, kScheme.size()), kScheme, {},
                                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  value.remove_prefix(std::min(value.find_first_not_of(' ', kScheme.size()), value.size()));
  if (!bearer || !is_token(value)) return std::nullopt;
  return Secret(value);
}

// value = *(VCHAR / SP / HTAB / CR / LF)
bool is_value(BytesView text) {
  return std::ranges::all_of(text,
                             [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\r' || c == '\n'; });
}

// saslname (RFC 5801 4): "=2C" and "=3D" stand for "," and "=".
std::optional<std::string> unescape(BytesView text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out.push_back(text[i]);
      continue;
    }
    BytesView code = text.substr(i + 1, 2);
    if (code != "2C" && code != "3D") return std::nullopt;
    out.push_back(code == "2C" ? ',' : '=');
    i += 2;
  }
  if (out.empty() || out.find('\0') != std::string::npos || !is_valid_utf8(out)) return std::nullopt;
  return out;
}

// gs2-header: ("n" / "y") "," [authzid] ",". There is no -PLUS of this mechanism to bind with.
bool take_header(BytesView& text, OauthRequest& out) {
  if (!text.starts_with("n,") && !text.starts_with("y,")) return false;
  text.remove_prefix(2);
  size_t comma = text.find(',');
  if (comma == BytesView::npos) return false;
  BytesView authzid = text.substr(0, comma);
  text.remove_prefix(comma + 1);
  if (authzid.empty()) return true;
  if (!authzid.starts_with("a=")) return false;
  std::optional<std::string> name = unescape(authzid.substr(2));
  if (!name) return false;
  out.name = std::move(*name);
  return true;
}

// *kvpair kvsep, to the end. Unknown keys are ignored; "auth" comes once.
bool take_pairs(BytesView text, OauthRequest& out) {
  bool authorized = false;
  while (text != BytesView("\1")) {
    size_t end = text.find(kSeparator);
    size_t equals = text.find('=');
    if (end == BytesView::npos || equals == 0 || equals >= end) return false;
    BytesView key = text.substr(0, equals);
    BytesView value = text.substr(equals + 1, end - equals - 1);
    if (!std::ranges::all_of(key, is_alpha) || !is_value(value)) return false;
    if (key == "auth") {
      std::optional<Secret> token = parse_authorization(value);
      if (!token || std::exchange(authorized, true)) return false;
      out.token = std::move(*token);
    }
    text.remove_prefix(end + 1);
  }
  return authorized;
}

}  // namespace

std::optional<OauthRequest> parse_oauth_bearer(BytesView message) {
  OauthRequest out;
  if (message.size() > kOauthMessageBytesMax || !take_header(message, out)) return std::nullopt;
  if (!message.starts_with(kSeparator) || !take_pairs(message.substr(1), out)) return std::nullopt;
  return out;
}

std::optional<OauthRequest> parse_xoauth2(BytesView message) {
  constexpr std::string_view kUser = "user=";
  size_t end = message.find(kSeparator);
  if (message.size() > kOauthMessageBytesMax || !message.starts_with(kUser) || end == BytesView::npos)
    return std::nullopt;
  OauthRequest out;
  out.name = message.substr(kUser.size(), end - kUser.size());
  if (out.name.empty() || out.name.find('\0') != std::string::npos || !is_valid_utf8(out.name)) return std::nullopt;
  if (!take_pairs(message.substr(end + 1), out)) return std::nullopt;
  return out;
}

// "schemes" is what clients of XOAUTH2 look for.
Bytes write_oauth_refusal(std::string_view scope, std::string_view discovery_url) {
  Bytes out = R"({"status":"invalid_token","schemes":"bearer")";
  if (!scope.empty()) out.append(R"(,"scope":")").append(scope).append("\"");
  if (!discovery_url.empty()) out.append(R"(,"openid-configuration":")").append(discovery_url).append("\"");
  return out + "}";
}

}  // namespace roost::sasl
