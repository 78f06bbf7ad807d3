// What is said to Apple and what it answers, and the certificate that says who speaks.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "push/apns.h"

namespace roost::push {
namespace {

using Json = nlohmann::json;
using BioPtr = std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free_all(bio); })>;
using X509Ptr = std::unique_ptr<X509, decltype([](X509* certificate) { X509_free(certificate); })>;

constexpr long kOk = 200;
constexpr long kBadRequest = 400;
constexpr long kGone = 410;
constexpr long kTooManyRequests = 429;
constexpr long kServerErrors = 500;

std::string text_of(const ASN1_STRING* value) {
  const unsigned char* octets = ASN1_STRING_get0_data(value);
  return {reinterpret_cast<const char*>(octets), static_cast<size_t>(ASN1_STRING_length(value))};
}

bool is_topic_char(char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; }

}  // namespace

Result<std::string> topic_of(std::string_view certificate_pem) {
  const BioPtr bio(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return fault("holds no certificate in PEM");
  const X509_NAME* subject = X509_get_subject_name(certificate.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_userId, -1);
  if (at < 0) return fault("has no user id (UID) in its subject, so it is none for pushing mail");
  std::string topic = text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (topic.empty() || !std::ranges::all_of(topic, is_topic_char)) return fault("has a user id that is no topic");
  return topic;
}

// Both are checked words, that need no escapes in JSON.
std::string payload_of(const Notice& notice) {
  return fmt::format(R"({{"aps":{{"account-id":"{}","m":["{}"]}}}})", notice.account_id,
                     fmt::join(notice.digests, R"(",")"));
}

std::string digest_of(std::string_view spelled) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(spelled.data(), spelled.size(), digest.data(), &size, EVP_md5(), nullptr);
  return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

// https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns
Answer read_answer(long status, std::string_view body) {
  using enum Answer::Verdict;
  if (status == kOk) return {accepted, {}, {}};
  const Json said = Json::parse(body, nullptr, false);
  const Json reason = said.is_object() ? said.value("reason", Json()) : Json();
  Answer answer{refused, {}, fmt::format("{} {}", status, reason.is_string() ? reason.get<std::string>() : "")};
  if (status == kTooManyRequests || status >= kServerErrors || status < kOk) answer.verdict = failed;
  const bool unknown = status == kBadRequest && (reason == "BadDeviceToken" || reason == "DeviceTokenNotForTopic");
  if (status != kGone && !unknown) return answer;
  answer.verdict = gone;
  const Json since = said.is_object() ? said.value("timestamp", Json()) : Json();
  if (since.is_number_integer()) answer.gone_ms = since.get<int64_t>();
  return answer;
}

}  // namespace roost::push
