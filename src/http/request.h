// A request by HTTP to a service that this server relies on: it goes where it is told and nowhere else (no
// redirections, no proxy, whatever the environment says), takes no longer than it may, and its answer is no larger than
// it may be.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace roost::http {

struct Limits {
  const char* protocols = "https";  // as "http,https"
  Millis request_ms_max{10'000};
  size_t answer_bytes_max = 4'096;  // of its body
};

struct Answer {
  long status = 0;
  std::string body;
};

// Of one thread at a time.
class Request {
 public:
  Request(const std::string& url, const Limits& limits);
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  // The request is a POST of `body`, which must outlive it.
  void post(std::string_view body);
  // "name: value"
  void add_header(const std::string& line);
  // PEM: whom to trust instead of whom the system trusts. Copied.
  void trust(const std::string& authorities_pem);

  // Blocks. unavailable, with the reason, where there is no answer.
  Result<Answer> perform();

  // For whoever performs several at once, and for what only some requests need.
  CURL* handle() const { return handle_.get(); }
  // What came of it, once it was performed.
  Result<Answer> finish(CURLcode done);

 private:
  static size_t append(const char* data, size_t, size_t size, void* to);

  std::unique_ptr<CURL, decltype([](CURL* handle) { curl_easy_cleanup(handle); })> handle_;
  std::unique_ptr<curl_slist, decltype([](curl_slist* list) { curl_slist_free_all(list); })> headers_;
  const size_t answer_bytes_max_;
  std::string body_;
};

// The library's own state, made once and for as long as the process lives. Every Request sees to it.
void set_up_library();

}  // namespace roost::http
