#include "main/config.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "auth/introspection.h"
#include "auth/jwt.h"
#include "imapd/server.h"

namespace roost::main {
namespace {

constexpr uint64_t kHalfAnHourMs = 30 * 60 * 1000;

void add_server(OptionTable& t, ServerConfig& c) {
  t.add("server.host_name", c.host_name,
        "What the server calls itself, in greetings and Received. Empty: the machine's name.");
  t.add("server.user", c.user,
        "The user that the server becomes once its ports are open, if it is started as root. The data directory must "
        "belong to it. Empty: it stays who it is.");
  t.add("server.threads", c.threads, "Event loops. 0: one for each core.");
  t.add("server.blocking_threads", c.blocking_threads, "Threads for reads from the disk and for long computations.", 1);
  t.add_choice("server.log_level", c.log_level, {"debug", "info", "warn", "error"},
               "What is logged, to standard error.");
  t.add_choice("server.log_format", c.log_format, {"text", "json"}, "One line for each event, as text or as JSON.");
  t.add("server.drain_ms_max", c.drain_ms_max,
        "How long a stopping server waits for its connections, in milliseconds.");
  t.add("server.sandbox", c.sandbox,
        "Give up what a mail server never needs, with seccomp and Landlock where the kernel has them.");
}

void add_listen(OptionTable& t, ListenConfig& c) {
  t.add("listen.imap", c.imap, "Where IMAP is served, with STARTTLS: ADDRESS:PORT, or *:PORT for every address.");
  t.add("listen.imaps", c.imaps, "Where IMAP is served over TLS from the first octet.");
  t.add("listen.lmtp", c.lmtp, "Where LMTP is served: ADDRESS:PORT or unix:PATH. Whoever reaches it can deliver mail.");
  t.add("listen.trusted_networks", c.trusted_networks,
        "Networks of proxies and webmail servers, as \"10.0.0.0/8\": their connections are not counted by address.");
  t.add("listen.proxy_header", c.proxy_header,
        "Connections from trusted_networks begin with a PROXY header (version 1 or 2), which names the real client.");
}

void add_tls(OptionTable& t, TlsConfig& c) {
  t.add("tls.certificate_file", c.certificate_file,
        "PEM: the certificate and its chain. Empty: a self-signed one in the data directory.");
  t.add("tls.key_file", c.key_file, "PEM: the certificate's key. SIGHUP reads both again.");
  t.add("tls.client_authorities_file", c.client_authorities_file,
        "PEM: the certificates of the authorities whose clients may log in with a certificate (AUTHENTICATE EXTERNAL), "
        "and their revocation lists, if there are any. SIGHUP reads it again. Empty: no client is asked for one.");
  t.add_choice("tls.client_name", c.client_name, {"email", "common-name", "user-id"},
               "What in a client's certificate is the user's name: the e-mail address among its alternative names, or "
               "its subject's CN or UID.");
}

void add_limits(OptionTable& t, net::AdmissionLimits& admission, net::StreamTimeouts& timeouts) {
  t.add("limits.connections_max", admission.connections_max, "Connections at once, of all kinds.", 1);
  t.add("limits.connections_per_block_max", admission.connections_per_block_max,
        "Connections at once from one address block (an IPv4 /24, an IPv6 /56), trusted_networks excepted.", 1);
  t.add("limits.write_ms_max", timeouts.write_ms_max,
        "How long a client may take nothing of what is sent to it, in milliseconds.");
  t.add("limits.handshake_ms_max", timeouts.handshake_ms_max, "How long a TLS handshake may take, in milliseconds.");
}

void add_auth(OptionTable& t, auth::Config& c, std::string& scheme, bool& allow_clear_text_logins) {
  t.add_choice("auth.scheme", scheme, {"scram-sha-256", "argon2id"},
               "How new passwords are kept. argon2id resists theft better, but turns SCRAM-SHA-256 off.");
  t.add(
      "auth.iterations", c.iterations,
      "Of scram-sha-256, for new passwords. Programs that log in with Cyrus SASL (mbsync among them) refuse more than "
      "65536.",
      auth::kIterationsMin, auth::kIterationsMax);
  t.add("auth.scram_sha_1", c.scram_sha_1,
        "Keep what SCRAM-SHA-1 needs as well. It is offered once every user has logged in or got a password since.");
  t.add("auth.cram_md5", c.cram_md5,
        "The same for CRAM-MD5, which needs a secret that is as good as the password to whoever reads it.");
  t.add("auth.anonymous_user", c.anonymous_user,
        "Whoever asks is this user, by AUTHENTICATE ANONYMOUS, without a password, and may only read. Empty: nobody.");
  t.add(
      "auth.user", c.user,
      "The user that the process which has the passwords becomes, if the server is started as root; auth/ in the data "
      "directory is given to it. Empty: server.user.");
  t.add("auth.hash_threads", c.hash_threads, "Logins checked at once (19 MiB of memory each with argon2id).", 1);
  t.add("auth.hash_queue_max", c.hash_queue_max, "Logins that may wait for that; more are told to come back.", 1);
  t.add("auth.cached_logins_max", c.cached_logins_max, "Verified logins remembered (as keyed hashes). 0: none.");
  t.add("auth.cached_login_s_max", c.cached_login_s_max, "For how long, in seconds.");
  t.add("auth.throttle", c.throttle, "Delay logins after failures of the same name from the same address block.");
  t.add("auth.allow_clear_text_logins", allow_clear_text_logins,
        "Allow LOGIN and PLAIN without TLS from anywhere, not only from this machine.");
}

void add_oauth(OptionTable& t, auth::OauthConfig& c) {
  t.add("oauth.keys_file", c.keys_file,
        "The issuer's keys, for tokens that are signed (JWT): a JWK set, or public keys and certificates in PEM. Read "
        "again when it changes. With it, or with oauth.introspection_url, OAUTHBEARER and XOAUTH2 are offered.");
  t.add("oauth.issuer", c.issuer, "Whose tokens are taken: their \"iss\". Needed with oauth.keys_file.");
  t.add("oauth.audiences", c.audiences, "Of which a token's \"aud\" must name one. Needed with oauth.keys_file.");
  t.add("oauth.algorithms", c.algorithms,
        "How tokens may be signed. HS256, HS384 and HS512 are possible too, with secrets in the JWK set.");
  t.add("oauth.scope", c.scope, "A word that a token's scope must have, which clients are told. Empty: none.");
  t.add("oauth.name_claim", c.name_claim, "The claim that holds the user's name, as in roost user list.");
  t.add("oauth.clock_skew_s_max", c.clock_skew_s_max, "How much the issuer's clock may differ, in seconds.", 0, 3600);
  t.add("oauth.discovery_url", c.discovery_url,
        "Where clients find the issuer's OpenID configuration; they are told it when their token is refused.");
  t.add("oauth.introspection_url", c.introspection_url,
        "Where the issuer is asked about tokens (RFC 7662): all of them, or those that are not signed where there are "
        "keys too. https, or http on this machine.");
  t.add("oauth.introspection_client_id", c.introspection_client_id, "Who asks: this server's name at the issuer.");
  t.add("oauth.introspection_secret_file", c.introspection_secret_file, "A file with its secret there, on one line.");
  t.add("oauth.introspection_authorities_file", c.introspection_authorities_file,
        "PEM: whom to trust for the issuer's certificate. Empty: whom the system trusts.");
  t.add("oauth.introspection_ms_max", c.introspection_ms_max, "How long the issuer may take, in milliseconds.", 1,
        30'000);
}

void add_quota(OptionTable& t, mail::QuotaLimits& quota) {
  t.add("quota.storage_kib", quota.storage_kib,
        "What a user's messages may take, in units of 1024 octets; 0: no limit. For users without limits of their own, "
        "as all of these.");
  t.add("quota.messages", quota.messages, "How many messages a user may have; 0: no limit.");
  t.add("quota.mailboxes", quota.mailboxes, "How many mailboxes a user may have; 0: no limit.");
  t.add("quota.annotation_kib", quota.annotation_kib,
        "What a user's annotations may take, in units of 1024 octets; 0: no limit.");
}

void add_mail(OptionTable& t, accounts::AccountsConfig& c, uint64_t& message_bytes_max) {
  t.add("mail.message_bytes_max", message_bytes_max, "The largest message, in octets (APPENDLIMIT, SIZE).", 1024);
  t.add("mail.retention_seconds", c.retention_seconds,
        "How long expunged messages and deleted mailboxes are kept for roost undelete, and removed users' accounts. At "
        "least an hour.",
        3600);
  t.add("mail.retention_drafts_seconds", c.retention_drafts_seconds, "The same for mailboxes used for Drafts.", 3600);
  t.add("mail.retention_junk_seconds", c.retention_junk_seconds, "For Junk.", 3600);
  t.add("mail.retention_trash_seconds", c.retention_trash_seconds, "For Trash.", 3600);
  t.add("mail.retained_percent_max", c.retained_percent_max,
        "What is kept so of one account, in hundredths of its mail; the oldest goes first.");
  t.add("mail.retained_bytes_min", c.retained_bytes_min, "But that much is always kept, in octets.");
  t.add("mail.retention_free_bytes_min", c.retention_free_bytes_min,
        "With less free space on the disk, what is kept goes before its time, oldest first, in octets. 0: twice "
        "store.free_bytes_min.");
  t.add("mail.mailboxes_max", c.limits.mailboxes_max, "Mailboxes of one account.", 1);
  t.add("mail.mailbox_depth_max", c.limits.mailbox_depth_max, "Levels of a mailbox's name.", 1);
  t.add("mail.keywords_per_mailbox_max", c.limits.keywords_per_mailbox_max, "Different keywords in one mailbox.");
  t.add("mail.metadata_value_bytes_max", c.limits.metadata_value_bytes_max,
        "The largest annotation (METADATA), in octets. The standard asks for at least 1024.", 1024, 1 << 20);
  t.add(
      "mail.metadata_entries_max", c.limits.metadata_entries_max,
      "Annotations that each user may have on one mailbox or on the server, and shared ones of a mailbox likewise. The "
      "standard asks for at least 10.",
      10);
  t.add("mail.metadata_bytes_per_account_max", c.limits.metadata_bytes_per_account_max,
        "All annotations of one account together, in octets, with 64 for each.", 1 << 16);
  t.add("mail.traces_per_mailbox_max", c.limits.traces_per_mailbox_max,
        "Ranges of expunged messages that a mailbox remembers for clients that resynchronise.", 1);
  t.add("mail.open_bytes_max", c.open_bytes_max, "Memory that open accounts may hold before idle ones are closed.");
  t.add("mail.card_cache_bytes_max", c.card_cache_bytes_max,
        "Memory for what is sent about messages without opening them.");
  t.add("mail.searches_per_account_max", c.searches_per_account_max, "Searches of one account at work at once.", 1);
  t.add("mail.tail_bytes_min", c.tail_bytes_min, "An account's log is checkpointed once it is longer, in octets.",
        4096);
  t.add("mail.tail_records_max", c.tail_records_max, "Or once it has this many records.", 1);
}

void add_search(OptionTable& t, SearchConfig& c) {
  t.add("search.index", c.index,
        "Keep an index of what the messages say, so that SEARCH BODY and TEXT read only those that may match. The "
        "answers are the same without it.");
}

void add_store(OptionTable& t, store::StoreConfig& c) {
  t.add("store.block_cache_bytes_max", c.block_cache_bytes_max, "Memory for what was read from the disk.");
  t.add("store.write_buffer_bytes_max", c.write_buffer_bytes_max, "Memory for what is not yet in table files.",
        1 << 20);
  t.add("store.wal_bytes_max", c.wal_bytes_max, "What a restart may have to replay, in octets.", 1 << 20);
  t.add("store.background_jobs_max", c.background_jobs_max, "Flushes and compactions at once.", 1);
  t.add("store.group_bytes_max", c.group_bytes_max, "Commits of all accounts share synced writes of at most this size.",
        1);
  t.add("store.free_bytes_min", c.free_bytes_min, "With less free space on the disk, new mail is refused, in octets.");
  t.add("store.reserve_bytes", c.reserve_bytes,
        "A file of this size is given back when the disk is truly full, so that flags and expunges go on.");
  t.add("store.accept_log_damage", c.accept_log_damage,
        "Open a store whose write-ahead log is damaged, without what was written after the damage.");
}

void add_imap(OptionTable& t, imapd::ImapdConfig& c) {
  t.add("imap.login_ms_max", c.login_ms_max, "From the connection to a login, in milliseconds.");
  t.add("imap.autologout_ms", c.autologout_ms,
        "Without a command, in milliseconds. The standard asks for at least half an hour.", kHalfAnHourMs);
  t.add("imap.idle_ms_max", c.idle_ms_max, "Within IDLE, in milliseconds.");
  t.add("imap.line_bytes_max", c.line_bytes_max, "The longest command line, literals not counted.", 8192);
  t.add("imap.login_line_bytes_max", c.login_line_bytes_max, "The same before the login.", 1024);
  t.add("imap.login_commands_max", c.login_commands_max, "Commands before the login; then the connection ends.", 1);
  t.add("imap.login_bad_commands_max", c.login_bad_commands_max, "Of which so many in a row may be none.", 1);
  t.add("imap.login_failures_max", c.login_failures_max, "Failed logins of one connection, which then ends.", 1);
  t.add("imap.bad_commands_max", c.bad_commands_max, "Commands in a row that are none; then the connection ends.", 1);
  t.add("imap.skip_literal_bytes_max", c.skip_literal_bytes_max,
        "A refused literal that the client sends anyway is read and thrown away up to this size; a larger one ends the "
        "connection.");
  t.add("imap.append_messages_max", c.append_messages_max, "Messages of one APPEND.", 1);
  t.add("imap.append_held_bytes_max", c.append_held_bytes_max, "Their size together, in octets.", 1);
  t.add("imap.catenated_bytes_max", c.catenated_bytes_max, "What the URLs of one CATENATE may name, in octets.", 1);
  t.add("imap.held_bytes_max", c.held_bytes_max, "Memory for the arguments of all commands under way.", 1 << 20);
  t.add("imap.messages_per_command_max", c.messages_per_command_max,
        "Messages that one FETCH, SEARCH, STORE, COPY, MOVE, APPEND or UID EXPUNGE works on (MESSAGELIMIT); SORT and "
        "THREAD of more are refused. 0: no limit. See the operator's guide before setting it.");
  t.add("imap.messages_saved_max", c.messages_saved_max,
        "The same for COPY and APPEND alone (SAVELIMIT). Not together with the other.");
  t.add("imap.progress_ms", c.progress_ms,
        "How often a command that takes long says how far it is, in milliseconds (INPROGRESS).", 1);
  t.add("imap.uid_batch_messages_min", c.uid_batch_messages_min,
        "The smallest batch that UIDBATCHES counts out. The standard asks for 500 or less.", 1, 500);
  t.add("imap.notify_bytes_max", c.notify_bytes_max,
        "NOTIFY, of each connection: memory for what it asks for, and as much for changes that wait for a slow reader; "
        "beyond it the client is told NOTIFICATIONOVERFLOW.",
        1024);
  t.add("imap.notify_accounts_max", c.notify_accounts_max,
        "Other users whose mailboxes one connection may follow by NOTIFY.");
  t.add("imap.metadata_private", c.metadata_private,
        "Let users keep annotations of their own (METADATA); otherwise only shared ones.");
  t.add("imap.server_comment", c.server_comment, "What clients read as the server's /shared/comment (METADATA).");
  t.add("imap.server_admin", c.server_admin,
        "How to reach the administrator, as a URI such as mailto:postmaster@example.org: /shared/admin (METADATA).");
  t.add(
      "imap.shared_user", c.shared_user,
      "The user whose mailboxes everybody finds below \"Shared/\", as far as their access control lists allow. Empty: "
      "there are none.");
  t.add(
      "imap.history_tree", c.history_tree,
      "The name below which each user finds his own mailboxes as they were at the end of each day (UTC) that is still "
      "kept, to be read and copied from, such as \"History\". Empty: nowhere.");
  t.add("imap.private_seen", c.private_seen,
        "Let each user of a mailbox of somebody else have a \\Seen of his own there, which nobody else sees. Decide "
        "before "
        "mailboxes are shared: what clients keep of \\Seen is wrong after a change of it.");
  t.add("imap.administrators", c.administrators, "Users who may see and set everybody's quota (SETQUOTA).");
  t.add("imap.quota_warning_percent", c.quota_warning_percent,
        "From so much of a quota on, sessions are warned, once each.", 1, 100);
  t.add("imap.compress", c.compress, "Offer COMPRESS=DEFLATE.");
  t.add("imap.unauthenticate", c.unauthenticate,
        "Offer UNAUTHENTICATE, after which a connection may log in as another user. Turn it off behind a proxy that "
        "restricts who may log in, and looks at the first login only.");
  t.add("imap.literal_minus", c.literal_minus, "Offer LITERAL- instead of LITERAL+.");
}

void add_lmtp(OptionTable& t, lmtpd::LmtpConfig& c) {
  t.add("lmtp.local_domains", c.local_domains,
        "Mail for NAME at one of these is also for the user NAME, where no user has the whole address as name.");
  t.add("lmtp.over_quota_is_final", c.over_quota_is_final,
        "Refuse for good (552 5.2.2) what exceeds a recipient's quota, instead of for now (452 4.2.2).");
  t.add("lmtp.recipients_max", c.recipients_max, "Recipients of one message.", 100);
  t.add("lmtp.bad_commands_max", c.bad_commands_max, "Mistakes of one client; then the connection ends.", 1);
  t.add("lmtp.idle_ms_max", c.idle_ms_max, "How long a client may say nothing, in milliseconds.");
}

void add_apple_push(OptionTable& t, ApplePushConfig& c, push::RegistrationLimits& limits) {
  t.add("apple_push.certificate_file", c.certificate_file,
        "Apple's certificate for pushing mail, in PEM. With it XAPPLEPUSHSERVICE is offered, and Apple's devices that "
        "ask for it are woken when there is mail.");
  t.add("apple_push.key_file", c.key_file, "Its private key, in PEM.");
  t.add("apple_push.topic", c.topic,
        "What the devices know the service by. Empty: the user id (UID) of the certificate's subject.");
  t.add("apple_push.endpoint", c.endpoint, "Apple's push service: an https URL without a path.");
  t.add("apple_push.authorities_file", c.authorities_file,
        "PEM: whom to trust for the push service's certificate. Empty: whom the system trusts.");
  t.add("apple_push.request_ms_max", c.request_ms_max, "How long the push service may take, in milliseconds.");
  t.add("apple_push.flush_ms_max", c.flush_ms_max,
        "How long the server, when it stops, takes to wake devices that still wait for it, in milliseconds.");
  t.add("apple_push.notices_max", c.notices_max, "Devices that may wait to be woken; more are forgotten.", 1);
  t.add("apple_push.registrations_max", limits.registrations_max,
        "Devices that one account may register; the oldest gives way to a new one.", 1, 90);
  t.add("apple_push.registration_s_max", limits.registration_s_max,
        "How long a device is woken after it was last heard of, in seconds. At least two days.", 2 * 24 * 3600);
}

std::string machine_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "localhost";
}

}  // namespace

Config::Config() {
  add_server(options_, server);
  add_listen(options_, listen);
  add_tls(options_, tls);
  add_limits(options_, admission, stream_timeouts);
  add_auth(options_, auth, auth_scheme_, imap.allow_clear_text_logins);
  add_oauth(options_, auth.oauth);
  add_mail(options_, accounts, accounts.message_bytes_max);
  add_quota(options_, accounts.limits.quota);
  add_search(options_, search);
  add_store(options_, store);
  add_imap(options_, imap);
  add_lmtp(options_, lmtp);
  add_apple_push(options_, apple_push, imap.apple_push);
}

Result<> Config::check_networks() {
  trusted_networks.clear();
  for (const std::string& text : listen.trusted_networks) {
    auto network = net::parse_network(text);
    if (!network) return options_.wrong("listen.trusted_networks", network.error().text);
    trusted_networks.push_back(*network);
  }
  return {};
}

Result<> Config::check_endpoints() const {
  std::pair<std::string_view, const std::vector<std::string>&> lists[] = {
      {"listen.imap", listen.imap}, {"listen.imaps", listen.imaps}, {"listen.lmtp", listen.lmtp}};
  for (const auto& [name, list] : lists) {
    for (const std::string& text : list) {
      auto endpoint = net::parse_endpoint(text);
      if (!endpoint) return options_.wrong(name, endpoint.error().text);
    }
  }
  return {};
}

Result<> Config::check_oauth() const {
  const auth::OauthConfig& c = auth.oauth;
  if (!c.keys_file.empty() && c.issuer.empty()) return options_.wrong("oauth.issuer", "is needed with oauth.keys_file");
  if (!c.keys_file.empty() && c.audiences.empty()) {
    return options_.wrong("oauth.audiences", "is needed with oauth.keys_file");
  }
  for (const std::string& name : c.algorithms) {
    if (!auth::is_jwt_algorithm(name)) return options_.wrong("oauth.algorithms", "has '" + name + "', which is none");
  }
  if (!c.introspection_url.empty() && !auth::may_ask_at(c.introspection_url)) {
    return options_.wrong("oauth.introspection_url", "must begin with https://, or http:// on this machine");
  }
  for (const auto& [name, text] :
       {std::pair("oauth.scope", c.scope), std::pair("oauth.discovery_url", c.discovery_url)}) {
    auto printable = [](char octet) { return octet > 0x20 && octet < 0x7f && octet != '"' && octet != '\\'; };
    if (!std::ranges::all_of(text, printable)) return options_.wrong(name, "must be one word of printable ASCII");
  }
  return {};
}

Result<> Config::check_apple_push() const {
  if (apple_push.certificate_file.empty() != apple_push.key_file.empty()) {
    return options_.wrong(apple_push.key_file.empty() ? "apple_push.certificate_file" : "apple_push.key_file",
                          "needs the other of the two files beside it");
  }
  if (!apple_push.endpoint.starts_with("https://")) {
    return options_.wrong("apple_push.endpoint", "must begin with https://");
  }
  return {};
}

Result<> Config::finish(const std::string& data_directory) {
  data = std::filesystem::absolute(data_directory).lexically_normal().string();
  while (data.size() > 1 && data.back() == '/') data.pop_back();
  if (server.host_name.empty()) server.host_name = machine_name();
  if (server.threads == 0) server.threads = std::max(1U, std::thread::hardware_concurrency());
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    return options_.wrong(tls.key_file.empty() ? "tls.certificate_file" : "tls.key_file",
                          "needs the other of the two files beside it");
  }
  ROOST_TRY_VOID(check_networks());
  ROOST_TRY_VOID(check_endpoints());
  ROOST_TRY_VOID(check_oauth());
  ROOST_TRY_VOID(check_apple_push());
  auth.directory = data + "/auth";
  auth.sandbox = server.sandbox;
  if (auth.user.empty()) auth.user = server.user;
  auth.scheme = auth_scheme_ == "argon2id" ? auth::Scheme::argon2id : auth::Scheme::scram_sha_256;
  store.directory = data + "/store";
  accounts.parse_guard_file = store.directory + "/parsing";
  if (accounts.retention_free_bytes_min == 0) accounts.retention_free_bytes_min = 2 * store.free_bytes_min;
  auth.external = !tls.client_authorities_file.empty();
  for (std::string* file :
       {&auth.oauth.keys_file, &auth.oauth.introspection_secret_file, &auth.oauth.introspection_authorities_file}) {
    if (!file->empty()) *file = std::filesystem::absolute(*file);
  }
  imap.token_scope = auth.oauth.scope;
  imap.discovery_url = auth.oauth.discovery_url;
  imap.host_name = server.host_name;
  lmtp.host_name = server.host_name;
  lmtp.local_domains.push_back(server.host_name);
  lmtp.message_bytes_max = accounts.message_bytes_max;
  lmtp.shared_body_bytes_min = accounts.inline_body_bytes_max;
  if (auth.scheme == auth::Scheme::argon2id && (auth.scram_sha_1 || auth.cram_md5)) {
    return options_.wrong(auth.cram_md5 ? "auth.cram_md5" : "auth.scram_sha_1", "needs auth.scheme scram-sha-256");
  }
  ROOST_TRY_VOID(auth::check(auth));
  return imapd::check_imapd(imap);
}

std::string config_path(const std::string& given, const std::string& data) {
  if (!given.empty()) return given;
  std::string implied = data + "/roost.toml";
  return std::filesystem::exists(implied) ? implied : "";
}

}  // namespace roost::main
