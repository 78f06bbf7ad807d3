// What the load generator can do to a server. Each prints its figures on one line; every answer that is counted is
// checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "connection.h"

namespace bench {

struct Options {
  Target target;
  std::string user = "bench%d";  // %d: the number of the user, from 0
  std::string password = "bench-pw 1";
  size_t users = 1;
  size_t connections = 1;
  size_t messages = 1000;  // operations altogether, or messages in the mailbox
  size_t bytes = 4096;     // of each message
  std::string mailbox = "INBOX";
  int server_pid = 0;  // for figures of memory
};

void run_fill(const Options& options);    // put `messages` into `mailbox` of each user, by MULTIAPPEND
void run_append(const Options& options);  // durable APPENDs: rate, p50, p99
void run_store(const Options& options);   // STORE +FLAGS on random messages
void run_select(const Options& options);  // SELECT, several times
void run_fetch_flags(const Options& options);
void run_fetch_envelope(const Options& options);
void run_fetch_bodies(const Options& options);
void run_idle_latency(const Options& options);   // APPEND sent, to EXISTS on an IDLE connection
void run_idle_memory(const Options& options);    // resident memory for each IDLE connection
void run_large_message(const Options& options);  // resident memory that one large message adds, in and out
void run_noop(const Options& options);           // pipelined NOOPs

}  // namespace bench
