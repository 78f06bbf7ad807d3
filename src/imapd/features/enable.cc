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

// Turns it on. Null: there is nothing of that name that could be turned on.
const Enabling* enable_by_feature(Session& session, std::string_view name) {
  for (const Feature* feature : all_features()) {
    for (const Enabling& known : feature->enables) {
      if (!equals_ignoring_case(known.name, name)) continue;
      feature->enable(session, known.name);
      return &known;
    }
  }
  return nullptr;
}

task<Result<Completion>> run_enable(Session& session, imap::Command& command) {
  const Modes before = session.modes();
  std::vector<std::string> enabled;
  for (const std::string& name : std::get<imap::Enable>(command.body).capabilities) {
    const Enabling* known = enable_by_feature(session, name);
    // RFC 5161 3.1: what this command enabled, not what was enabled before.
    if (known == nullptr || before.*known->mode) continue;
    if (std::ranges::find(enabled, known->name) == enabled.end()) enabled.emplace_back(known->name);
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
