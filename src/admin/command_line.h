// The verbs as subcommands of the program, and what was typed as a Request.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "admin/request.h"

namespace roost::admin {

class CommandLine {
 public:
  // Adds `user add`, `mailbox list`, … below `app`. The CommandLine must live until the command line is parsed.
  explicit CommandLine(CLI::App& app);
  ~CommandLine();

  // The verb that was typed, once `app` has parsed; nothing if it was none of these. Asks for a password where the
  // verb needs one: from standard input with --password-stdin, else at the terminal, twice.
  Result<std::optional<Request>> request() const;

 private:
  struct Typed;
  std::vector<std::unique_ptr<Typed>> typed_;
};

}  // namespace roost::admin
