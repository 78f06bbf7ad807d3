// What the scenarios share: connections that are logged in, messages, latencies, and the figures of one measurement.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection.h"
#include "scenarios.h"

namespace bench {

// Throws with `what` unless the server has kept its promise.
void expect(bool good, const std::string& what);
void expect_ok(std::string_view tagged);  // "t OK …"

std::string user_name(const Options& o, size_t number);
// The whole command but for its tag and line end.
std::string login_command(const Options& o, size_t user);
// Greeted and logged in; with `mailbox` selected where `select` says so. Throws unless everything is OK.
std::unique_ptr<Connection> logged_in(const Options& o, size_t user, bool select = false);
std::vector<std::unique_ptr<Connection>> connect_all(const Options& o, bool select);

std::string message_of(size_t number, size_t bytes);
std::string append_command(const Options& o, const std::string& message);
// All numbers in a line, in their order.
std::vector<size_t> numbers_in(std::string_view line);
// The number after `name` in a response; throws where there is none.
size_t number_after(std::string_view response, std::string_view name);
size_t messages_in(Connection& connection, const std::string& mailbox);  // by STATUS

struct Latencies {
  std::vector<double> seconds;
  double ms(double quantile);
};

// CPU seconds that the processes of a server used: `pid`, its descendants, and those of them that have ended.
double cpu_seconds(int pid);
// Proportional set size of the same processes.
size_t pss_bytes(int pid);

// Prints "name: key=value key=value": what tests/bench/compare.py reads. It begins when it is made.
class Measurement {
 public:
  Measurement(const Options& options, std::string name);
  // Before the line is printed: rate, latencies and the server's CPU for `operations` of them.
  void end(size_t operations);
  void add(std::string_view key, double value);
  void add(Latencies& latencies);
  // Of the fastest round, where one command gives much.
  void add_throughput(size_t count, size_t bytes, double seconds);
  void print() const;
  double seconds() const { return seconds_; }

 private:
  const Options& options_;
  std::string line_;
  double cpu_;
  double begin_;
  double seconds_ = 0;
};

// Keeps every connection busy with one command at a time ("t …") until o.messages are answered OK. Gives the
// latencies. The connections have no handler afterwards.
Latencies run_commands(const Options& o, const std::vector<std::unique_ptr<Connection>>& connections,
                       const std::function<std::string(size_t connection)>& make_command);

}  // namespace bench
