#include "imapd/features/appending.h"

namespace roost::imapd {
namespace {

mail::InternalDate date_of(const imap::AppendMessage& message, Session& session) {
  if (!message.date) return {.seconds = session.stream().loop().clock().wall().seconds};
  return {.seconds = message.date->utc.seconds, .zone_minutes = message.date->zone_minutes};
}

}  // namespace

task<Result<std::vector<mail::NewMessage>>> take_messages(Session& session, imap::Append& append) {
  ROOST_CO_TRY(std::vector<mail::NewMessage> messages, co_await session.append_intake().finish(append));
  for (size_t i = 0; i < append.messages.size(); ++i) {
    messages[i].flags = append.messages[i].flags.system;
    messages[i].keywords = std::move(append.messages[i].flags.keywords);
    messages[i].internal_date = date_of(append.messages[i], session);
  }
  co_return messages;
}

}  // namespace roost::imapd
