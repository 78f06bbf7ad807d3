#include "admin/command_line.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <sstream>

#include "admin/verbs.h"

namespace roost::admin {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// What stands for each argument that a verb's syntax names.
std::string_view argument_help(std::string_view name) {
  constexpr std::array<std::array<std::string_view, 2>, 6> kHelp{
      {{"NAME", "The name that the user logs in with; alice and alice@example.org are two users."},
       {"DEVICE", "What the password is for, as its user calls it: Phone."},
       {"ACCOUNT", "The name that the account's user logs in with."},
       {"MAILBOX", "The mailbox's name in UTF-8, with / between the levels: Work/2026."},
       {"DIR", "The directory that the backups lie in, each in one of its own."},
       {"NEW-NAME", "What it shall be called; levels above it that do not exist are made."}}};
  for (const auto& [known, help] : kHelp)
    if (known == name) return help;
  return {};
}

// Switches the terminal's echo off while it lives.
class NoEcho {
 public:
  NoEcho() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

 private:
  termios before_{};
};

std::string ask_without_echo(const char* prompt) {
  std::cerr << prompt << std::flush;
  std::string line;
  {
    NoEcho silent;
    std::getline(std::cin, line);
  }
  std::cerr << '\n';
  return line;
}

Result<std::string> read_password(bool from_standard_input) {
  std::string password;
  if (from_standard_input) {
    std::getline(std::cin, password);
    if (!password.empty() && password.back() == '\r') password.pop_back();
  } else if (::isatty(STDIN_FILENO) != 0) {
    password = ask_without_echo("Password: ");
    if (ask_without_echo("Again: ") != password) return bad("The passwords differ");
  } else {
    return bad("Give --password-stdin, or type the password at a terminal");
  }
  if (password.empty()) return bad("The password is empty");
  return password;
}

Result<Bytes> read_message() {
  Bytes message;
  char piece[64 * 1024];
  for (size_t n = 0; (n = std::fread(piece, 1, sizeof piece, stdin)) > 0;) {
    message.append(piece, n);
    if (message.size() > kInputBytesMax) return bad("The message is larger than 16 MiB; deliver it by LMTP");
  }
  if (message.empty()) return bad("There is no message on standard input");
  return message;
}

CLI::App* child_of(CLI::App& parent, const std::string& name, const std::string& help) {
  for (CLI::App* existing : parent.get_subcommands([](CLI::App*) { return true; })) {
    if (existing->get_name() == name) return existing;
  }
  CLI::App* child = parent.add_subcommand(name, help);
  child->fallthrough();
  return child;
}

std::string group_help(const std::string& group) {
  if (group == "user") return "Who may log in.";
  if (group == "app-password") return "Passwords for one device each.";
  if (group == "index") return "The search index of an account.";
  return "The mailboxes of an account.";
}

}  // namespace

struct CommandLine::Typed {
  Typed(const VerbSyntax& s, CLI::App* a);

  VerbSyntax syntax;
  CLI::App* app;
  std::vector<std::string> arguments;  // by position
  std::map<std::string, std::string> values;
  std::map<std::string, bool> switches;
  bool json = false;
  bool password_stdin = false;
};

CommandLine::Typed::Typed(const VerbSyntax& s, CLI::App* a) : syntax(s), app(a) {
  app->fallthrough();
  std::vector<std::string> names = words_of(syntax.arguments);
  arguments.resize(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    bool optional = names[i].front() == '[';
    std::string name = optional ? names[i].substr(1, names[i].size() - 2) : names[i];
    app->add_option(name, arguments[i], std::string(argument_help(name)))->type_name("")->required(!optional);
  }
  for (const OptionSyntax& option : syntax.options) {
    std::string name(option.name);
    if (option.value.empty()) {
      app->add_flag("--" + name, switches[name], std::string(option.help));
    } else {
      app->add_option("--" + name, values[name], std::string(option.help))->type_name(std::string(option.value));
    }
  }
  app->add_flag("--json", json, "Print JSON.");
  if (syntax.reads == Reads::password) {
    app->add_flag("--password-stdin", password_stdin, "Read the password from standard input.");
  }
}

CommandLine::CommandLine(CLI::App& app) {
  for (const VerbSyntax& syntax : verb_syntaxes()) {
    std::vector<std::string> path = words_of(syntax.verb);
    CLI::App* parent = &app;
    for (size_t i = 0; i + 1 < path.size(); ++i) {
      parent = child_of(*parent, path[i], group_help(path[i]));
      parent->require_subcommand(1);
    }
    typed_.push_back(std::make_unique<Typed>(syntax, parent->add_subcommand(path.back(), std::string(syntax.help))));
  }
}

CommandLine::~CommandLine() = default;

Result<std::optional<Request>> CommandLine::request() const {
  for (const auto& typed : typed_) {
    if (!typed->app->parsed()) continue;
    Request request;
    request.verb = typed->syntax.verb;
    for (const std::string& argument : typed->arguments) {
      if (!argument.empty()) request.arguments.push_back(argument);
    }
    for (const auto& [name, value] : typed->values) {
      if (!value.empty()) request.options[name] = value;
    }
    for (const auto& [name, on] : typed->switches) {
      if (on) request.options[name] = "";
    }
    request.json = typed->json;
    if (typed->syntax.reads == Reads::password) {
      ROOST_TRY(request.input, read_password(typed->password_stdin));
    }
    if (typed->syntax.reads == Reads::message) {
      ROOST_TRY(request.input, read_message());
    }
    return std::optional<Request>(std::move(request));
  }
  return std::optional<Request>();
}

}  // namespace roost::admin
