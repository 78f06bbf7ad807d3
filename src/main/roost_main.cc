// The one program: the server, its auth child, and the command line.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "admin/command_line.h"
#include "admin/control_client.h"
#include "admin/verbs.h"
#include "auth/server.h"
#include "base/log.h"
#include "main/backup.h"
#include "main/config.h"
#include "main/offline.h"
#include "main/serve.h"

namespace roost::main {
namespace {

struct Typed {
  std::string data;
  std::string config_file;
  std::vector<std::string> imap;
  std::vector<std::string> imaps;
  std::vector<std::string> lmtp;
  std::string tls_cert;
  std::string tls_key;
};

int say_failure(const Error& error) {
  fmt::print(stderr, "{}\n", admin::as_sentence(error.text));
  return admin::kFailed;
}

Result<> read_config(Config& config, const Typed& typed) {
  std::string path = config_path(typed.config_file, typed.data);
  if (!path.empty()) ROOST_TRY_VOID(config.options().read_file(path));
  OptionTable& options = config.options();
  if (!typed.imap.empty() || !typed.imaps.empty() || !typed.lmtp.empty()) {
    config.listen.imap = typed.imap;
    config.listen.imaps = typed.imaps;
    config.listen.lmtp = typed.lmtp;
    options.set_by("listen.imap", "--imap");
    options.set_by("listen.imaps", "--imaps");
    options.set_by("listen.lmtp", "--lmtp");
  }
  if (!typed.tls_cert.empty() || !typed.tls_key.empty()) {
    config.tls.certificate_file = typed.tls_cert;
    config.tls.key_file = typed.tls_key;
    options.set_by("tls.certificate_file", "--tls-cert");
    options.set_by("tls.key_file", "--tls-key");
  }
  return config.finish(typed.data);
}

log::Level level_of(const std::string& word) {
  if (word == "debug") return log::Level::debug;
  if (word == "warn") return log::Level::warn;
  return word == "error" ? log::Level::error : log::Level::info;
}

int run_serve(const Typed& typed) {
  Config config;
  if (auto read = read_config(config, typed); !read) return say_failure(read.error());
  log::configure(level_of(config.server.log_level),
                 config.server.log_format == "json" ? log::Format::json : log::Format::text);
  return serve(config);
}

// What reads and writes files beside the data directory, where a server could not.
int run_with_files(const Typed& typed, const std::string& socket, const admin::Request& request) {
  Config config;
  if (auto read = read_config(config, typed); !read) return say_failure(read.error());
  log::configure(log::Level::error, log::Format::text);
  return request.verb == "backup" ? run_backup(config, socket, request) : run_restore(config, socket, request);
}

// The server, if one is up, runs the verb; otherwise this process does.
int run_verb(const Typed& typed, const admin::Request& request) {
  std::string socket = std::filesystem::absolute(typed.data).lexically_normal().string() + "/control.sock";
  if (request.verb == "backup" || request.verb == "restore") return run_with_files(typed, socket, request);
  auto sent = admin::send_request(socket, request);
  if (!sent) return say_failure(sent.error());
  if (*sent) return **sent;
  Config config;
  if (auto read = read_config(config, typed); !read) return say_failure(read.error());
  log::configure(log::Level::error, log::Format::text);
  return run_offline(config, request);
}

int run_config_check(const Typed& typed) {
  Config config;
  if (auto read = read_config(config, typed); !read) return say_failure(read.error());
  std::string path = config_path(typed.config_file, typed.data);
  fmt::print("{} is fine.\n", path.empty() ? "The default configuration" : path);
  return admin::kOk;
}

// --help and --version end here too.
int say_usage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    app.exit(error);
    return admin::kOk;
  }
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  std::string name = at->get_parent() == nullptr ? "" : at->get_name() + " ";
  if (at->get_parent() != nullptr && at->get_parent() != &app) name = at->get_parent()->get_name() + " " + name;
  std::string what = error.what();
  std::vector<std::string> unknown = app.remaining(true);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !unknown.empty()) {
    bool option = unknown.front().starts_with('-');
    what = fmt::format("There is no {} '{}'", option ? "option" : "command",
                       option ? unknown.front() : name + unknown.front());
  }
  fmt::print(stderr, "{} See roost {}--help.\n", admin::as_sentence(what), name);
  return admin::kUsage;
}

int run(int argc, char** argv) {
  Typed typed;
  CLI::App app{"Roost, an IMAP server"};
  app.name("roost");
  app.set_version_flag("--version", "roost 0.1.0");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--data", typed.data, "The data directory.")->envname("ROOST_DATA")->type_name("DIR");
  app.add_option("--config", typed.config_file, "The configuration; DIR/roost.toml if there is one.")
      ->type_name("FILE");

  CLI::App* serve_command = app.add_subcommand("serve", "Run the server in the foreground.");
  serve_command->fallthrough();
  serve_command->add_option("--imap", typed.imap, "Serve IMAP there.")->type_name("ADDR:PORT")->allow_extra_args(false);
  serve_command->add_option("--imaps", typed.imaps, "Serve IMAP over TLS there.")
      ->type_name("ADDR:PORT")
      ->allow_extra_args(false);
  serve_command->add_option("--lmtp", typed.lmtp, "Serve LMTP there.")
      ->type_name("ADDR:PORT|unix:PATH")
      ->allow_extra_args(false);
  serve_command->add_option("--tls-cert", typed.tls_cert, "The certificate and its chain (PEM).")->type_name("FILE");
  serve_command->add_option("--tls-key", typed.tls_key, "Its key (PEM).")->type_name("FILE");

  CLI::App* config_command = app.add_subcommand("config", "The configuration.");
  config_command->require_subcommand(1);
  config_command->fallthrough();
  CLI::App* check_command = config_command->add_subcommand("check", "Check it, and name the line of a mistake.");
  check_command->fallthrough();
  CLI::App* template_command =
      config_command->add_subcommand("template", "Print a configuration file with every option and its default.");

  admin::CommandLine verbs(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return say_usage(app, e);
  }

  if (template_command->parsed()) {
    fmt::print("{}", Config().options().to_toml());
    return admin::kOk;
  }
  if (check_command->parsed() && !typed.config_file.empty() && typed.data.empty()) typed.data = ".";
  if (typed.data.empty()) {
    fmt::print(stderr, "Where is the data directory? Give --data DIR, or set ROOST_DATA.\n");
    return admin::kUsage;
  }
  if (serve_command->parsed()) return run_serve(typed);
  if (check_command->parsed()) return run_config_check(typed);
  auto request = verbs.request();
  if (!request) {
    fmt::print(stderr, "{}.\n", request.error().text);
    return admin::kUsage;
  }
  return run_verb(typed, **request);
}

}  // namespace
}  // namespace roost::main

int main(int argc, char** argv) {
  // The server starts itself again as its auth child, with their socket as descriptor 3.
  if (argc == 2 && std::string_view(argv[1]) == "auth") ::_exit(roost::auth::run_auth_child(3));
  try {
    return roost::main::run(argc, argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return roost::admin::kFailed;
  }
}
