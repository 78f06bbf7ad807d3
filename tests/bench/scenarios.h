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
  uint16_t imap_port = 0;        // where LMTP is measured: to count what was delivered
  std::string user = "bench%d";  // %d: the number of the user, from 0
  std::string password = "bench-pw 1";
  std::string passwords;  // a file with a line for each user, in place of `password`
  size_t users = 1;
  size_t connections = 1;
  size_t messages = 1000;  // operations altogether, or messages in the mailbox
  size_t bytes = 4096;     // of each message
  std::string mailbox = "INBOX";
  std::string corpus;           // a file of tests/bench/corpus.py; empty: generated messages
  std::string word;             // for SEARCH
  std::string expect;           // the numbers of the messages that have it, "3,17"
  size_t rounds = 3;            // of what is measured as a whole
  int server_pid = 0;           // the server's first process, for figures of CPU and memory
  std::string directory = ".";  // for the limits of a disk
};

// delivery.cc: messages come in.
void run_fill(const Options& options);    // put the messages into `mailbox` of each user, 100 in a MULTIAPPEND
void run_append(const Options& options);  // durable APPENDs
void run_lmtp(const Options& options);    // deliveries; the port is that of LMTP

// reading.cc: of one mailbox.
void run_select(const Options& options);
void run_qresync(const Options& options);
void run_fetch_flags(const Options& options);
void run_fetch_envelope(const Options& options);
void run_fetch_bodies(const Options& options);
void run_search_body(const Options& options);
void run_search_text(const Options& options);
void run_sort(const Options& options);
void run_thread(const Options& options);

// changing.cc
void run_store(const Options& options);  // STORE +FLAGS and -FLAGS on random messages
void run_copy(const Options& options);   // of the whole mailbox
void run_move(const Options& options);

// sessions.cc: of many connections.
void run_login(const Options& options);         // LOGIN, SELECT, LOGOUT
void run_noop(const Options& options);          // pipelined NOOPs
void run_idle_latency(const Options& options);  // APPEND sent, to EXISTS on an IDLE connection
void run_fan_out(const Options& options);       // APPEND acknowledged, to the last of many IDLE connections told
void run_mixed(const Options& options);         // latency of small commands while others work

// memory.cc
void run_idle_memory(const Options& options);    // memory for each IDLE connection
void run_large_message(const Options& options);  // memory that one large message adds, in and out

// limits.cc: what this machine can do without any server.
void run_limit_sync(const Options& options);        // `connections` messages of `bytes`, then fdatasync, in `directory`
void run_limit_cold_read(const Options& options);   // so many octets of such a file, at one place and another
void run_limit_read(const Options& options);        // a file that is not in memory, from `directory`
void run_limit_socket(const Options& options);      // answers of `bytes` over TCP on loopback
void run_limit_round_trip(const Options& options);  // a small request and its answer over the same
void run_limit_copy(const Options& options);        // memcpy of `bytes`
void run_limit_hash(const Options& options);        // PBKDF2-HMAC-SHA-256 as SCRAM has it

}  // namespace bench
