// XAPPLEPUSHSERVICE: a device registers to be woken when mail arrives. Who wakes it is push/pusher.h.
#include <string_view>
#include <utility>

#include "imap/apple_push.h"
#include "imapd/features/all.h"
#include "imapd/features/own_changes.h"
#include "imapd/session.h"
#include "push/registration.h"

namespace roost::imapd {
namespace {

constexpr std::string_view kVersion = "2";
constexpr std::string_view kSubtopic = "com.apple.mobilemail";
constexpr uint64_t kNamesLiteralBytesMax = 64 * 1024;

bool offers_apple_push(const Session& session) { return !session.config().apple_push_topic.empty(); }

Result<push::Registration> registration_of(Session& session, imap::ApplePush& asked) {
  if (asked.version != kVersion) return no(Code::cannot, "Only version 2 is known.");
  if (asked.subtopic != kSubtopic) return no(Code::cannot, "That is not the Mail app's subtopic.");
  push::Registration registration{.registered = session.stream().loop().clock().wall().seconds,
                                  .account_id = std::move(asked.account_id),
                                  .device_token = std::move(asked.device_token)};
  for (imap::ApplePush::Mailbox& mailbox : asked.mailboxes) {
    registration.mailboxes.push_back({std::move(mailbox.name), std::move(mailbox.spelled)});
  }
  return push::checked(std::move(registration));
}

task<Result<Completion>> run_apple_push(Session& session, imap::Command& command) {
  if (!offers_apple_push(session)) co_return bad("XAPPLEPUSHSERVICE is not offered.");
  ROOST_CO_TRY(push::Registration registration, registration_of(session, std::get<imap::ApplePush>(command.body)));
  ROOST_CO_TRY(auto plan, push::plan_registration(*session.account().snapshot(), session.account().id(), registration,
                                                  session.config().apple_push));
  if (plan) {
    ROOST_CO_TRY(mail::OperationResult result, co_await session.account().execute(*std::move(plan)));
    const auto& set = std::get<mail::MetadataSet>(result);
    if (set.too_many) co_return no(Code::limit, "There are too many annotations already.");
    note_own_metadata(session, session.account().id(), set.modseq);
  }
  imap::write_apple_push(session.buffer(), session.config().apple_push_topic);
  co_return done("XAPPLEPUSHSERVICE completed.");
}

constexpr Capability kCapabilities[] = {{"XAPPLEPUSHSERVICE", kLoggedIn, offers_apple_push}};

constexpr CommandRow kCommands[] = {
    {imap::Verb::xapplepushservice, kLoggedIn, Hazard::breaks, kNamesLiteralBytesMax, kSmallCommandBytes,
     run_apple_push},
};

}  // namespace

constinit const Feature kApplePush = {.name = "apple_push", .capabilities = kCapabilities, .commands = kCommands};

}  // namespace roost::imapd
