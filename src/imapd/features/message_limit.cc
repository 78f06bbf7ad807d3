// MESSAGELIMIT and SAVELIMIT (RFC 9738). Announced and enforced only where the configuration sets a limit: clients that
// do not know the extension take what they get for all there is.
#include "imapd/features/message_limit.h"

#include "imap/response.h"
#include "imapd/features/all.h"

namespace roost::imapd {
namespace {

void announce(const Session& session, std::vector<std::string>& capabilities) {
  if (session.state() == State::not_authenticated) return;
  const ImapdConfig& config = session.config();
  if (config.messages_per_command_max != 0) {
    capabilities.push_back("MESSAGELIMIT=" + std::to_string(config.messages_per_command_max));
  }
  if (config.messages_saved_max != 0) capabilities.push_back("SAVELIMIT=" + std::to_string(config.messages_saved_max));
}

}  // namespace

Limited limit_messages(const Session& session, UidSet uids) {
  uint32_t messages_max = session.config().messages_per_command_max;
  if (messages_max == 0 || uids.count() <= messages_max) return {.uids = std::move(uids), .lowest = std::nullopt};
  UidSet highest = part_of(uids, {.first = 1, .last = messages_max, .from_end = true});
  Uid lowest = *highest.first();
  return {.uids = std::move(highest), .lowest = lowest};
}

// No deeper than imap::kSearchDepthMax: the parser saw to it.
UidSet searched(const View& view, const imap::SearchKey& key) {
  using Op = imap::SearchKey::Op;
  if (key.op == Op::numbers || key.op == Op::uids) {
    Result<UidSet> named = view.resolve_search(key.set, key.op == Op::uids);
    return named ? *std::move(named) : view.all();
  }
  UidSet all = view.all();
  if (key.op != Op::and_) return all;
  for (const imap::SearchKey& child : key.children) {
    if (child.op == Op::numbers || child.op == Op::uids) all = all.intersect(searched(view, child));
  }
  return all;
}

Completion too_many_messages(uint32_t messages_max, std::optional<Uid> lowest) {
  return refusal(imap::code_message_limit(messages_max, lowest), "Too many messages: try fewer.");
}

void say_limit(Session& session, const Limited& messages, Result<Completion>& reply) {
  if (!messages.lowest) return;
  imap::ResponseCode code = imap::code_message_limit(session.config().messages_per_command_max, messages.lowest);
  if (reply && reply->condition == imap::Condition::ok && reply->code.empty()) {
    reply->code = std::move(code);
  } else {
    imap::write_untagged(session.buffer(), imap::Condition::no, code, "Only the last of the messages.");
  }
}

constinit const Feature kMessageLimit = {.name = "message_limit", .announce = announce};

}  // namespace roost::imapd
