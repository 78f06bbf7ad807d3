#include "auth/introspection.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "sasl/secret.h"

namespace roost::auth {
namespace {

using Json = nlohmann::json;
using Handle = std::unique_ptr<CURL, decltype([](CURL* handle) { curl_easy_cleanup(handle); })>;
using Headers = std::unique_ptr<curl_slist, decltype([](curl_slist* list) { curl_slist_free_all(list); })>;

constexpr long kHttpOk = 200;

Fail unavailable(std::string why) { return no(Code::unavailable, "the issuer: " + std::move(why)); }

size_t append_body(const char* data, size_t, size_t size, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size > kIntrospectionBytesMax) return 0;  // curl ends the transfer
  body.append(data, size);
  return size;
}

// application/x-www-form-urlencoded, as RFC 6749 2.3.1 wants it for the credentials too.
sasl::Secret form_encoded(CURL* handle, std::string_view text) {
  char* escaped = curl_easy_escape(handle, text.data(), static_cast<int>(text.size()));
  std::string out = escaped == nullptr ? std::string() : std::string(escaped);
  curl_free(escaped);
  return sasl::Secret(std::move(out));
}

void set_up(CURL* handle, const OauthConfig& config, std::string* body) {
  curl_easy_setopt(handle, CURLOPT_URL, config.introspection_url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(config.introspection_ms_max));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // whatever the environment says
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, body);
  if (!config.introspection_authorities_file.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, config.introspection_authorities_file.c_str());
  }
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
  Handle handle(curl_easy_init());
  Headers headers(curl_slist_append(nullptr, "Accept: application/json"));
  if (!handle || !headers) return unavailable("no memory");
  std::string body;
  set_up(handle.get(), config, &body);
  set_credentials(handle.get(), config, secret);
  sasl::Secret encoded = form_encoded(handle.get(), token);
  sasl::Secret form("token=" + std::string(encoded.view()) + "&token_type_hint=access_token");
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(form.view().size()));
  curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, form.view().data());
  CURLcode done = curl_easy_perform(handle.get());
  if (done != CURLE_OK) return unavailable(curl_easy_strerror(done));
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != kHttpOk) return unavailable("HTTP status " + std::to_string(status));
  Json answer = Json::parse(body, nullptr, false);
  if (!answer.is_object()) return unavailable("no JSON object");
  if (answer.value("active", Json()) != true) return no(Code::authentication_failed, "the issuer does not know it");
  return answer;
}

}  // namespace roost::auth
