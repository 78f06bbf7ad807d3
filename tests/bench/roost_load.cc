// roost-load: drives any IMAP server and prints what it measured. One thread; it verifies every answer that it counts.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "scenarios.h"

int main(int argc, char** argv) {
  using bench::Options;
  Options options;
  static const std::map<std::string, void (*)(const Options&)> kScenarios = {
      {"fill", bench::run_fill},
      {"append", bench::run_append},
      {"store", bench::run_store},
      {"select", bench::run_select},
      {"fetch-flags", bench::run_fetch_flags},
      {"fetch-envelope", bench::run_fetch_envelope},
      {"fetch-bodies", bench::run_fetch_bodies},
      {"noop", bench::run_noop},
      {"idle-latency", bench::run_idle_latency},
      {"idle-memory", bench::run_idle_memory},
      {"large-message", bench::run_large_message},
  };
  std::string scenario;
  CLI::App app{"Drives an IMAP server and prints what it measured"};
  std::string names;
  for (const auto& [name, run] : kScenarios) names += (names.empty() ? "" : ", ") + name;
  app.add_option("scenario", scenario, "One of: " + names)->required();
  app.add_option("--host", options.target.host, "IPv4 address");
  app.add_option("--port", options.target.port)->required();
  app.add_flag("--tls", options.target.tls, "TLS from the first octet");
  app.add_option("--user", options.user, "Login name; %d is the number of the user, from 0");
  app.add_option("--password", options.password);
  app.add_option("--users", options.users);
  app.add_option("--connections", options.connections);
  app.add_option("--messages", options.messages, "Operations altogether, or messages to fill with");
  app.add_option("--bytes", options.bytes, "Of each message");
  app.add_option("--mailbox", options.mailbox);
  app.add_option("--server-pid", options.server_pid, "For figures of memory");
  CLI11_PARSE(app, argc, argv);
  auto found = kScenarios.find(scenario);
  if (found == kScenarios.end()) {
    std::fprintf(stderr, "There is no scenario '%s'; there are: %s.\n", scenario.c_str(), names.c_str());
    return 2;
  }
  try {
    found->second(options);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", scenario.c_str(), e.what());
    return 1;
  }
}
