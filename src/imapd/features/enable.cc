// ENABLE (RFC 5161). What it can turn on is what the features' `enables` say; other names turn on nothing, without an
// error.
#include <algorithm>

#include "base/flags.h"
#include "imap/response.h"
#include "imapd/features.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

// The name as it is announced; empty: there is nothing of that name that could be turned on.
std::string_view enable_by_feature(Session& session, std::string_view name) {
  for (const Feature* feature : all_features()) {
    for (std::string_view known : feature->enables) {
      if (!equals_ignoring_case(known, name)) continue;
      feature->enable(session, known);
      return known;
    }
  }
  return {};
}

task<Result<Completion>> run_enable(Session& session, imap::Command& command) {
  std::vector<std::string> enabled;
  for (const std::string& name : std::get<imap::Enable>(command.body).capabilities) {
    std::string_view known = enable_by_feature(session, name);
    if (!known.empty() && std::ranges::find(enabled, known) == enabled.end()) enabled.emplace_back(known);
  }
  imap::write_enabled(session.buffer(), enabled);
  co_return done("ENABLE completed.");
}

constexpr Capability kCapabilities[] = {{"ENABLE"}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::enable, kAuthenticated, Hazard::breaks, 0, kSmallCommandBytes, run_enable},
};

}  // namespace

constinit const Feature kEnable = {.name = "enable", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
