// Every limit of an IMAP session. What is over a limit is refused before it costs anything.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "push/registration.h"

namespace roost::imapd {

struct ImapdConfig {
  // --- before authentication: a stranger gets little of everything ---
  Millis login_ms_max{60'000};                // from the connection to a login, however busy the client looks
  uint64_t login_line_bytes_max = 36 * 1024;  // ID: thirty pairs of 30 and 1024 octets (RFC 2971 3.3)
  uint32_t login_commands_max = 100;
  uint32_t login_bad_commands_max = 5;
  uint32_t login_failures_max = 10;

  // --- after ---
  Millis autologout_ms{30 * 60'000};      // without a command; RFC 9051 5.4: never less than 30 minutes
  Millis idle_ms_max{60 * 60'000};        // within IDLE, without a word from the client
  uint64_t line_bytes_max = 1024 * 1024;  // a set of 100,000 UIDs fits
  uint32_t bad_commands_max = 200;        // in a row: a client that talks something else

  // Of a refused non-synchronising literal that is read and thrown away; a larger one ends the connection.
  uint64_t skip_literal_bytes_max = uint64_t{1} << 20;

  // Messages that one command works on (MESSAGELIMIT, RFC 9738), or that one COPY or APPEND makes (SAVELIMIT). 0: no
  // limit. One of the two at most.
  uint32_t messages_per_command_max = 0;
  uint32_t messages_saved_max = 0;
  uint32_t messages_made_max() const { return std::max(messages_per_command_max, messages_saved_max); }

  // A command that takes longer says so this often (RFC 9585 4).
  Millis progress_ms{12'000};

  // Of UIDBATCHES (RFC 10022 3.1.3): smaller ones would bring message numbers back. At most 500.
  uint32_t uid_batch_messages_min = 500;

  // Of "$" (RFC 5182): 8 octets for each, as long as the mailbox is selected.
  uint32_t saved_result_ranges_max = 100'000;

  // --- NOTIFY: of one connection, the names that it lists, and likewise the changes that wait to be told ---
  uint32_t notify_bytes_max = 64 * 1024;
  uint32_t notify_accounts_max = 100;  // other users whose mailboxes it lists; each stays open for it

  // --- METADATA (RFC 5464) ---
  bool metadata_private = true;  // whether users may have entries of their own
  std::string server_comment;    // "/shared/comment" of the server; empty: none
  std::string server_admin;      // "/shared/admin", a URI

  // --- XAPPLEPUSHSERVICE ---
  std::string apple_push_topic;  // empty: not offered
  push::RegistrationLimits apple_push;

  // --- APPEND ---
  uint32_t append_messages_max = 10'000;
  uint64_t append_held_bytes_max = uint64_t{64} << 20;  // small messages of one MULTIAPPEND, in memory until its commit
  uint64_t catenated_bytes_max = uint64_t{256} << 20;   // that the URLs of one command may name, all together

  // --- shared by all sessions of the process ---
  uint64_t held_bytes_max = uint64_t{512} << 20;  // literals and small messages in memory, of commands under way

  // --- output ---
  uint32_t batch_bytes = 256 * 1024;           // then the batch is written
  Millis batch_ms_max{2};                      // of CPU, then other sessions of this loop get their turn
  uint32_t batch_bodies = 64;                  // read at once
  uint32_t body_piece_bytes = 256 * 1024;      // of a large body, read and written one after the other
  uint64_t small_body_bytes_max = 128 * 1024;  // read whole, many at once

  std::vector<std::string> administrators;  // login names: may see and set everybody's quota (RFC 9208)
  uint32_t quota_warning_percent = 90;      // of a limit: from there on sessions are warned, once each

  // --- what is offered ---
  std::string host_name;                 // this server's, in CRAM-MD5's challenges
  std::string token_scope;               // told to clients whose OAuth token is refused
  std::string discovery_url;             // likewise
  std::string shared_user;               // whose mailboxes are everybody's "Shared/…", by their ACLs; empty: none
  std::string history_tree;              // what users' mailboxes as of a day are found below; empty: nowhere
  bool private_seen = false;             // \Seen of mailboxes of other accounts is each user's own
  bool allow_clear_text_logins = false;  // LOGIN and PLAIN without TLS from anywhere, not from loopback only
  bool starttls = true;                  // whether the listener has a certificate
  bool literal_minus = false;            // announce LITERAL- (RFC 7888): non-synchronising ones up to 4096 octets only
  bool compress = true;
  bool unauthenticate = true;  // RFC 8437 8: behind a proxy that checks only the first login it must be off
};

}  // namespace roost::imapd
