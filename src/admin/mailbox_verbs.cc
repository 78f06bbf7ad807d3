// roost mailbox …, roost deliver: an account's mailboxes and what comes into them. Names are UTF-8 with "/" between
// levels, as users read them.
#include <fmt/format.h>

#include <array>

#include "admin/verb_run.h"

namespace roost::admin {
namespace {

task<Result<>> run_mailbox_list(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  mail::SnapshotPtr snapshot = account->snapshot();
  std::vector<std::vector<Json>> rows;
  snapshot->for_each_mailbox([&](const mail::Mailbox& mailbox) {
    std::string use;
    for (const std::string& u : mailbox.special_use()) use += (use.empty() ? "" : " ") + u;
    rows.push_back({mailbox.name(), mailbox.messages(), mailbox.unseen(), mailbox.bytes(),
                    snapshot->subscribed(mailbox.name()), mailbox.noselect() ? "noselect" : use});
    return true;
  });
  std::vector<std::string> titles = {"Name", "Messages", "Unseen", "Bytes", "Subscribed", "Use"};
  co_await run.table(std::move(titles), std::move(rows));
  co_return Result<>{};
}

task<Result<>> execute(VerbRun run, mail::Operation operation, std::string done) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  ROOST_CO_TRY_VOID(co_await account->execute(std::move(operation)));
  co_await run.say(std::move(done));
  co_return Result<>{};
}

task<Result<>> run_mailbox_create(VerbRun run) {
  mail::CreateMailbox create{run.argument(1), {}};
  if (auto use = run.request.options.find("special-use"); use != run.request.options.end()) {
    create.special_use.push_back(use->second);
  }
  return execute(run, std::move(create), fmt::format("Created {}.\n", run.argument(1)));
}

task<Result<>> run_mailbox_delete(VerbRun run) {
  return execute(run, mail::DeleteMailbox{run.argument(1)}, fmt::format("Deleted {}.\n", run.argument(1)));
}

task<Result<>> run_mailbox_rename(VerbRun run) {
  return execute(run, mail::RenameMailbox{run.argument(1), run.argument(2)},
                 fmt::format("Renamed {} to {}.\n", run.argument(1), run.argument(2)));
}

task<Result<>> run_mailbox_subscribe(VerbRun run) {
  return execute(run, mail::Subscribe{run.argument(1), true}, fmt::format("Subscribed to {}.\n", run.argument(1)));
}

task<Result<>> run_mailbox_unsubscribe(VerbRun run) {
  return execute(run, mail::Subscribe{run.argument(1), false}, fmt::format("Unsubscribed from {}.\n", run.argument(1)));
}

task<Result<>> run_mailbox_status(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  mail::SnapshotPtr snapshot = account->snapshot();
  auto mailbox = snapshot->find(run.argument(1));
  if (!mailbox) co_return no(Code::nonexistent, fmt::format("There is no mailbox '{}'", run.argument(1)));
  Json json = {{"name", mailbox->name()},
               {"messages", mailbox->messages()},
               {"unseen", mailbox->unseen()},
               {"deleted", mailbox->deleted()},
               {"bytes", mailbox->bytes()},
               {"uidnext", mailbox->uidnext().value},
               {"uidvalidity", mailbox->uidvalidity().value},
               {"highestmodseq", mailbox->highest_modseq().value},
               {"subscribed", snapshot->subscribed(mailbox->name())}};
  std::string text;
  for (const auto& [key, value] : json.items()) {
    text += fmt::format("{:<14} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  co_await run.say(std::move(text));
  co_await run.print(std::move(json));
  co_return Result<>{};
}

// Lines that end in a bare LF, as files have them, get the CR that mail asks for.
Bytes with_crlf(BytesView message) {
  Bytes out;
  out.reserve(message.size() + message.size() / 32);
  char before = '\0';
  for (char c : message) {
    if (c == '\n' && before != '\r') out += '\r';
    out += c;
    before = c;
  }
  return out;
}

task<Result<>> run_deliver(VerbRun run) {
  ROOST_CO_TRY(auto account, co_await run.account(run.argument(0)));
  Bytes message = with_crlf(run.request.input);
  ROOST_CO_TRY(auto upload, co_await account->upload(message.size()));
  ROOST_CO_TRY_VOID(co_await upload->write(std::move(message)));
  ROOST_CO_TRY(mail::NewMessage received, co_await upload->finish());
  received.internal_date.seconds = run.services.clock.wall().seconds;
  auto mailbox = run.request.options.find("mailbox");
  mail::Append append{mailbox == run.request.options.end() ? "INBOX" : mailbox->second, {}};
  append.messages.push_back(std::move(received));
  ROOST_CO_TRY(auto result, co_await account->execute(std::move(append)));
  const auto& appended = std::get<mail::Appended>(result);
  co_await run.say(fmt::format("Delivered as message {}.\n", appended.first.value));
  Json json = {{"uidvalidity", appended.uidvalidity.value}, {"uid", appended.first.value}};
  co_await run.print(std::move(json));
  co_return Result<>{};
}

constexpr std::array kCreateOptions = {
    OptionSyntax{"special-use", "USE", "What it is for: Archive, Drafts, Important, Junk, Sent or Trash."}};
constexpr std::array kDeliverOptions = {OptionSyntax{"mailbox", "MAILBOX", "Where to, if not INBOX."}};

constexpr std::array kVerbs = {
    Verb{{"mailbox list", "ACCOUNT", {}, "List an account's mailboxes with what is in them."}, run_mailbox_list},
    Verb{{"mailbox status", "ACCOUNT MAILBOX", {}, "Show one mailbox's counters."}, run_mailbox_status},
    Verb{{"mailbox create", "ACCOUNT MAILBOX", kCreateOptions, "Create a mailbox."}, run_mailbox_create},
    Verb{{"mailbox delete", "ACCOUNT MAILBOX", {}, "Delete a mailbox and its mail, not its children."},
         run_mailbox_delete},
    Verb{{"mailbox rename", "ACCOUNT MAILBOX NEW-NAME", {}, "Rename a mailbox and its children."}, run_mailbox_rename},
    Verb{{"mailbox subscribe", "ACCOUNT MAILBOX", {}, "Subscribe to a mailbox."}, run_mailbox_subscribe},
    Verb{{"mailbox unsubscribe", "ACCOUNT MAILBOX", {}, "Unsubscribe from a mailbox."}, run_mailbox_unsubscribe},
    Verb{{"deliver", "ACCOUNT", kDeliverOptions, "Deliver one message, read from standard input, to INBOX or MAILBOX.",
          Reads::message},
         run_deliver},
};

}  // namespace

std::span<const Verb> mailbox_verbs() { return kVerbs; }

}  // namespace roost::admin
