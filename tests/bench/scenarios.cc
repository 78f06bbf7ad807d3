#include "scenarios.h"

#include <fmt/format.h>

#include <sys/socket.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <stdexcept>

namespace bench {
namespace {

std::string user_name(const Options& o, size_t number) {
  std::string name = o.user;
  size_t at = name.find("%d");
  return at == std::string::npos ? name : name.replace(at, 2, std::to_string(number));
}

std::unique_ptr<Connection> logged_in(const Options& o, size_t user, bool select = false) {
  auto connection = std::make_unique<Connection>(o.target);
  connection->read_response();
  connection->run(fmt::format("LOGIN \"{}\" \"{}\"", user_name(o, user), o.password));
  if (select) connection->run("SELECT " + o.mailbox);
  return connection;
}

std::string message_of(size_t number, size_t bytes) {
  std::string m = fmt::format(
      "From: Sender {0} <sender{0}@example.org>\r\nTo: bench@example.org\r\nSubject: Message {0} of the load\r\n"
      "Date: Tue, 05 May 2026 12:{1:02}:{2:02} +0000\r\nMessage-ID: <{0}.load@example.org>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n\r\n",
      number, number / 60 % 60, number % 60);
  std::minstd_rand random(static_cast<unsigned>(number + 1));
  while (m.size() + 2 < bytes) {
    for (size_t i = 0; i < 72 && m.size() + 2 < bytes; ++i) {
      m += i % 7 == 6 ? ' ' : static_cast<char>('a' + random() % 26);
    }
    m += "\r\n";
  }
  return m;
}

std::string append_command(const Options& o, const std::string& message) {
  return fmt::format("t APPEND {} {{{}+}}\r\n{}\r\n", o.mailbox, message.size(), message);
}

struct Latencies {
  std::vector<double> seconds;

  double ms(double quantile) {
    if (seconds.empty()) return 0;
    std::ranges::sort(seconds);
    auto index = static_cast<size_t>(quantile * static_cast<double>(seconds.size()));
    return seconds[std::min(seconds.size() - 1, index)] * 1e3;
  }
};

// Keeps every connection busy with one command at a time until `messages` are answered OK.
template <class MakeCommand>
void run_commands(const Options& o, const char* name, std::vector<std::unique_ptr<Connection>>& connections,
                  MakeCommand make_command) {
  EventLoop loop;
  Latencies latencies;
  size_t started = 0;
  size_t done = 0;
  double begin = now_seconds();
  std::vector<double> sent(connections.size());
  for (size_t i = 0; i < connections.size(); ++i) {
    Connection* c = connections[i].get();
    auto next = [&, c, i] {
      if (started >= o.messages) return;
      ++started;
      sent[i] = now_seconds();
      c->send(make_command(i));
    };
    c->on_response([&, i, next](std::string_view response) {
      if (!response.starts_with("t ")) return;
      if (!response.starts_with("t OK")) throw std::runtime_error(std::string(response));
      latencies.seconds.push_back(now_seconds() - sent[i]);
      ++done;
      next();
    });
    loop.add(*c);
    next();
  }
  loop.run_until([&] { return done >= o.messages; });
  double took = now_seconds() - begin;
  fmt::print("{}: {:.0f}/s over {} connections, {} users; p50 {:.2f} ms, p99 {:.2f} ms\n", name,
             static_cast<double>(o.messages) / took, connections.size(), o.users, latencies.ms(0.5),
             latencies.ms(0.99));
}

std::vector<std::unique_ptr<Connection>> connect_all(const Options& o, bool select) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (size_t i = 0; i < o.connections; ++i) connections.push_back(logged_in(o, i % o.users, select));
  return connections;
}

size_t resident_bytes(int pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6)) * 1024;
  }
  throw std::runtime_error("no resident memory of that process");
}

// One FETCH of everything, `rounds` times; the fastest counts, and each must give every message.
void time_fetch(const Options& o, const char* name, const std::string& items, int rounds) {
  auto connection = logged_in(o, 0, true);
  double best = 1e9;
  size_t count = 0;
  size_t bytes = 0;
  EventLoop loop;
  bool done = false;
  connection->on_response([&](std::string_view response) {
    bytes += response.size();
    if (response.starts_with("* ") && response.find(" FETCH (") < 20) ++count;
    done |= response.starts_with("f OK");
  });
  loop.add(*connection);
  for (int i = 0; i < rounds; ++i) {
    count = bytes = 0;
    done = false;
    double begin = now_seconds();
    connection->send("f FETCH 1:* " + items + "\r\n");
    loop.run_until([&] { return done; });
    best = std::min(best, now_seconds() - begin);
  }
  if (count == 0) throw std::runtime_error("nothing was fetched");
  fmt::print("{}: {} messages in {:.1f} ms: {:.0f}/s, {:.0f} MB/s\n", name, count, best * 1e3,
             static_cast<double>(count) / best, static_cast<double>(bytes) / best / 1e6);
}

size_t receive_large(const Options& o, Connection& connection) {
  size_t highest = 0;
  connection.send(fmt::format("t APPEND {} {{{}+}}\r\n", o.mailbox, o.bytes));
  std::string piece = message_of(1, 1 << 20);
  for (size_t left = o.bytes; left > 0; left -= std::min(left, piece.size())) {
    connection.send(std::string_view(piece).substr(0, std::min(left, piece.size())));
    while (connection.wants_write()) connection.writable();
    highest = std::max(highest, resident_bytes(o.server_pid));
  }
  connection.send("\r\n");
  while (!connection.read_response().starts_with("t OK")) {
  }
  return std::max(highest, resident_bytes(o.server_pid));
}

// Reads the body without keeping it, as a client with little memory would.
size_t serve_large(const Options& o) {
  size_t highest = 0;
  auto connection = logged_in(o, 0, true);
  connection->send("t FETCH * (BODY.PEEK[])\r\n");
  size_t got = 0;
  char piece[64 * 1024];
  while (got < o.bytes) {
    ssize_t n = ::recv(connection->fd(), piece, sizeof piece, MSG_DONTWAIT);
    if (n == 0) throw std::runtime_error("the server closed the connection");
    if (n > 0) got += static_cast<size_t>(n);
    highest = std::max(highest, resident_bytes(o.server_pid));
  }
  return highest;
}

}  // namespace

void run_fill(const Options& o) {
  constexpr size_t kPerCommand = 100;
  for (size_t user = 0; user < o.users; ++user) {
    auto connection = logged_in(o, user);
    for (size_t at = 0; at < o.messages; at += kPerCommand) {
      std::string command = "APPEND " + o.mailbox;
      for (size_t i = at; i < std::min(at + kPerCommand, o.messages); ++i) {
        std::string message = message_of(i, o.bytes);
        command += fmt::format("{} {{{}+}}\r\n{}", i % 3 == 0 ? " (\\Seen)" : "", message.size(), message);
      }
      connection->run(command);
    }
  }
  fmt::print("fill: {} messages of {} octets for each of {} users\n", o.messages, o.bytes, o.users);
}

void run_append(const Options& o) {
  auto connections = connect_all(o, false);
  std::string command = append_command(o, message_of(1, o.bytes));
  run_commands(o, "append", connections, [&](size_t) { return command; });
}

// Every command changes something: a flag goes on, and the next time off again.
void run_store(const Options& o) {
  auto connections = connect_all(o, true);
  std::string status = connections[0]->run(fmt::format("STATUS {} (MESSAGES)", o.mailbox));
  size_t messages = std::stoul(status.substr(status.find("MESSAGES ") + 9));
  std::minstd_rand random(1);
  std::map<std::pair<size_t, size_t>, bool> flagged;  // by user and uid
  run_commands(o, "store", connections, [&](size_t connection) {
    size_t uid = random() % messages + 1;
    bool& on = flagged[{connection % o.users, uid}];
    on = !on;
    return fmt::format("t UID STORE {} {}FLAGS.SILENT (\\Flagged)\r\n", uid, on ? "+" : "-");
  });
}

void run_select(const Options& o) {
  auto connection = logged_in(o, 0);
  double first = 0;
  Latencies warm;
  for (int i = 0; i < 20; ++i) {
    double begin = now_seconds();
    connection->run("SELECT " + o.mailbox);
    double took = now_seconds() - begin;
    if (i == 0) {
      first = took;
    } else {
      warm.seconds.push_back(took);
    }
    connection->run("UNSELECT");
  }
  fmt::print("select: first {:.2f} ms, then median {:.2f} ms\n", first * 1e3, warm.ms(0.5));
}

void run_fetch_flags(const Options& o) { time_fetch(o, "fetch (UID FLAGS)", "(UID FLAGS)", 5); }

void run_fetch_envelope(const Options& o) {
  time_fetch(o, "fetch (ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE)",
             "(ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE)", 3);
}

void run_fetch_bodies(const Options& o) { time_fetch(o, "fetch (BODY.PEEK[])", "(BODY.PEEK[])", 3); }

void run_noop(const Options& o) {
  auto connections = connect_all(o, false);
  EventLoop loop;
  constexpr size_t kBatch = 100;
  std::string batch;
  for (size_t i = 0; i < kBatch; ++i) batch += "t NOOP\r\n";
  size_t done = 0;
  for (auto& c : connections) {
    auto left = std::make_shared<size_t>(kBatch);
    c->on_response([&, left, connection = c.get()](std::string_view response) {
      if (!response.starts_with("t OK")) throw std::runtime_error(std::string(response));
      ++done;
      if (--*left == 0) {
        *left = kBatch;
        if (done < o.messages) connection->send(batch);
      }
    });
    loop.add(*c);
  }
  double begin = now_seconds();
  for (auto& c : connections) c->send(batch);
  loop.run_until([&] { return done >= o.messages; });
  fmt::print("noop: {:.0f}/s, {} at a time, over {} connections\n", static_cast<double>(done) / (now_seconds() - begin),
             kBatch, connections.size());
}

void run_idle_latency(const Options& o) {
  auto listener = logged_in(o, 0, true);
  auto sender = logged_in(o, 0);
  listener->send("i IDLE\r\n");
  listener->read_response();
  Latencies heard;
  Latencies acknowledged;
  std::string command = append_command(o, message_of(1, o.bytes));
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
  fmt::print("idle: APPEND sent, to EXISTS heard: median {:.2f} ms, p99 {:.2f} ms; to its own OK: median {:.2f} ms\n",
             heard.ms(0.5), heard.ms(0.99), acknowledged.ms(0.5));
}

void run_idle_memory(const Options& o) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (size_t i = 0; i < o.users; ++i) connections.push_back(logged_in(o, i, true));
  size_t before = resident_bytes(o.server_pid);
  for (size_t i = 0; i < o.connections; ++i) {
    connections.push_back(logged_in(o, i % o.users, true));
    connections.back()->send("i IDLE\r\n");
    connections.back()->read_response();
  }
  double grown = static_cast<double>(resident_bytes(o.server_pid)) - static_cast<double>(before);
  fmt::print("idle memory: {} connections{} on {} accounts: {:.2f} KB each, beside {:.1f} MB\n", o.connections,
             o.target.tls ? " with TLS" : "", o.users, grown / 1024 / static_cast<double>(o.connections),
             static_cast<double>(before) / 1e6);
}

void run_large_message(const Options& o) {
  auto connection = logged_in(o, 0, true);
  connection->run(fmt::format("APPEND {} {{6+}}\r\nA: b\r\n", o.mailbox));
  size_t before = resident_bytes(o.server_pid);
  size_t receiving = receive_large(o, *connection);
  size_t between = resident_bytes(o.server_pid);
  size_t serving = serve_large(o);
  auto mb = [](size_t high, size_t low) { return high > low ? static_cast<double>(high - low) / 1e6 : 0.0; };
  fmt::print("a message of {:.0f} MB adds {:.1f} MB of resident memory while it is received, {:.1f} MB while served\n",
             static_cast<double>(o.bytes) / 1e6, mb(receiving, before), mb(serving, between));
}

}  // namespace bench
