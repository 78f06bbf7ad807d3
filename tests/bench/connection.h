// Client connections on one epoll loop, for the load generator.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct Target {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  bool tls = false;
};

// One connection. Every whole response (a line, with the literals it holds) goes to the handler that is set.
class Connection {
 public:
  using Handler = std::function<void(std::string_view response)>;

  // Connects, with the handshake if it is TLS, and blocks until that is done; throws on failure.
  explicit Connection(const Target& target);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  void send(std::string_view data);
  void on_response(Handler handler) { handler_ = std::move(handler); }
  // Blocks: sends the command with a tag and waits for its answer; throws unless that is OK. All responses together.
  std::string run(std::string_view command);
  // Blocks until one whole response is there.
  std::string read_response();

  // From now on it is no failure that the server closes.
  void expect_close() { closing_ = true; }

  int fd() const { return fd_; }
  // For the loop: reads what is there and calls the handler; flushes what could not be sent.
  void readable();
  void writable() { flush(); }
  bool wants_write() const { return sent_ < out_.size(); }

 private:
  size_t response_size() const;
  void flush();
  bool fill(bool block);

  int fd_ = -1;
  SSL* ssl_ = nullptr;
  Handler handler_;
  bool closing_ = false;
  std::string in_;
  size_t used_ = 0;
  std::string out_;
  size_t sent_ = 0;
};

// Runs connections until `done` gives true.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  void add(Connection& connection);
  void run_until(const std::function<bool()>& done);

 private:
  int epoll_;
};

double now_seconds();

}  // namespace bench
