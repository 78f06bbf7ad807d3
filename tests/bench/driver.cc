#include "driver.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>

namespace bench {
namespace {

constexpr double kNanosecond = 1e-9;

struct Process {
  int parent = 0;
  double ended_children_seconds = 0;
};

// /proc/PID/stat after the name, which may hold anything: state, ppid, …, cutime (16th), cstime (17th).
bool read_process(const std::string& pid, Process& process) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text;
  std::getline(file, text, '\0');  // fails in silence where the process has ended meanwhile
  size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream fields(text.substr(name_end + 1));
  std::vector<std::string> field(std::istream_iterator<std::string>(fields), {});
  if (field.size() < 15) return false;
  process.parent = std::stoi(field[1]);
  process.ended_children_seconds = (std::stod(field[13]) + std::stod(field[14])) / double(sysconf(_SC_CLK_TCK));
  return true;
}

std::map<int, Process> all_processes() {
  std::map<int, Process> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::string name = entry.path().filename();
    Process process;
    if (name.find_first_not_of("0123456789") == std::string::npos && read_process(name, process)) {
      all[std::stoi(name)] = process;
    }
  }
  return all;
}

std::map<int, Process> processes_of(int pid) {
  std::map<int, Process> all = all_processes();
  std::map<int, Process> own;
  for (const auto& [id, process] : all) {
    for (int at = id; at > 1 && all.contains(at); at = all[at].parent) {
      if (at == pid) own[id] = process;
    }
  }
  return own;
}

// Of all its threads, exact to the nanosecond where stat has ticks of 10 ms.
double own_seconds(int pid) {
  double seconds = 0;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), gone)) {
    std::ifstream file(task.path() / "schedstat");
    double nanoseconds = 0;
    if (file >> nanoseconds) seconds += nanoseconds * kNanosecond;
  }
  return seconds;
}

}  // namespace

void expect(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

void expect_ok(std::string_view tagged) { expect(tagged.starts_with("t OK"), std::string(tagged)); }

std::string user_name(const Options& o, size_t number) {
  std::string name = o.user;
  size_t at = name.find("%d");
  return at == std::string::npos ? name : name.replace(at, 2, std::to_string(number));
}

namespace {

std::string password_of(const Options& o, size_t user) {
  if (o.passwords.empty()) return o.password;
  static const std::vector<std::string> lines = [&o] {
    std::ifstream file(o.passwords);
    std::vector<std::string> out;
    for (std::string line; std::getline(file, line);) out.push_back(line);
    return out;
  }();
  return lines.at(user);
}

}  // namespace

std::string login_command(const Options& o, size_t user) {
  return fmt::format("LOGIN \"{}\" \"{}\"", user_name(o, user), password_of(o, user));
}

std::unique_ptr<Connection> logged_in(const Options& o, size_t user, bool select) {
  auto connection = std::make_unique<Connection>(o.target);
  connection->read_response();
  connection->run(login_command(o, user));
  if (select) connection->run("SELECT " + o.mailbox);
  return connection;
}

std::vector<std::unique_ptr<Connection>> connect_all(const Options& o, bool select) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (size_t i = 0; i < o.connections; ++i) connections.push_back(logged_in(o, i % o.users, select));
  return connections;
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

std::vector<size_t> numbers_in(std::string_view line) {
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::vector<size_t> numbers;
  for (size_t at = 0; at < line.size(); ++at) {
    if (!digit(line[at])) continue;
    if (at == 0 || !digit(line[at - 1])) numbers.push_back(0);
    numbers.back() = numbers.back() * 10 + static_cast<size_t>(line[at] - '0');
  }
  return numbers;
}

size_t number_after(std::string_view response, std::string_view name) {
  size_t at = response.find(name);
  expect(at != std::string_view::npos, fmt::format("no {} in: {}", name, response.substr(0, 200)));
  return std::stoul(std::string(response.substr(at + name.size(), 20)));
}

size_t messages_in(Connection& connection, const std::string& mailbox) {
  return number_after(connection.run(fmt::format("STATUS {} (MESSAGES)", mailbox)), "MESSAGES ");
}

double Latencies::ms(double quantile) {
  if (seconds.empty()) return 0;
  std::ranges::sort(seconds);
  auto index = static_cast<size_t>(quantile * static_cast<double>(seconds.size()));
  return seconds[std::min(seconds.size() - 1, index)] * 1e3;
}

double cpu_seconds(int pid) {
  double seconds = 0;
  for (const auto& [id, process] : processes_of(pid)) seconds += own_seconds(id) + process.ended_children_seconds;
  return seconds;
}

size_t pss_bytes(int pid) {
  size_t bytes = 0;
  for (const auto& [id, process] : processes_of(pid)) {
    std::ifstream file(fmt::format("/proc/{}/smaps_rollup", id));
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("Pss:")) bytes += std::stoul(line.substr(4)) * 1024;
    }
  }
  return bytes;
}

Measurement::Measurement(const Options& options, std::string name)
    : options_(options),
      line_(std::move(name) + ":"),
      cpu_(options.server_pid != 0 ? cpu_seconds(options.server_pid) : 0),
      begin_(now_seconds()) {}

void Measurement::end(size_t operations) {
  seconds_ = now_seconds() - begin_;
  auto count = static_cast<double>(operations);
  add("per_s", count / seconds_);
  if (options_.server_pid != 0) add("cpu_us", (cpu_seconds(options_.server_pid) - cpu_) * 1e6 / count);
}

void Measurement::add(std::string_view key, double value) {
  line_ += value >= 1000 ? fmt::format(" {}={:.0f}", key, value) : fmt::format(" {}={:.4g}", key, value);
}

void Measurement::add(Latencies& latencies) {
  add("p50_ms", latencies.ms(0.5));
  add("p99_ms", latencies.ms(0.99));
}

void Measurement::add_throughput(size_t count, size_t bytes, double seconds) {
  add("best_per_s", static_cast<double>(count) / seconds);
  add("mb_per_s", static_cast<double>(bytes) / seconds / 1e6);
}

void Measurement::print() const { fmt::print("{}\n", line_); }

Latencies run_commands(const Options& o, const std::vector<std::unique_ptr<Connection>>& connections,
                       const std::function<std::string(size_t connection)>& make_command) {
  EventLoop loop;
  Latencies latencies;
  size_t started = 0;
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
      expect_ok(response);
      latencies.seconds.push_back(now_seconds() - sent[i]);
      next();
    });
    loop.add(*c);
    next();
  }
  loop.run_until([&] { return latencies.seconds.size() >= o.messages; });
  for (const auto& connection : connections) connection->on_response({});
  return latencies;
}

}  // namespace bench
