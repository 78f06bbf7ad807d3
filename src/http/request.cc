#include "http/request.h"

#include <new>
#include <tuple>
#include <utility>

namespace roost::http {

void set_up_library() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)done;
}

Request::Request(const std::string& url, const Limits& limits) : answer_bytes_max_(limits.answer_bytes_max) {
  set_up_library();
  handle_.reset(curl_easy_init());
  if (!handle_) throw std::bad_alloc();
  CURL* handle = handle_.get();
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, limits.protocols);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.request_ms_max.count()));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
}

void Request::post(std::string_view body) {
  curl_easy_setopt(handle(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(handle(), CURLOPT_POSTFIELDS, body.data());
}

void Request::add_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  std::ignore = headers_.release();
  headers_.reset(longer);
  curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, headers_.get());
}

void Request::trust(const std::string& authorities_pem) {
  curl_blob authorities{const_cast<char*>(authorities_pem.data()),  // NOLINT(cppcoreguidelines-pro-type-const-cast)
                        authorities_pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(handle(), CURLOPT_CAINFO_BLOB, &authorities);
}

size_t Request::append(const char* data, size_t, size_t size, void* to) {
  auto& request = *static_cast<Request*>(to);
  if (request.body_.size() + size > request.answer_bytes_max_) return 0;  // curl ends the transfer
  request.body_.append(data, size);
  return size;
}

Result<Answer> Request::perform() { return finish(curl_easy_perform(handle())); }

Result<Answer> Request::finish(CURLcode done) {
  if (done != CURLE_OK) return no(Code::unavailable, curl_easy_strerror(done));
  Answer answer{.status = 0, .body = std::move(body_)};
  curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace roost::http
