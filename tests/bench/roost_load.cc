// roost-load: drives any IMAP server and prints what it measured. One thread (but for limit-…, which need no server);
// it verifies every answer that it counts.
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
      {"lmtp", bench::run_lmtp},
      {"store", bench::run_store},
      {"select", bench::run_select},
      {"login", bench::run_login},
      {"fetch-flags", bench::run_fetch_flags},
      {"fetch-envelope", bench::run_fetch_envelope},
      {"fetch-bodies", bench::run_fetch_bodies},
      {"search-body", bench::run_search_body},
      {"search-text", bench::run_search_text},
      {"sort", bench::run_sort},
      {"thread", bench::run_thread},
      {"copy", bench::run_copy},
      {"move", bench::run_move},
      {"qresync", bench::run_qresync},
      {"noop", bench::run_noop},
      {"idle-latency", bench::run_idle_latency},
      {"fan-out", bench::run_fan_out},
      {"idle-memory", bench::run_idle_memory},
      {"large-message", bench::run_large_message},
      {"mixed", bench::run_mixed},
      {"limit-sync", bench::run_limit_sync},
      {"limit-read", bench::run_limit_read},
      {"limit-cold-read", bench::run_limit_cold_read},
      {"limit-socket", bench::run_limit_socket},
      {"limit-round-trip", bench::run_limit_round_trip},
      {"limit-copy", bench::run_limit_copy},
      {"limit-hash", bench::run_limit_hash},
  };
  std::string scenario;
  CLI::App app{"Drives an IMAP server and prints what it measured"};
  std::string names;
  for (const auto& [name, run] : kScenarios) names += (names.empty() ? "" : ", ") + name;
  app.add_option("scenario", scenario, "One of: " + names)->required();
  app.add_option("--host", options.target.host, "IPv4 address");
  app.add_option("--port", options.target.port);
  app.add_option("--imap-port", options.imap_port, "For lmtp: where what was delivered is counted");
  app.add_flag("--tls", options.target.tls, "TLS from the first octet");
  app.add_option("--user", options.user, "Login name; %d is the number of the user, from 0");
  app.add_option("--password", options.password);
  app.add_option("--passwords", options.passwords, "A file with the password of each user in a line");
  app.add_option("--users", options.users);
  app.add_option("--connections", options.connections);
  app.add_option("--messages", options.messages, "Operations altogether, or messages to fill with");
  app.add_option("--bytes", options.bytes, "Of each message");
  app.add_option("--mailbox", options.mailbox);
  app.add_option("--corpus", options.corpus, "A file that tests/bench/corpus.py made");
  app.add_option("--word", options.word, "For SEARCH");
  app.add_option("--expect", options.expect, "The numbers of the messages that SEARCH must find: 3,17");
  app.add_option("--rounds", options.rounds, "How often, where a scenario measures one long command");
  app.add_option("--server-pid", options.server_pid, "The server's first process, for figures of CPU and memory");
  app.add_option("--directory", options.directory, "On the disk whose limits are measured");
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
