// ID (RFC 2971): who is there, for the log and for the curious; nothing depends on it.
#include <string>
#include <utility>

#include "base/flags.h"
#include "base/log.h"
#include "imap/response.h"
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

std::string field(const imap::Id& id, std::string_view name) {
  for (const auto& [key, value] : id.fields) {
    if (equals_ignoring_case(key, name)) return value.value_or("");
  }
  return {};
}

task<Result<Completion>> run_id(Session& session, imap::Command& command) {
  const auto& id = std::get<imap::Id>(command.body);
  if (!id.fields.empty()) {
    log::info(
        "client_id",
        {{"address", session.stream().peer().address}, {"name", field(id, "name")}, {"version", field(id, "version")}});
  }
  const std::pair<std::string, std::string> fields[] = {{"name", "Roost"}};
  imap::write_id(session.buffer(), fields);
  co_return done("ID completed.");
}

constexpr Capability kCapabilities[] = {{"ID"}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::id, kAnyState, Hazard::breaks, kNameLiteralBytesMax, kSmallCommandBytes, run_id},
};

}  // namespace

constinit const Feature kId = {.name = "id", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
