// Scenarios of memory: many idle connections, one large message.
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "driver.h"

namespace bench {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 20;

// What the kernel keeps for processes and sockets, of the whole machine: both ends of each connection.
size_t kernel_bytes() {
  size_t kilobytes = 0;
  std::ifstream meminfo("/proc/meminfo");
  for (std::string name, rest; meminfo >> name && std::getline(meminfo, rest);) {
    if (name == "Slab:" || name == "KernelStack:" || name == "PageTables:") kilobytes += std::stoul(rest);
  }
  return kilobytes * 1024;
}

size_t receive_large(const Options& o, Connection& connection) {
  size_t highest = 0;
  connection.send(fmt::format("t APPEND {} {{{}+}}\r\n", o.mailbox, o.bytes));
  std::string piece = message_of(1, kPieceBytes);
  for (size_t left = o.bytes; left > 0; left -= std::min(left, piece.size())) {
    connection.send(std::string_view(piece).substr(0, std::min(left, piece.size())));
    while (connection.wants_write()) connection.writable();
    highest = std::max(highest, pss_bytes(o.server_pid));
  }
  connection.send("\r\n");
  while (!connection.read_response().starts_with("t OK")) {
  }
  return std::max(highest, pss_bytes(o.server_pid));
}

// Reads the body without keeping it, as a client with little memory would.
size_t serve_large(const Options& o) {
  size_t highest = 0;
  auto connection = logged_in(o, 0, true);
  connection->send("t FETCH * (BODY.PEEK[])\r\n");
  std::array<char, 64 * 1024> piece{};
  for (size_t got = 0; got < o.bytes;) {
    ssize_t n = ::recv(connection->fd(), piece.data(), piece.size(), MSG_DONTWAIT);
    expect(n != 0, "the server closed the connection");
    if (n > 0) got += static_cast<size_t>(n);
    highest = std::max(highest, pss_bytes(o.server_pid));
  }
  return highest;
}

}  // namespace

// Every user is logged in once before, so that what an open account costs is not counted.
void run_idle_memory(const Options& o) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (size_t i = 0; i < o.users; ++i) connections.push_back(logged_in(o, i, true));
  size_t before = pss_bytes(o.server_pid);
  size_t kernel_before = kernel_bytes();
  for (size_t i = 0; i < o.connections; ++i) {
    connections.push_back(logged_in(o, i % o.users, true));
    connections.back()->send("t IDLE\r\n");
    while (!connections.back()->read_response().starts_with("+")) {
    }
  }
  auto each = [&](size_t now, size_t then) {
    return (static_cast<double>(now) - static_cast<double>(then)) / 1024 / static_cast<double>(o.connections);
  };
  Measurement measured(o, "idle-memory");
  measured.add("kb_each", each(pss_bytes(o.server_pid), before));
  measured.add("kernel_kb_each", each(kernel_bytes(), kernel_before));
  measured.add("connections", static_cast<double>(o.connections));
  measured.print();
}

void run_large_message(const Options& o) {
  auto connection = logged_in(o, 0, true);
  connection->run(fmt::format("APPEND {} {{6+}}\r\nA: b\r\n", o.mailbox));
  size_t before = pss_bytes(o.server_pid);
  size_t receiving = receive_large(o, *connection);
  size_t between = pss_bytes(o.server_pid);
  size_t serving = serve_large(o);
  auto megabytes = [](size_t high, size_t low) { return high > low ? static_cast<double>(high - low) / 1e6 : 0.0; };
  Measurement measured(o, "large-message");
  measured.add("in_mb", megabytes(receiving, before));
  measured.add("out_mb", megabytes(serving, between));
  measured.add("mb", static_cast<double>(o.bytes) / 1e6);
  measured.print();
}

}  // namespace bench
