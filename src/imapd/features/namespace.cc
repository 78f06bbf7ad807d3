// NAMESPACE (RFC 2342): the personal one without a prefix, and that of what was; other users' mailboxes, and public
// ones if there are any.
#include "imap/list_response.h"
#include "imapd/features/all.h"
#include "imapd/history_tree.h"
#include "imapd/place.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

task<Result<Completion>> run_namespace(Session& session, imap::Command&) {
  std::vector<Bytes> personal = {""};
  if (Bytes history = history_prefix(session); !history.empty()) personal.push_back(std::move(history));
  const Bytes others[] = {Bytes(kOtherUsers)};
  std::vector<Bytes> shared;
  if (!session.config().shared_user.empty()) shared.emplace_back(kShared);
  imap::write_namespace(session.buffer(), personal, others, shared, session.dialect().utf8_names);
  co_return done("NAMESPACE completed.");
}

constexpr Capability kCapabilities[] = {{"NAMESPACE", kLoggedIn}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::namespace_, kLoggedIn, Hazard::breaks, 0, kSmallCommandBytes, run_namespace},
};

}  // namespace

constinit const Feature kNamespace = {.name = "namespace", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
