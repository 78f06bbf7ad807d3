// Everything that can be configured, with its defaults: one struct, one table of options over it.
#pragma once

#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "auth/config.h"
#include "base/result.h"
#include "imapd/config.h"
#include "lmtpd/config.h"
#include "main/options.h"
#include "net/address.h"
#include "net/admission.h"
#include "net/listener.h"
#include "push/pusher.h"
#include "store/open.h"

namespace roost::main {

struct ServerConfig {
  std::string host_name;  // empty: the machine's
  std::string user;
  uint32_t threads = 0;  // 0: one for each core
  uint32_t blocking_threads = 8;
  std::string log_level = "info";
  std::string log_format = "text";
  Millis drain_ms_max{5'000};
  bool sandbox = true;
};

struct ListenConfig {
  std::vector<std::string> imap = {"127.0.0.1:143", "[::1]:143"};
  std::vector<std::string> imaps = {"127.0.0.1:993", "[::1]:993"};
  std::vector<std::string> lmtp = {"127.0.0.1:24"};
  std::vector<std::string> trusted_networks;
  bool proxy_header = false;
};

struct TlsConfig {
  std::string certificate_file;  // empty: DIR/tls/certificate.pem, self-signed if it is missing
  std::string key_file;
  std::string client_authorities_file;  // empty: clients are not asked for certificates
  std::string client_name = "email";
};

struct SearchConfig {
  bool index = true;
};

// Off where there is no certificate.
struct ApplePushConfig {
  std::string certificate_file;
  std::string key_file;
  std::string topic;  // empty: the certificate says it
  std::string endpoint = "https://api.push.apple.com";
  std::string authorities_file;
  Millis request_ms_max{10'000};
  Millis flush_ms_max{3'000};
  uint32_t notices_max = 10'000;
};

// The address of an option's variable is in the table: neither copy nor move a Config.
class Config {
 public:
  Config();
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  OptionTable& options() { return options_; }
  // What no single option can be checked for, and what follows from others (paths below `data`). Call it last. An error
  // names file and line of the option that it is about.
  Result<> finish(const std::string& data);

  ServerConfig server;
  ListenConfig listen;
  TlsConfig tls;
  net::AdmissionLimits admission;
  net::StreamTimeouts stream_timeouts;
  auth::Config auth;
  accounts::AccountsConfig accounts;
  store::StoreConfig store;
  imapd::ImapdConfig imap;
  lmtpd::LmtpConfig lmtp;
  SearchConfig search;
  ApplePushConfig apple_push;

  // Parsed by finish().
  std::vector<net::Network> trusted_networks;
  std::string data;

 private:
  Result<> check_networks();
  Result<> check_endpoints() const;
  Result<> check_oauth() const;
  Result<> check_apple_push() const;

  OptionTable options_;
  std::string auth_scheme_ = "scram-sha-256";
};

// The file that is read: `given`, or DIR/roost.toml where nothing was given and that exists. Empty: none.
std::string config_path(const std::string& given, const std::string& data);

}  // namespace roost::main
