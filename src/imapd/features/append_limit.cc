// APPENDLIMIT (RFC 7889): one limit for all mailboxes, told in CAPABILITY and in STATUS.
#include "imapd/features/all.h"
#include "imapd/session.h"

namespace roost::imapd {
namespace {

void announce_limit(const Session& session, std::vector<std::string>& capabilities) {
  if (session.state() == State::not_authenticated) return;
  uint64_t bytes_max = session.services().accounts.config().message_bytes_max;
  capabilities.push_back("APPENDLIMIT=" + std::to_string(bytes_max));
}

constexpr bool imap::Dialect::* kGrammar[] = {&imap::Dialect::append_limit};

}  // namespace

constinit const Feature kAppendLimit = {.name = "append_limit", .announce = announce_limit, .grammar = kGrammar};

}  // namespace roost::imapd
