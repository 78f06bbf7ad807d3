// What a client does to look, and what it must see.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "client.h"

namespace roost::simulation {
namespace {

constexpr Seconds kStaleMax{150};  // a node reads the log anew every 30 s, unless it waits for an answer of the store

std::string uid_list(const Cache& cache) {
  std::string list;
  for (const auto& [uid, flags] : cache.messages) list += fmt::format("{}{}", list.empty() ? "" : ",", uid);
  return list;
}

// What a resynchronisation from `since` on tells, where all messages were known (`among` is null) or these.
struct Told {
  std::map<uint32_t, FlagNames> changed;
  std::set<uint32_t> vanished;
};

Told difference(const mail::ModelMailbox& mailbox, uint64_t since, uint32_t uidnext, const Cache* among) {
  Told told;
  for (const mail::ModelMessage& message : mailbox.messages) {
    if (message.modseq.value <= since || message.uid.value >= uidnext) continue;
    if (among == nullptr || among->messages.contains(message.uid.value)) {
      told.changed[message.uid.value] = flag_names(message);
    }
  }
  for (auto [uid, modseq] : mailbox.gone) {
    if (modseq.value <= since) continue;
    if (among == nullptr || among->messages.contains(uid.value)) told.vanished.insert(uid.value);
  }
  return told;
}

}  // namespace

// --- versions ---

size_t Client::oldest_version() const {
  if (stage_.plan().has(Fault::unavailable)) return seen_;
  TimePoint oldest = stage_.loop().clock().now() - kStaleMax;
  size_t version = history_.newest();
  while (version > seen_ && history_.version(version).at > oldest) --version;
  return version;
}

template <class Fits>
bool Client::find_version(Fits fits) {
  for (size_t version = oldest_version(); version <= history_.newest(); ++version) {
    if (!fits(version)) continue;
    seen_ = version;
    return true;
  }
  return false;
}

void Client::check_view(std::string_view when) {
  if (!view_ || !connection_) return;
  bool found = find_version([&](size_t version) {
    const mail::ModelMailbox* mailbox = history_.mailbox(version, UidValidity(view_->uidvalidity));
    return mailbox != nullptr && view_->fits(*mailbox);
  });
  if (!found) fail(fmt::format("{} it sees what never was: {}", when, view_->text()));
}

void Client::save_cache() {
  if (!view_) return;
  if (auto cache = view_->cache()) caches_[mailbox_] = *std::move(cache);
}

// --- SELECT ---

task<> Client::select(std::string name) {
  save_cache();
  view_.reset();
  auto cached = caches_.find(name);
  if (qresync_ && cached != caches_.end()) co_return co_await resynchronise(name, Cache(cached->second));
  read_only_ = dice_.chance(10);
  view_.emplace();
  Answer answer = co_await command(fmt::format("{} {}", read_only_ ? "EXAMINE" : "SELECT", name));
  mailbox_ = name;
  if (answer.ok() && dice_.chance(85)) {
    answer = co_await command("UID FETCH 1:* (FLAGS)");
  } else if (!answer.ok()) {
    view_.reset();
  }
  check_view("after SELECT");
}

task<> Client::resynchronise(std::string name, const Cache& known) {
  Cache cache = known;
  read_only_ = dice_.chance(10);
  bool named = dice_.chance(50) && !cache.messages.empty();
  view_.emplace();
  view_->begin_resynchronising(cache);
  Answer answer =
      co_await command(fmt::format("{} {} (QRESYNC ({} {}{}{}))", read_only_ ? "EXAMINE" : "SELECT", name,
                                   cache.uidvalidity, cache.modseq, named ? " " : "", named ? uid_list(cache) : ""));
  mailbox_ = name;
  if (!answer.ok()) {
    view_.reset();
    co_return;
  }
  if (view_->uidvalidity != cache.uidvalidity || view_->modseq < cache.modseq) {
    view_->forget_cache();  // another mailbox; or a node that has not heard yet of what this client knows
  } else {
    check_resynchronisation(cache, named);
  }
  co_await fetch_what_is_new();
  if (!view_) co_return;
  if (auto wrong = view_->end_resynchronising(); !wrong.empty()) fail(wrong);
  check_view("after resynchronising");
}

task<> Client::fetch_what_is_new() {
  if (view_->resynchronised_all()) co_return;
  co_await command(fmt::format("UID FETCH {}:* (FLAGS)", view_->first_unknown_uid()));
}

// RFC 7162 3.2.5: the difference, and nothing else. `named`: only of the messages that the client named.
void Client::check_resynchronisation(const Cache& cache, bool named) {
  const Cache* among = named ? &cache : nullptr;
  auto fits = [&](size_t version) {
    const mail::ModelMailbox* mailbox = history_.mailbox(version, UidValidity(view_->uidvalidity));
    if (mailbox == nullptr) return false;
    Told told = difference(*mailbox, cache.modseq, view_->uidnext, among);
    // What goes while the answer is being made is told as an expunge of its own.
    return told.changed == view_->fetched && std::ranges::includes(told.vanished, view_->vanished_earlier);
  };
  size_t before = seen_;
  if (!find_version(fits)) return fail("QRESYNC told another difference");
  // The same without that: at the moment of SELECT it was exact.
  seen_ = before;
  auto exact = [&](size_t version) {
    const mail::ModelMailbox* mailbox = history_.mailbox(version, UidValidity(view_->uidvalidity));
    if (mailbox == nullptr || mailbox->highest.value != view_->modseq) return false;
    Told told = difference(*mailbox, cache.modseq, view_->uidnext, among);
    return std::ranges::includes(view_->vanished_earlier, told.vanished);
  };
  if (!find_version(exact)) fail("QRESYNC kept expunges to itself");
}

// --- the rest ---

task<> Client::noop() {
  Answer answer = co_await command("NOOP");
  if (answer.ok()) check_view("after NOOP");
}

task<> Client::idle() {
  std::string tag = fmt::format("T{}", ++tags_);
  std::shared_ptr<Connection> connection = connection_;
  stage_.trace().line(name_, tag + " IDLE");
  if (!co_await connection->send(tag + " IDLE\r\n")) co_return disconnect();
  Answer answer;
  for (std::string response; !response.starts_with("+ ");) {
    response = co_await connection->response();
    stage_.trace().line(name_, response);
    if (response.empty()) co_return disconnect();
    if (response.starts_with("* ")) hear(response, answer);
    if (response.starts_with(tag)) co_return;  // refused
  }
  co_await stage_.loop().sleep(Millis(dice_.below(40'000)));
  if (!co_await connection->send("DONE\r\n")) co_return disconnect();
  answer = co_await answer_to(std::move(tag));
  if (answer.ok()) check_view("after IDLE");
}

task<> Client::fetch_body() {
  auto chosen = choose(1);
  if (!chosen) co_return;
  bool marks = !read_only_ && dice_.chance(30);
  AttemptPtr attempt;
  if (marks) {
    attempt = ask(mail::Store{selected(), chosen->uids, mail::StoreHow::add, SystemFlag::seen, {}, std::nullopt});
  }
  uint32_t uid = chosen->uids.first()->value;
  uint32_t uidvalidity = view_->uidvalidity;
  view_->body.reset();
  std::string item = marks ? "BODY[]" : "BODY.PEEK[]";
  Answer answer = co_await command(fmt::format("{}FETCH {} ({})", chosen->by_uid ? "UID " : "", chosen->set, item));
  // FETCH gives what it can: NO says that something was not to be had, not that nothing was marked.
  if (attempt) answer.ok() && view_->body ? history_.settle(attempt) : history_.lose(attempt);
  if (!answer.ok()) co_return;
  auto is_it = [uid](const mail::ModelMessage& message) { return message.uid.value == uid; };
  for (size_t version = history_.newest() + 1; version-- > 0;) {
    const mail::ModelMailbox* mailbox = history_.mailbox(version, UidValidity(uidvalidity));
    if (mailbox == nullptr) continue;
    auto message = std::ranges::find_if(mailbox->messages, is_it);
    if (message == mailbox->messages.end()) continue;
    if (!view_->body && version == history_.newest()) fail(fmt::format("uid {} is there and has no body", uid));
    const Content& sent = history_.content(*message);
    bool same = view_->body && (sent.delivered ? view_->body->ends_with(sent.octets) : *view_->body == sent.octets);
    if (view_->body && !same) fail(fmt::format("uid {} has other octets", uid));
    co_return;
  }
}

task<> Client::fetch_flags() {
  if (!view_ || view_->entries.empty()) co_return;
  co_await command(fmt::format("FETCH 1:{} (UID FLAGS)", view_->entries.size()));
}

// The numbers behind their names in "* STATUS a (MESSAGES 3 UIDNEXT 4)".
task<> Client::status() {
  std::string name = any_name();
  Answer answer = co_await command(fmt::format("STATUS {} (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ UNSEEN)", name));
  if (!answer.ok() && answer.code != "NONEXISTENT") co_return;
  std::map<std::string, uint64_t> told;
  for (const std::string& response : answer.untagged) {
    if (!response.starts_with("* STATUS ")) continue;
    std::istringstream words(response.substr(response.find('(') + 1));
    std::string word;
    for (uint64_t number = 0; words >> word >> number;) told[word] = number;
  }
  bool found = find_version([&](size_t version) {
    const auto& mailboxes = history_.version(version).state->mailboxes;
    auto mailbox = mailboxes.find(name);
    if (mailbox == mailboxes.end() || mailbox->second.noselect) return !answer.ok();
    auto is_unseen = [](const mail::ModelMessage& message) { return !message.flags.has(SystemFlag::seen); };
    std::map<std::string, uint64_t> wanted = {{"MESSAGES", mailbox->second.messages.size()},
                                              {"UIDNEXT", mailbox->second.uidnext.value},
                                              {"UIDVALIDITY", mailbox->second.uidvalidity.value},
                                              {"HIGHESTMODSEQ", mailbox->second.highest.value},
                                              {"UNSEEN", std::ranges::count_if(mailbox->second.messages, is_unseen)}};
    return answer.ok() && told == wanted;
  });
  if (!found) fail("the status of " + name + " never was so");
}

task<> Client::list() {
  Answer answer = co_await command("LIST \"\" \"*\"");
  if (!answer.ok()) co_return;
  std::set<std::string> told;
  for (const std::string& response : answer.untagged) {
    if (!response.starts_with("* LIST ")) continue;
    std::string name = response.substr(response.rfind(' ') + 1);
    name.resize(name.size() - 2);
    if (name.starts_with('"')) name = name.substr(1, name.size() - 2);
    if (!name.starts_with("Other Users/")) told.insert(name);
  }
  bool found = find_version([&](size_t version) {
    const auto& mailboxes = history_.version(version).state->mailboxes;
    return told.size() == mailboxes.size() &&
           std::ranges::all_of(mailboxes, [&](const auto& entry) { return told.contains(entry.first); });
  });
  if (!found) fail("the list of mailboxes never was so");
}

}  // namespace roost::simulation
