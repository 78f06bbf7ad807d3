// Scenarios of many connections: logging in, telling, and everything at once.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "driver.h"

namespace bench {
namespace {

constexpr size_t kNoopsAtOnce = 100;

// One client that comes, looks and goes, again and again.
class Visitor {
 public:
  Visitor(const Options& o, size_t user, EventLoop& loop, Latencies& visits, size_t& begun)
      : o_(o), user_(user), loop_(loop), visits_(visits), begun_(begun) {}

  // Between two turns of the loop: begins the next visit, once the one before is over.
  void visit() {
    if (!over_ || begun_ >= o_.messages) return;
    over_ = false;
    ++begun_;
    begin_ = now_seconds();
    step_ = 0;
    connection_ = std::make_unique<Connection>(o_.target);
    connection_->on_response([this](std::string_view response) { heard(response); });
    loop_.add(*connection_);
  }

 private:
  void heard(std::string_view response) {
    if (step_ == 0) {
      expect(response.starts_with("* OK"), std::string(response));
      step_ = 1;
      connection_->send("1 " + login_command(o_, user_) + "\r\n");
      return;
    }
    selected_ |= response.find(" EXISTS") != std::string_view::npos;
    if (response.starts_with("* ")) return;
    expect(response.starts_with(fmt::format("{} OK", step_)), std::string(response));
    if (++step_ == 2) {
      connection_->send("2 SELECT " + o_.mailbox + "\r\n");
    } else if (step_ == 3) {
      expect(selected_, "SELECT without EXISTS");
      connection_->expect_close();
      connection_->send("3 LOGOUT\r\n");
    } else {
      visits_.seconds.push_back(now_seconds() - begin_);
      over_ = true;
    }
  }

  const Options& o_;
  size_t user_;
  EventLoop& loop_;
  Latencies& visits_;
  size_t& begun_;
  std::unique_ptr<Connection> connection_;
  bool over_ = true;
  double begin_ = 0;
  int step_ = 0;  // 0 before the greeting, then the tag of the command that is under way
  bool selected_ = false;
};

std::vector<std::unique_ptr<Connection>> idle_listeners(const Options& o) {
  std::vector<std::unique_ptr<Connection>> listeners;
  for (size_t i = 0; i < o.connections; ++i) {
    listeners.push_back(logged_in(o, 0, true));
    listeners.back()->send("t IDLE\r\n");
    while (!listeners.back()->read_response().starts_with("+")) {
    }
  }
  return listeners;
}

// Sends `command` again as soon as it is answered.
class BusyClient {
 public:
  BusyClient(const Options& o, size_t user, std::string command)
      : command_(std::move(command)), connection_(logged_in(o, user, true)) {
    connection_->on_response([this](std::string_view response) {
      if (!response.starts_with("t ")) return;
      expect_ok(response);
      connection_->send(command_);
    });
  }
  void begin() { connection_->send(command_); }
  Connection& connection() { return *connection_; }

 private:
  std::string command_;
  std::unique_ptr<Connection> connection_;
};

std::string busy_command(const Options& o, size_t number) {
  if (number % 3 == 0) return append_command(o, message_of(1, o.bytes));
  return number % 3 == 1 ? "t SEARCH BODY nowhere-at-all\r\n" : "t FETCH 1:50 (BODY.PEEK[])\r\n";
}

}  // namespace

void run_login(const Options& o) {
  EventLoop loop;
  Latencies visits;
  size_t begun = 0;
  std::vector<std::unique_ptr<Visitor>> visitors;
  Measurement measured(o, "login");
  for (size_t i = 0; i < o.connections; ++i) {
    visitors.push_back(std::make_unique<Visitor>(o, i % o.users, loop, visits, begun));
  }
  loop.run_until([&] {
    for (auto& visitor : visitors) visitor->visit();
    return visits.seconds.size() >= o.messages;
  });
  measured.end(o.messages);
  measured.add(visits);
  measured.print();
}

void run_noop(const Options& o) {
  auto connections = connect_all(o, false);
  EventLoop loop;
  std::string batch;
  for (size_t i = 0; i < kNoopsAtOnce; ++i) batch += "t NOOP\r\n";
  size_t done = 0;
  std::vector<size_t> left(connections.size(), kNoopsAtOnce);
  for (size_t i = 0; i < connections.size(); ++i) {
    connections[i]->on_response([&, i](std::string_view response) {
      expect_ok(response);
      ++done;
      if (--left[i] > 0) return;
      left[i] = kNoopsAtOnce;
      if (done < o.messages) connections[i]->send(batch);
    });
    loop.add(*connections[i]);
  }
  Measurement measured(o, "noop");
  for (auto& connection : connections) connection->send(batch);
  loop.run_until([&] { return done >= o.messages; });
  measured.end(done);
  measured.print();
}

void run_idle_latency(const Options& o) {
  Options one = o;
  one.connections = 1;
  auto listener = std::move(idle_listeners(one).front());
  auto sender = logged_in(o, 0);
  Latencies heard;
  Latencies acknowledged;
  std::string command = append_command(o, message_of(1, o.bytes));
  Measurement measured(o, "idle-latency");
  for (size_t i = 0; i < o.messages; ++i) {
    double begin = now_seconds();
    sender->send(command);
    while (listener->read_response().find("EXISTS") == std::string::npos) {
    }
    heard.seconds.push_back(now_seconds() - begin);
    while (!sender->read_response().starts_with("t OK")) {
    }
    acknowledged.seconds.push_back(now_seconds() - begin);
  }
  measured.end(o.messages);
  measured.add(heard);
  measured.add("own_ok_ms", acknowledged.ms(0.5));
  measured.print();
}

// From the APPEND's OK to the last of the IDLE sessions that is told of it, 0 where all of them were told before.
void run_fan_out(const Options& o) {
  EventLoop loop;
  size_t told = 0;
  auto listeners = idle_listeners(o);
  for (auto& listener : listeners) {
    listener->on_response([&](std::string_view r) { told += r.find(" EXISTS") != r.npos ? 1 : 0; });
    loop.add(*listener);
  }
  auto sender = logged_in(o, 0);
  double acknowledged = 0;
  sender->on_response([&](std::string_view r) {
    if (!r.starts_with("t ")) return;
    expect_ok(r);
    acknowledged = now_seconds();
  });
  loop.add(*sender);
  Latencies last;
  std::string command = append_command(o, message_of(1, o.bytes));
  Measurement measured(o, "fan-out");
  for (size_t i = 0; i < o.messages; ++i) {
    told = 0;
    acknowledged = 0;
    sender->send(command);
    loop.run_until([&] { return told >= listeners.size() && acknowledged > 0; });
    last.seconds.push_back(now_seconds() - acknowledged);
  }
  measured.end(o.messages);
  measured.add(last);
  measured.print();
}

// NOOP and FETCH of one message by one client, while others APPEND, SEARCH and FETCH bodies.
void run_mixed(const Options& o) {
  expect(o.users > 1, "the first user is to be alone");
  EventLoop loop;
  std::vector<std::unique_ptr<BusyClient>> busy;
  for (size_t i = 0; i < o.connections; ++i) {
    busy.push_back(std::make_unique<BusyClient>(o, 1 + i % (o.users - 1), busy_command(o, i)));
    loop.add(busy.back()->connection());
    busy.back()->begin();
  }
  auto foreground = logged_in(o, 0, true);
  bool answered = false;
  bool fetched = false;
  foreground->on_response([&](std::string_view r) {
    fetched |= r.find("BODY[] {") != r.npos;
    if (!r.starts_with("t ")) return;
    expect_ok(r);
    answered = true;
  });
  loop.add(*foreground);
  Latencies latencies;
  Measurement measured(o, "mixed");
  for (size_t i = 0; i < o.messages; ++i) {
    bool noop = i % 2 == 0;
    answered = fetched = false;
    double begin = now_seconds();
    foreground->send(noop ? "t NOOP\r\n" : "t FETCH 1 (FLAGS BODY.PEEK[])\r\n");
    loop.run_until([&] { return answered; });
    latencies.seconds.push_back(now_seconds() - begin);
    expect(fetched != noop, "no body");
  }
  measured.end(o.messages);
  measured.add(latencies);
  measured.print();
}

}  // namespace bench
