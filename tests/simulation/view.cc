#include "view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace roost::simulation {
namespace {

uint64_t number_at(std::string_view text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The number behind `word`; 0 where it is not there.
uint64_t number_after(std::string_view text, std::string_view word) {
  size_t at = text.find(word);
  return at == std::string_view::npos ? 0 : number_at(text.substr(at + word.size()));
}

FlagNames parse_flags(std::string_view list) {
  FlagNames flags;
  std::istringstream words{std::string(list)};
  for (std::string word; words >> word;) {
    for (char& c : word) c = to_lower_ascii(c);
    if (word != "\\recent") flags.insert(word);
  }
  return flags;
}

// Takes the body's octets out, which may look like anything.
std::optional<std::string> take_body(std::string& response) {
  size_t at = response.find("BODY[] {");
  if (at == std::string::npos) return std::nullopt;
  size_t octets = number_at(std::string_view(response).substr(at + 8));
  size_t start = response.find("\r\n", at) + 2;
  std::string body = response.substr(start, octets);
  response.erase(at, start + octets - at);
  return body;
}

}  // namespace

FlagNames flag_names(const mail::ModelMessage& message) {
  FlagNames names = message.keywords;
  constexpr std::pair<SystemFlag, const char*> kNames[] = {{SystemFlag::seen, "\\seen"},
                                                           {SystemFlag::answered, "\\answered"},
                                                           {SystemFlag::flagged, "\\flagged"},
                                                           {SystemFlag::deleted, "\\deleted"},
                                                           {SystemFlag::draft, "\\draft"}};
  for (auto [flag, name] : kNames) {
    if (message.flags.has(flag)) names.insert(name);
  }
  return names;
}

Fetched parse_fetch(std::string_view response) {
  std::string text(response);
  Fetched fetched;
  fetched.number = static_cast<uint32_t>(number_at(response.substr(2)));
  fetched.body = take_body(text);
  if (uint64_t uid = number_after(text, "UID ")) fetched.entry.uid = static_cast<uint32_t>(uid);
  if (uint64_t modseq = number_after(text, "MODSEQ (")) fetched.entry.modseq = modseq;
  if (size_t at = text.find("FLAGS ("); at != std::string::npos) {
    fetched.entry.flags = parse_flags(std::string_view(text).substr(at + 7, text.find(')', at) - at - 7));
  }
  return fetched;
}

std::set<uint32_t> parse_uids(std::string_view set) {
  std::set<uint32_t> uids;
  while (!set.empty()) {
    std::string_view part = set.substr(0, set.find(','));
    set.remove_prefix(std::min(set.size(), part.size() + 1));
    uint64_t first = number_at(part);
    size_t colon = part.find(':');
    uint64_t last = colon == std::string_view::npos ? first : number_at(part.substr(colon + 1));
    for (uint64_t uid = first; uid <= last; ++uid) uids.insert(static_cast<uint32_t>(uid));
  }
  return uids;
}

std::string View::hear(std::string_view response) {
  constexpr std::string_view kVanished = "* VANISHED ";
  constexpr std::string_view kEarlier = "(EARLIER) ";
  if (response.starts_with(kVanished)) {
    std::string_view set = response.substr(kVanished.size());
    bool earlier = set.starts_with(kEarlier);
    if (earlier) set.remove_prefix(kEarlier.size());
    for (uint32_t uid : parse_uids(set)) {
      if (earlier) {
        vanished_earlier.insert(uid);
        known_.erase(uid);
      } else if (auto wrong = hear_vanished(uid); !wrong.empty()) {
        return wrong;
      }
    }
    return "";
  }
  if (response.starts_with("* OK [UIDVALIDITY ")) uidvalidity = static_cast<uint32_t>(number_at(response.substr(18)));
  if (response.starts_with("* OK [UIDNEXT ")) uidnext = static_cast<uint32_t>(number_at(response.substr(14)));
  if (response.starts_with("* OK [HIGHESTMODSEQ ")) modseq = number_at(response.substr(20));
  size_t space = response.find(' ', 2);
  if (response.size() < 3 || response[2] < '0' || response[2] > '9' || space == std::string_view::npos) return "";
  std::string_view word = response.substr(space + 1);
  return hear_number(static_cast<uint32_t>(number_at(response.substr(2))), word, response);
}

std::string View::hear_number(uint32_t number, std::string_view word, std::string_view response) {
  if (word.starts_with("EXISTS")) {
    if (resynchronising_) {
      exists_ = number;
    } else if (number < entries.size()) {
      return fmt::format("EXISTS {} after {}", number, entries.size());
    } else {
      entries.resize(number);
    }
  } else if (word.starts_with("EXPUNGE")) {
    if (number == 0 || number > entries.size()) return fmt::format("EXPUNGE {} of {}", number, entries.size());
    entries.erase(entries.begin() + (number - 1));
  } else if (word.starts_with("FETCH")) {
    return hear_fetch(parse_fetch(response));
  }
  return "";
}

std::string View::hear_fetch(const Fetched& told) {
  if (told.body) body = told.body;
  if (told.entry.uid && told.entry.flags) fetched[*told.entry.uid] = *told.entry.flags;
  if (resynchronising_) {
    if (told.entry.uid) known_[*told.entry.uid] = told.entry;
    return "";
  }
  if (told.number == 0 || told.number > entries.size()) {
    return fmt::format("FETCH of {}, and there are {}", told.number, entries.size());
  }
  Entry& entry = entries[told.number - 1];
  if (told.entry.uid && entry.uid && *told.entry.uid != *entry.uid) {
    return fmt::format("message {} had UID {} and has UID {}", told.number, *entry.uid, *told.entry.uid);
  }
  if (told.entry.uid) entry.uid = told.entry.uid;
  if (told.entry.flags) entry.flags = told.entry.flags;
  if (told.entry.modseq && entry.modseq && *told.entry.modseq < *entry.modseq) {
    return fmt::format("the MODSEQ of message {} went back to {}", told.number, *told.entry.modseq);
  }
  if (told.entry.modseq) entry.modseq = told.entry.modseq;
  return "";
}

// A message whose UID is not known yet stands before the first that has a higher one.
std::string View::hear_vanished(uint32_t uid) {
  if (resynchronising_) {
    known_.erase(uid);
    if (exists_ == 0) return "VANISHED, and nothing was there";
    --exists_;
    return "";
  }
  auto found = std::ranges::find(entries, std::optional(uid), &Entry::uid);
  if (found == entries.end()) {
    found = std::ranges::find_if(entries, [uid](const Entry& entry) { return entry.uid && *entry.uid > uid; });
    if (found == entries.begin() || (--found)->uid) return fmt::format("VANISHED {}, which was not there", uid);
  }
  entries.erase(found);
  return "";
}

bool View::fits(const mail::ModelMailbox& mailbox) const {
  if (mailbox.messages.size() != entries.size()) return false;
  for (size_t i = 0; i < entries.size(); ++i) {
    const mail::ModelMessage& message = mailbox.messages[i];
    if (entries[i].uid && *entries[i].uid != message.uid.value) return false;
    if (entries[i].modseq && *entries[i].modseq != message.modseq.value) return false;
    if (entries[i].flags && *entries[i].flags != flag_names(message)) return false;
  }
  return true;
}

bool View::all_known() const {
  return std::ranges::all_of(entries, [](const Entry& entry) { return entry.uid && entry.flags; });
}

std::string View::text() const {
  std::string out;
  for (const Entry& entry : entries) {
    out += out.empty() ? "" : ", ";
    out += entry.uid ? std::to_string(*entry.uid) : "?";
    if (entry.modseq) out += fmt::format("@{}", *entry.modseq);
    if (!entry.flags) continue;
    for (const std::string& flag : *entry.flags) out += " " + flag;
  }
  return out;
}

std::optional<Cache> View::cache() const {
  if (resynchronising_ || !all_known() || modseq == 0) return std::nullopt;
  Cache cache{.uidvalidity = uidvalidity, .modseq = modseq, .messages = {}};
  for (const Entry& entry : entries) cache.messages[*entry.uid] = *entry.flags;
  return cache;
}

void View::begin_resynchronising(const Cache& cache) {
  resynchronising_ = true;
  for (const auto& [uid, flags] : cache.messages) known_[uid] = {uid, flags, std::nullopt};
}

std::string View::end_resynchronising() {
  resynchronising_ = false;
  entries.clear();
  for (const auto& [uid, entry] : known_) entries.push_back(entry);
  if (entries.size() > exists_) return fmt::format("{} messages after resynchronising, of {}", entries.size(), exists_);
  entries.resize(exists_);  // with those that have just come
  return "";
}

}  // namespace roost::simulation
