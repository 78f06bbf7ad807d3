#include "auth/tokens.h"

#include <curl/curl.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "auth/introspection.h"
#include "auth/jwt.h"
#include "auth/token_rules.h"

namespace roost::auth {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 20;

Result<Bytes> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Bytes out(kFileBytesMax + 1, '\0');
  file.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!file.eof() || file.bad()) return no(Code::cannot, path + ": cannot be read, or is too large");
  out.resize(static_cast<size_t>(file.gcount()));
  return out;
}

}  // namespace

Result<std::unique_ptr<Tokens>> Tokens::open(OauthConfig config) {
  std::unique_ptr<Tokens> out(new Tokens(std::move(config)));
  if (!out->config_.introspection_url.empty() && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return fault("libcurl does not start");
  }
  if (!out->config_.introspection_secret_file.empty()) {
    ROOST_TRY(Bytes secret, read_file(out->config_.introspection_secret_file));
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
    out->secret_ = sasl::Secret(std::move(secret));
  }
  if (!out->config_.keys_file.empty()) ROOST_TRY_VOID(out->read_keys(system_clock().wall()));
  return out;
}

Result<> Tokens::read_keys(WallTime now) {
  ROOST_TRY(Bytes text, read_file(config_.keys_file));
  Result<std::vector<JwtKey>> keys = parse_jwt_keys(text);
  if (!keys) return fault(config_.keys_file + ": " + keys.error().text, Code::corruption);
  std::lock_guard lock(mutex_);
  keys_ = std::make_shared<const std::vector<JwtKey>>(*std::move(keys));
  read_at_ = now;
  return {};
}

// A file that cannot be read now, perhaps because it is being written, leaves the keys as they were.
Tokens::Keys Tokens::keys_now(WallTime now) {
  {
    std::lock_guard lock(mutex_);
    int64_t age = now.seconds - read_at_.seconds;
    if (age >= 0 && age < kKeysKeptFor.count()) return keys_;
    read_at_ = now;  // one of the threads reads
  }
  Result<> read = read_keys(now);
  std::lock_guard lock(mutex_);
  return keys_;
}

Result<std::string> Tokens::check_signed(std::string_view token, WallTime now) {
  Keys keys = keys_now(now);
  ROOST_TRY(nlohmann::json claims, verify_jwt(token, *keys, config_.algorithms));
  return check_claims(claims, config_, now, true);
}

Result<std::string> Tokens::check(std::string_view token, WallTime now) {
  if (token.empty()) return no(Code::authentication_failed, "there is none");
  if (!config_.keys_file.empty() && (config_.introspection_url.empty() || looks_like_jwt(token))) {
    return check_signed(token, now);
  }
  ROOST_TRY(nlohmann::json claims, introspect(config_, secret_.view(), token));
  return check_claims(claims, config_, now, false);
}

}  // namespace roost::auth
