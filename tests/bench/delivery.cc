// Scenarios in which messages come in: MULTIAPPEND, APPEND, LMTP.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "corpus.h"
#include "driver.h"

namespace bench {
namespace {

constexpr size_t kMessagesPerCommand = 100;

// One APPEND with the messages from `begin` on; every third has been read.
std::string multiappend(const Options& o, const Corpus& corpus, size_t begin, size_t& bytes) {
  std::string command = "APPEND " + o.mailbox;
  for (size_t i = begin; i < std::min(begin + kMessagesPerCommand, corpus.size()); ++i) {
    std::string_view message = corpus.message(i + 1);
    bytes += message.size();
    command += fmt::format("{} {{{}+}}\r\n{}", i % 3 == 0 ? " (\\Seen)" : "", message.size(), message);
  }
  return command;
}

size_t delivered(const Options& o, const std::vector<std::unique_ptr<Connection>>& connections) {
  size_t sum = 0;
  for (size_t i = 0; i < std::min(o.users, o.connections); ++i) sum += messages_in(*connections[i], o.mailbox);
  return sum;
}

// One message to one recipient, again and again: MAIL, RCPT and DATA in one go, the message when it is asked for.
class Deliverer {
 public:
  Deliverer(const Options& o, size_t user, Latencies& latencies, size_t& begun)
      : o_(o), latencies_(latencies), begun_(begun), connection_(o.target), data_(message_of(1, o.bytes) + ".\r\n") {
    envelope_ = fmt::format("MAIL FROM:<sender@example.org>\r\nRCPT TO:<{}>\r\nDATA\r\n", user_name(o, user));
    connection_.read_response();
    connection_.send("LHLO load.example.org\r\n");
    while (!connection_.read_response().starts_with("250 ")) {
    }
    connection_.on_response([this](std::string_view reply) { heard(reply); });
  }

  void begin() {
    if (begun_ >= o_.messages) return;
    ++begun_;
    replies_ = 0;
    sent_ = now_seconds();
    connection_.send(envelope_);
  }
  Connection& connection() { return connection_; }

 private:
  // 250 to MAIL, 250 to RCPT, 354, 250 to the message.
  void heard(std::string_view reply) {
    bool asks = replies_ == 2;
    expect(reply.starts_with(asks ? "354" : "250"), std::string(reply));
    if (asks) connection_.send(data_);
    if (++replies_ < 4) return;
    latencies_.seconds.push_back(now_seconds() - sent_);
    begin();
  }

  const Options& o_;
  Latencies& latencies_;
  size_t& begun_;
  Connection connection_;
  std::string envelope_;
  std::string data_;
  int replies_ = 0;
  double sent_ = 0;
};

}  // namespace

void run_fill(const Options& o) {
  Corpus corpus(o);
  size_t bytes = 0;
  Measurement measured(o, "fill");
  for (size_t user = 0; user < o.users; ++user) {
    auto connection = logged_in(o, user);
    size_t before = messages_in(*connection, o.mailbox);
    for (size_t at = 0; at < corpus.size(); at += kMessagesPerCommand) {
      connection->run(multiappend(o, corpus, at, bytes));
    }
    expect(messages_in(*connection, o.mailbox) == before + corpus.size(), "messages are missing");
  }
  measured.end(corpus.size() * o.users);
  measured.add("mb_per_s", static_cast<double>(bytes) / measured.seconds() / 1e6);
  measured.print();
}

void run_append(const Options& o) {
  auto connections = connect_all(o, false);
  size_t before = delivered(o, connections);
  std::string command = append_command(o, message_of(1, o.bytes));
  Measurement measured(o, "append");
  Latencies latencies = run_commands(o, connections, [&](size_t) { return command; });
  measured.end(o.messages);
  measured.add(latencies);
  measured.print();
  expect(delivered(o, connections) == before + o.messages, "messages are missing");
}

void run_lmtp(const Options& o) {
  Options imap = o;
  imap.target.port = o.imap_port;
  auto readers = connect_all(imap, false);
  size_t before = delivered(imap, readers);
  EventLoop loop;
  Latencies latencies;
  size_t begun = 0;
  std::vector<std::unique_ptr<Deliverer>> deliverers;
  for (size_t i = 0; i < o.connections; ++i) {
    deliverers.push_back(std::make_unique<Deliverer>(o, i % o.users, latencies, begun));
    loop.add(deliverers.back()->connection());
  }
  Measurement measured(o, "lmtp");
  for (auto& deliverer : deliverers) deliverer->begin();
  loop.run_until([&] { return latencies.seconds.size() >= o.messages; });
  measured.end(o.messages);
  measured.add(latencies);
  measured.print();
  expect(delivered(imap, readers) == before + o.messages, "messages are missing");
}

}  // namespace bench
