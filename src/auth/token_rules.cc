#include "auth/token_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace roost::auth {
namespace {

using Json = nlohmann::json;

Fail refused(std::string_view why) { return no(Code::authentication_failed, std::string(why)); }

const Json* claim(const Json& claims, const std::string& name) {
  auto it = claims.find(name);
  return it == claims.end() || it->is_null() ? nullptr : &*it;
}

// NumericDate (RFC 7519 2): seconds, perhaps with a fraction, compared as they come.
std::optional<double> time_of(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  return value.get<double>();
}

Result<> check_time(const Json& claims, const OauthConfig& config, WallTime now, bool signed_token) {
  double seconds = static_cast<double>(now.seconds);
  double skew = config.clock_skew_s_max;
  const Json* expires = claim(claims, "exp");
  if (expires == nullptr && signed_token) return refused("it has no \"exp\"");
  if (expires != nullptr) {
    std::optional<double> until = time_of(*expires);
    if (!until || seconds >= *until + skew) return refused("it has expired");
  }
  if (const Json* begins = claim(claims, "nbf")) {
    std::optional<double> from = time_of(*begins);
    if (!from || seconds < *from - skew) return refused("it is not valid yet");
  }
  return {};
}

Result<> check_issuer(const Json& claims, const OauthConfig& config, bool signed_token) {
  const Json* issuer = claim(claims, "iss");
  if (issuer == nullptr && !signed_token) return {};
  if (config.issuer.empty() && !signed_token) return {};
  if (issuer == nullptr || !issuer->is_string() || *issuer != config.issuer) return refused("it is by another issuer");
  return {};
}

bool is_for_us(const Json& audience, const OauthConfig& config) {
  return audience.is_string() &&
         std::ranges::find(config.audiences, audience.get<std::string>()) != config.audiences.end();
}

// RFC 7519 4.1.3: a string, or a list of them.
Result<> check_audience(const Json& claims, const OauthConfig& config, bool signed_token) {
  const Json* audience = claim(claims, "aud");
  if (!signed_token && (audience == nullptr || config.audiences.empty())) return {};
  bool ours = false;
  if (audience != nullptr && audience->is_array()) {
    ours = std::ranges::any_of(*audience, [&config](const Json& one) { return is_for_us(one, config); });
  } else if (audience != nullptr) {
    ours = is_for_us(*audience, config);
  }
  if (!ours) return refused("it is for another audience");
  return {};
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// RFC 8693 4.2: "scope", words with spaces between them; "scp" and lists are what some issuers write.
Result<> check_scope(const Json& claims, const OauthConfig& config) {
  if (config.scope.empty()) return {};
  for (const char* name : {"scope", "scp"}) {
    const Json* scope = claim(claims, name);
    if (scope == nullptr) continue;
    if (scope->is_string() && has_word(scope->get<std::string>(), config.scope)) return {};
    if (scope->is_array() && std::ranges::find(*scope, Json(config.scope)) != scope->end()) return {};
  }
  return refused("its scope does not include mail");
}

Result<std::string> name_of(const Json& claims, const OauthConfig& config) {
  const Json* name = claim(claims, config.name_claim);
  if (name == nullptr || !name->is_string() || name->get<std::string>().empty()) return refused("it names nobody");
  const Json* verified = config.name_claim == "email" ? claim(claims, "email_verified") : nullptr;
  if (verified != nullptr && *verified != true && *verified != "true")
    return refused("its e-mail address is not verified");
  return name->get<std::string>();
}

}  // namespace

Result<std::string> check_claims(const nlohmann::json& claims, const OauthConfig& config, WallTime now,
                                 bool signed_token) {
  ROOST_TRY_VOID(check_time(claims, config, now, signed_token));
  ROOST_TRY_VOID(check_issuer(claims, config, signed_token));
  ROOST_TRY_VOID(check_audience(claims, config, signed_token));
  ROOST_TRY_VOID(check_scope(claims, config));
  return name_of(claims, config);
}

}  // namespace roost::auth
