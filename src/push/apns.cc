#include "push/apns.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace roost::push {
namespace {

using Headers = std::unique_ptr<curl_slist, decltype([](curl_slist* list) { curl_slist_free_all(list); })>;

constexpr size_t kAnswerBytesMax = 4096;
constexpr int kWaitMsMax = 1'000;
constexpr int64_t kExpiresSeconds = 24 * 3600;  // then a device that was off all day looks for itself

size_t append_body(const char* data, size_t, size_t size, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size > kAnswerBytesMax) return 0;  // curl ends the transfer
  body.append(data, size);
  return size;
}

curl_blob blob_of(const std::string& pem) {
  return {const_cast<char*>(pem.data()), pem.size(),
          CURL_BLOB_NOCOPY};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

// The library's own state, made once and for as long as the process lives.
void set_up_library() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)done;
}

void set_up(CURL* handle, const ApnsConfig& config) {
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle, CURLOPT_PIPEWAIT, 1L);  // all of them over one connection
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(config.request_ms_max.count()));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);  // a look-up of a name keeps nobody from stopping
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // whatever the environment says
  const curl_blob certificate = blob_of(config.certificate_pem);
  const curl_blob key = blob_of(config.key_pem);
  curl_easy_setopt(handle, CURLOPT_SSLCERT_BLOB, &certificate);
  curl_easy_setopt(handle, CURLOPT_SSLKEY_BLOB, &key);
  if (config.authorities_pem.empty()) return;
  const curl_blob authorities = blob_of(config.authorities_pem);
  curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &authorities);
}

// One notice on its way.
class Request {
 public:
  Request(const ApnsConfig& config, const Notice& notice) : handle_(curl_easy_init()), payload_(payload_of(notice)) {
    set_up(handle_, config);
    std::string url = config.endpoint + "/3/device/" + notice.device_token;
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE, static_cast<long>(payload_.size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, payload_.c_str());
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, append_body);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &body_);
    const int64_t expires = system_clock().wall().seconds + kExpiresSeconds;
    for (const std::string& line :
         {std::string("content-type: application/json"), "apns-topic: " + config.topic,
          std::string("apns-push-type: background"), fmt::format("apns-expiration: {}", expires)}) {
      headers_.reset(curl_slist_append(headers_.release(), line.c_str()));
    }
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_.get());
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  ~Request() { curl_easy_cleanup(handle_); }

  CURL* handle() const { return handle_; }

  void finish(CURLcode done) {
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    answer_ =
        done == CURLE_OK ? read_answer(status, body_) : Answer{Answer::Verdict::failed, {}, curl_easy_strerror(done)};
  }
  const Answer& answer() const { return answer_; }

 private:
  CURL* handle_;
  std::string payload_;
  std::string body_;
  Headers headers_;
  Answer answer_{Answer::Verdict::failed, {}, "interrupted"};
};

}  // namespace

// What holds the connection between two calls of send().
class Apns::Connection {
 public:
  Connection() {
    set_up_library();
    multi_ = curl_multi_init();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { curl_multi_cleanup(multi_); }

  void run(std::span<const std::unique_ptr<Request>> requests) {
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
  void take_finished(std::span<const std::unique_ptr<Request>> requests) {
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
  std::vector<std::unique_ptr<Request>> requests;
  for (const Notice& notice : notices) requests.push_back(std::make_unique<Request>(config_, notice));
  connection_->run(requests);
  std::vector<Answer> answers;
  for (const auto& request : requests) answers.push_back(request->answer());
  return answers;
}

void Apns::end_by(TimePoint end) { connection_->end_by(end); }

}  // namespace roost::push
