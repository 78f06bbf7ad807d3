// What a client does to change something, and what the server says that became of it.
#include <fmt/format.h>

#include <algorithm>

#include "client.h"

namespace roost::simulation {
namespace {

const std::vector<std::string> kNames = {"INBOX", "INBOX", "a", "b", "a/x", "a/y", "b/x/z"};
const std::vector<std::string> kFlags = {"\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "\\Deleted", "$one", "$two"};

SystemFlags system_flags(const FlagNames& names) {
  SystemFlags flags;
  if (names.contains("\\Seen")) flags |= SystemFlag::seen;
  if (names.contains("\\Flagged")) flags |= SystemFlag::flagged;
  if (names.contains("\\Answered")) flags |= SystemFlag::answered;
  if (names.contains("\\Deleted")) flags |= SystemFlag::deleted;
  return flags;
}

std::vector<std::string> keywords(const FlagNames& names) {
  std::vector<std::string> words;
  std::ranges::copy_if(names, std::back_inserter(words), [](const std::string& name) { return name.starts_with('$'); });
  return words;
}

std::string spell(const FlagNames& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : " ") + name;
  return list;
}

FlagNames lower(const FlagNames& names) {
  FlagNames out;
  for (std::string name : names) {
    for (char& c : name) c = to_lower_ascii(c);
    out.insert(name);
  }
  return out;
}

// What a client that is told nothing takes the flags to be.
FlagNames predicted(FlagNames before, mail::StoreHow how, const FlagNames& named) {
  if (how == mail::StoreHow::replace) return named;
  for (const std::string& name : named) {
    if (how == mail::StoreHow::add) {
      before.insert(name);
    } else {
      before.erase(name);
    }
  }
  return before;
}

}  // namespace

const mail::ModelMessage* find_message(const mail::Model& model, uint32_t uidvalidity, uint32_t uid) {
  for (const auto& [name, mailbox] : model.mailboxes) {
    if (mailbox.uidvalidity.value != uidvalidity) continue;
    auto found = std::ranges::find(mailbox.messages, Uid(uid), &mail::ModelMessage::uid);
    return found == mailbox.messages.end() ? nullptr : &*found;
  }
  return nullptr;
}

const std::string& Client::any_name() { return kNames[dice_.below(kNames.size())]; }

FlagNames Client::any_flags() {
  FlagNames flags;
  for (uint64_t count = dice_.below(3); count > 0; --count) flags.insert(dice_.pick(kFlags));
  return flags;
}

// Some of the messages whose UIDs are known, by UIDs or by numbers.
std::optional<Client::Chosen> Client::choose(size_t count_max) {
  if (!view_ || !connection_) return std::nullopt;
  Chosen chosen;
  chosen.by_uid = dice_.chance(60);
  size_t count = dice_.between(1, count_max);
  for (size_t i = 0; i < view_->entries.size() && chosen.entries.size() < count; ++i) {
    Entry& entry = view_->entries[i];
    if (!entry.uid || !dice_.chance(40)) continue;
    chosen.entries.push_back(&entry);
    chosen.uids.append(Uid(*entry.uid));
    chosen.set += fmt::format("{}{}", chosen.set.empty() ? "" : ",", chosen.by_uid ? *entry.uid : i + 1);
  }
  if (chosen.entries.empty()) return std::nullopt;
  return chosen;
}

// --- new messages ---

// Its octets are its own, so that every copy of it can be told.
mail::NewMessage Client::new_message() {
  Contents& contents = stage_.contents();
  size_t size = dice_.chance(80) ? dice_.below(150) : dice_.below(3'000);
  std::string text = fmt::format("Subject: m{}\r\n\r\n{}", contents.size(), std::string(size, 'x'));
  FlagNames flags = any_flags();
  mail::NewMessage message{.flags = system_flags(flags),
                           .keywords = keywords(flags),
                           .internal_date = {},
                           .size = text.size(),
                           .body = nullptr,
                           .blob = {},
                           .card = std::make_shared<const Bytes>(std::to_string(contents.size())),
                           .email_id = {},
                           .thread_id = {}};
  contents.push_back({std::move(text), false});
  return message;
}

std::string Client::literal(const mail::NewMessage& message) const {
  const std::string& text = stage_.contents()[std::stoull(*message.card)].octets;
  FlagNames flags(message.keywords.begin(), message.keywords.end());
  for (const std::string& flag : kFlags) {
    if (!(message.flags & system_flags({flag})).empty()) flags.insert(flag);
  }
  return fmt::format("({}) {{{}+}}\r\n{}", spell(flags), text.size(), text);
}

task<> Client::append() {
  std::string name = any_name();
  mail::Append operation{name, {}};
  std::string line = "APPEND " + name;
  for (uint64_t count = dice_.chance(75) ? 1 : dice_.between(2, 3); count > 0; --count) {
    operation.messages.push_back(new_message());
    line += " " + literal(operation.messages.back());
  }
  AttemptPtr attempt = ask(std::move(operation));
  Answer answer = co_await command(std::move(line));
  resolve(attempt, answer);
  check_arrivals(attempt, answer);
}

task<> Client::replace() {
  auto chosen = choose(1);
  if (!chosen || read_only_) co_return;
  std::string name = any_name();
  mail::NewMessage message = new_message();
  std::string line =
      fmt::format("{}REPLACE {} {} {}", chosen->by_uid ? "UID " : "", chosen->set, name, literal(message));
  AttemptPtr attempt = ask(mail::Replace{selected(), *chosen->uids.first(), name, std::move(message)});
  Answer answer = co_await command(std::move(line));
  resolve(attempt, answer);
  check_arrivals(attempt, answer);
}

// RFC 4315 3: the UIDs that the server says the messages have got.
void Client::check_arrivals(const AttemptPtr& attempt, const Answer& answer) {
  std::string told = answer.code.starts_with("APPENDUID ") ? answer.code.substr(10) : answer.uids;
  if (!answer.ok() || !attempt->version || told.empty()) return;
  auto uidvalidity = static_cast<uint32_t>(std::stoul(told));
  std::set<uint32_t> uids = parse_uids(told.substr(told.find(' ') + 1));
  const auto* append = std::get_if<mail::Append>(&attempt->operation);
  const auto* replace = std::get_if<mail::Replace>(&attempt->operation);
  std::vector<mail::NewMessage> sent = append != nullptr ? append->messages : std::vector{replace->message};
  bool right = uids.size() == sent.size();
  size_t at = 0;
  for (uint32_t uid : uids) {
    const mail::ModelMessage* message = find_message(*attempt->after, uidvalidity, uid);
    right = right && message != nullptr && message->card == *sent[at++].card;
  }
  if (!right) fail("APPENDUID names other messages: " + told);
}

// --- messages that are there ---

task<> Client::store() {
  auto chosen = choose(4);
  if (!chosen || read_only_) co_return co_await noop();
  auto how = static_cast<mail::StoreHow>(dice_.below(3));
  FlagNames flags = any_flags();
  bool silent = dice_.chance(40);
  mail::Store operation{selected(), chosen->uids, how, system_flags(flags), keywords(flags), std::nullopt};
  std::string condition;
  if (qresync_ && chosen->entries.front()->modseq && dice_.chance(40)) {
    operation.unchanged_since = ModSeq(*chosen->entries.front()->modseq);
    condition = fmt::format(" (UNCHANGEDSINCE {})", operation.unchanged_since->value);
  }
  std::map<uint32_t, FlagNames> predictions;
  if (silent) {
    for (Entry* entry : chosen->entries) {
      if (!entry->flags) continue;
      predictions[*entry->uid] = predicted(*std::exchange(entry->flags, std::nullopt), how, lower(flags));
    }
  }
  constexpr const char* kHow[] = {"FLAGS", "+FLAGS", "-FLAGS"};
  AttemptPtr attempt = ask(std::move(operation));
  Answer answer =
      co_await command(fmt::format("{}STORE {}{} {}{} ({})", chosen->by_uid ? "UID " : "", chosen->set, condition,
                                   kHow[static_cast<size_t>(how)], silent ? ".SILENT" : "", spell(flags)));
  resolve(attempt, answer);
  if (!view_) co_return;
  if (!answer.ok()) co_return co_await fetch_flags();
  // Nothing was said of them, so they are as they must be.
  for (Entry& entry : view_->entries) {
    auto prediction = entry.uid ? predictions.find(*entry.uid) : predictions.end();
    if (!entry.flags && prediction != predictions.end()) entry.flags = prediction->second;
  }
}

task<> Client::expunge() {
  if (!view_ || read_only_) co_return co_await noop();
  std::optional<Chosen> chosen;
  if (dice_.chance(50)) chosen = choose(3);
  mail::Expunge operation{selected(), std::nullopt};
  std::string line = "EXPUNGE";
  if (chosen) {
    operation.only = chosen->uids;
    line = "UID EXPUNGE ";
    chosen->uids.for_each([&](Uid uid) { line += fmt::format("{}{}", line.ends_with(' ') ? "" : ",", uid.value); });
  }
  AttemptPtr attempt = ask(std::move(operation));
  resolve(attempt, co_await command(std::move(line)));
  check_view("after EXPUNGE");
}

task<> Client::close() {
  if (!view_) co_return;
  save_cache();
  MailboxId id = selected();
  view_.reset();
  if (read_only_ || dice_.chance(50)) {
    co_await command("UNSELECT");
    co_return;
  }
  AttemptPtr attempt = ask(mail::Expunge{id, std::nullopt});
  Answer answer = co_await command("CLOSE");
  // Of a mailbox that is gone it is a success, too.
  bool gone = std::ranges::none_of(history_.state().mailboxes, [id](const auto& m) { return m.second.id == id; });
  if (answer.ok() && !attempt->version && gone) co_return history_.settle(attempt);
  resolve(attempt, answer);
}

task<> Client::copy() {
  auto chosen = choose(3);
  if (!chosen) co_return;
  bool move = !read_only_ && dice_.chance(60);
  std::string name = any_name();
  AttemptPtr attempt = ask(mail::Copy{selected(), chosen->uids, name, move, !chosen->by_uid});
  Answer answer = co_await command(
      fmt::format("{}{} {} {}", chosen->by_uid ? "UID " : "", move ? "MOVE" : "COPY", chosen->set, name));
  resolve(attempt, answer);
  check_copies(attempt, answer);
  if (move) check_view("after MOVE");
}

// RFC 4315 3: each of the first UIDs has become the second one at its place.
void Client::check_copies(const AttemptPtr& attempt, const Answer& answer) {
  std::string told = answer.code.starts_with("COPYUID ") ? answer.code.substr(8) : answer.uids;
  if (!answer.ok() || !attempt->version || told.empty()) return;
  auto uidvalidity = static_cast<uint32_t>(std::stoul(told));
  size_t space = told.find(' ');
  size_t second = told.find(' ', space + 1);
  std::set<uint32_t> from = parse_uids(told.substr(space + 1, second - space - 1));
  std::set<uint32_t> to = parse_uids(told.substr(second + 1));
  MailboxId source = std::get<mail::Copy>(attempt->operation).from;
  bool right = from.size() == to.size();
  auto target = to.begin();
  for (const auto& [name, mailbox] : attempt->before->mailboxes) {
    if (mailbox.id != source) continue;
    for (uint32_t uid : from) {
      const mail::ModelMessage* old = find_message(*attempt->before, mailbox.uidvalidity.value, uid);
      const mail::ModelMessage* copied =
          target == to.end() ? nullptr : find_message(*attempt->after, uidvalidity, *target++);
      right = right && old != nullptr && copied != nullptr && old->email_id == copied->email_id;
    }
  }
  if (!right) fail("COPYUID names other messages: " + told);
}

// --- mailboxes ---

task<> Client::change_mailboxes() {
  std::string name = any_name();
  std::string other = any_name();
  switch (dice_.below(7)) {
    case 0:
    case 1:
    case 2: {
      AttemptPtr attempt = ask(mail::CreateMailbox{name, {}});
      co_return resolve(attempt, co_await command("CREATE " + name));
    }
    case 3: {
      AttemptPtr attempt = ask(mail::DeleteMailbox{name});
      resolve(attempt, co_await command("DELETE " + name));
      // Its own selected mailbox: nothing is selected any more (the server says CLOSED).
      if (view_ && history_.mailbox(history_.newest(), UidValidity(view_->uidvalidity)) == nullptr) {
        view_.reset();
        disconnect();
      }
      co_return;
    }
    case 4:
    case 5: {
      // Of INBOX, who looks from another node is told too little by VANISHED: docs/simulation.md.
      if (name == "INBOX" && stage_.plan().nodes > 1) name = "a";
      AttemptPtr attempt = ask(mail::RenameMailbox{name, other});
      co_return resolve(attempt, co_await command(fmt::format("RENAME {} {}", name, other)));
    }
    default: {
      bool on = dice_.chance(60);
      AttemptPtr attempt = ask(mail::Subscribe{name, on});
      co_return resolve(attempt, co_await command((on ? "SUBSCRIBE " : "UNSUBSCRIBE ") + name));
    }
  }
}

}  // namespace roost::simulation
