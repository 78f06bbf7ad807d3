// Apple's push service (APNs): one request over HTTP/2 for each notice, with a client certificate.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "push/notices.h"

namespace roost::push {

struct ApnsConfig {
  std::string endpoint;  // "https://api.push.apple.com"
  std::string topic;
  std::string certificate_pem;
  std::string key_pem;
  std::string authorities_pem;  // whom to trust; empty: whom the system trusts
  Millis request_ms_max{10'000};
};

// The UID of the certificate's subject, which is what the service and the devices call it. An error says what is wrong
// with the certificate.
Result<std::string> topic_of(std::string_view certificate_pem);

struct Answer {
  enum class Verdict : uint8_t {
    accepted,
    gone,     // the device has no such account any more, since `gone_ms` if that is known
    refused,  // as often as it would be sent
    failed,   // for now
  };
  Verdict verdict = Verdict::failed;
  std::optional<int64_t> gone_ms;  // since 1970 UTC
  std::string why;                 // for the log
};

// {"aps":{"account-id":"…","m":["…"]}}
std::string payload_of(const Notice& notice);
// The digest by which a device knows a mailbox: MD5, in hexadecimal.
std::string digest_of(std::string_view spelled);
Answer read_answer(long status, std::string_view body);

// All calls from one thread, but for end_by().
class Apns {
 public:
  explicit Apns(ApnsConfig config);
  Apns(const Apns&) = delete;
  Apns& operator=(const Apns&) = delete;
  ~Apns();

  // Sends them all at once and blocks until each is answered, or has failed: at most request_ms_max. In their order.
  std::vector<Answer> send(std::span<const Notice> notices);
  // From any thread: what is not answered by then fails, and so does everything afterwards.
  void end_by(TimePoint end);

 private:
  class Connection;
  const ApnsConfig config_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace roost::push
