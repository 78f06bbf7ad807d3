#include "push/apns.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>

#include "http/request.h"

namespace roost::push {
namespace {

constexpr size_t kAnswerBytesMax = 4096;
constexpr int kWaitMsMax = 1'000;
constexpr int64_t kExpiresSeconds = 24 * 3600;  // then a device that was off all day looks for itself

curl_blob blob_of(const std::string& pem) {
  return {const_cast<char*>(pem.data()), pem.size(),
          CURL_BLOB_NOCOPY};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void set_up(CURL* handle, const ApnsConfig& config) {
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle, CURLOPT_PIPEWAIT, 1L);    // all of them over one connection
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);  // a look-up of a name keeps nobody from stopping
  const curl_blob certificate = blob_of(config.certificate_pem);
  const curl_blob key = blob_of(config.key_pem);
  curl_easy_setopt(handle, CURLOPT_SSLCERT_BLOB, &certificate);
  curl_easy_setopt(handle, CURLOPT_SSLKEY_BLOB, &key);
}

// One notice on its way.
class Sending {
 public:
  Sending(const ApnsConfig& config, const Notice& notice)
      : payload_(payload_of(notice)),
        request_(config.endpoint + "/3/device/" + notice.device_token,
                 {.request_ms_max = config.request_ms_max, .answer_bytes_max = kAnswerBytesMax}) {
    set_up(handle(), config);
    if (!config.authorities_pem.empty()) request_.trust(config.authorities_pem);
    request_.post(payload_);
    const int64_t expires = system_clock().wall().seconds + kExpiresSeconds;
    request_.add_header("content-type: application/json");
    request_.add_header("apns-topic: " + config.topic);
    request_.add_header("apns-push-type: background");
    request_.add_header(fmt::format("apns-expiration: {}", expires));
  }

  CURL* handle() const { return request_.handle(); }

  void finish(CURLcode done) {
    auto answered = request_.finish(done);
    answer_ = answered ? read_answer(answered->status, answered->body)
                       : Answer{Answer::Verdict::failed, {}, answered.error().text};
  }
  const Answer& answer() const { return answer_; }

 private:
  const std::string payload_;
  http::Request request_;
  Answer answer_{Answer::Verdict::failed, {}, "interrupted"};
};

}  // namespace

// What holds the connection between two calls of send().
class Apns::Connection {
 public:
  Connection() {
    http::set_up_library();
    multi_ = curl_multi_init();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { curl_multi_cleanup(multi_); }

  void run(std::span<const std::unique_ptr<Sending>> requests) {
    for (const auto& request : requests) curl_multi_add_handle(multi_, request->handle());
    int running = 1;
    while (running > 0 && milliseconds_left() > 0) {
      if (curl_multi_perform(multi_, &running) != CURLM_OK) break;
      take_finished(requests);
      if (running > 0) curl_multi_poll(multi_, nullptr, 0, milliseconds_left(), nullptr);
    }
    for (const auto& request : requests) curl_multi_remove_handle(multi_, request->handle());
  }

  void end_by(TimePoint end) {
    end_.store(end);
    curl_multi_wakeup(multi_);
  }

 private:
  void take_finished(std::span<const std::unique_ptr<Sending>> requests) {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      for (const auto& request : requests) {
        if (request->handle() == message->easy_handle) request->finish(message->data.result);
      }
    }
  }

  // At most as long as one poll waits.
  int milliseconds_left() const {
    const auto left = std::chrono::ceil<Millis>(end_.load() - system_clock().now());
    return static_cast<int>(std::clamp<int64_t>(left.count(), 0, kWaitMsMax));
  }

  CURLM* multi_;
  std::atomic<TimePoint> end_{TimePoint::max()};
};

Apns::Apns(ApnsConfig config) : config_(std::move(config)), connection_(std::make_unique<Connection>()) {}

Apns::~Apns() = default;

std::vector<Answer> Apns::send(std::span<const Notice> notices) {
  std::vector<std::unique_ptr<Sending>> requests;
  for (const Notice& notice : notices) requests.push_back(std::make_unique<Sending>(config_, notice));
  connection_->run(requests);
  std::vector<Answer> answers;
  for (const auto& request : requests) answers.push_back(request->answer());
  return answers;
}

void Apns::end_by(TimePoint end) { connection_->end_by(end); }

}  // namespace roost::push
