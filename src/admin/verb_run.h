// What every verb's function is handed, and how it says things.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "admin/verbs.h"

namespace roost::admin {

using Json = nlohmann::ordered_json;

struct VerbRun {
  Services& services;
  const Request& request;
  Output& output;

  const std::string& argument(size_t index) const { return request.arguments[index]; }

  // A line, or several, on standard output. Nothing where JSON was asked for.
  task<> say(std::string text);
  // The whole of the verb's JSON output, where it was asked for.
  task<> print(Json json);
  // `rows` under `titles` in aligned columns, or as a list of objects whose keys are the titles in lower case.
  task<> table(std::vector<std::string> titles, std::vector<std::vector<Json>> rows);

  // The open account of a login name.
  task<Result<accounts::AccountPtr>> account(std::string name);
};

struct Verb {
  VerbSyntax syntax;
  task<Result<>> (*run)(VerbRun run);
};

// Each file of verbs gives its own.
std::span<const Verb> user_verbs();
std::span<const Verb> app_password_verbs();
std::span<const Verb> quota_verbs();
std::span<const Verb> mailbox_verbs();
std::span<const Verb> acl_verbs();
std::span<const Verb> index_verbs();
std::span<const Verb> server_verbs();
std::span<const Verb> retention_verbs();
std::span<const Verb> backup_verbs();

// "2026-05-01 12:30:00" in UTC.
std::string format_time(int64_t seconds);

}  // namespace roost::admin
