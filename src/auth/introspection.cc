#include "auth/introspection.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "http/request.h"
#include "sasl/secret.h"

namespace roost::auth {
namespace {

using Json = nlohmann::json;

constexpr long kHttpOk = 200;

Fail unavailable(std::string why) { return no(Code::unavailable, "the issuer: " + std::move(why)); }

// application/x-www-form-urlencoded, as RFC 6749 2.3.1 wants it for the credentials too.
sasl::Secret form_encoded(CURL* handle, std::string_view text) {
  char* escaped = curl_easy_escape(handle, text.data(), static_cast<int>(text.size()));
  std::string out = escaped == nullptr ? std::string() : std::string(escaped);
  curl_free(escaped);
  return sasl::Secret(std::move(out));
}

void set_credentials(CURL* handle, const OauthConfig& config, std::string_view secret) {
  if (config.introspection_client_id.empty()) return;
  curl_easy_setopt(handle, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  sasl::Secret id = form_encoded(handle, config.introspection_client_id);
  sasl::Secret encoded = form_encoded(handle, secret);
  curl_easy_setopt(handle, CURLOPT_USERNAME, std::string(id.view()).c_str());
  curl_easy_setopt(handle, CURLOPT_PASSWORD, std::string(encoded.view()).c_str());
}

}  // namespace

bool may_ask_at(std::string_view url) {
  if (url.starts_with("https://")) return true;
  for (std::string_view here : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    std::string_view rest = url.substr(std::min(here.size(), url.size()));
    if (url.starts_with(here) && (rest.starts_with(':') || rest.starts_with('/'))) return true;
  }
  return false;
}

Result<nlohmann::json> introspect(const OauthConfig& config, std::string_view secret, std::string_view token) {
  http::Request request(config.introspection_url, {.protocols = "http,https",
                                                   .request_ms_max = Millis(config.introspection_ms_max),
                                                   .answer_bytes_max = kIntrospectionBytesMax});
  if (!config.introspection_authorities_file.empty()) {
    curl_easy_setopt(request.handle(), CURLOPT_CAINFO, config.introspection_authorities_file.c_str());
  }
  set_credentials(request.handle(), config, secret);
  sasl::Secret encoded = form_encoded(request.handle(), token);
  sasl::Secret form("token=" + std::string(encoded.view()) + "&token_type_hint=access_token");
  request.add_header("Accept: application/json");
  request.post(form.view());
  Result<http::Answer> answered = request.perform();
  if (!answered) return unavailable(answered.error().text);
  if (answered->status != kHttpOk) return unavailable("HTTP status " + std::to_string(answered->status));
  Json answer = Json::parse(answered->body, nullptr, false);
  if (!answer.is_object()) return unavailable("no JSON object");
  if (answer.value("active", Json()) != true) return no(Code::authentication_failed, "the issuer does not know it");
  return answer;
}

}  // namespace roost::auth
