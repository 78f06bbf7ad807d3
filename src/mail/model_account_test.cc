#include <algorithm>

#include "mail/model_test.h"

namespace roost::mail {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = to_lower_ascii(c);
  return text;
}

std::set<std::string> lower(const std::vector<std::string>& words) {
  std::set<std::string> out;
  for (const std::string& word : words) out.insert(lower(word));
  return out;
}

ModelMessage changed(ModelMessage message, const Store& store) {
  std::set<std::string> named = lower(store.keywords);
  switch (store.how) {
    case StoreHow::replace:
      message.flags = store.flags;
      message.keywords = named;
      break;
    case StoreHow::add:
      message.flags |= store.flags;
      message.keywords.insert(named.begin(), named.end());
      break;
    case StoreHow::remove:
      message.flags &= ~store.flags;
      for (const std::string& word : named) message.keywords.erase(word);
      break;
  }
  return message;
}

// RFC 7162 3.1.12: nothing of what is named is as it shall be yet; with 0, what is named does not exist.
bool unnamed_changes_only(const ModelMessage& message, const Store& store) {
  std::set<std::string> named = lower(store.keywords);
  if (store.how == StoreHow::replace || (store.flags.empty() && named.empty())) return false;
  if (*store.unchanged_since == ModSeq(0) && (store.how == StoreHow::remove || !store.flags.empty())) return false;
  bool removes = store.how == StoreHow::remove;
  for (uint8_t bit = 1; bit != 0; bit = static_cast<uint8_t>(bit << 1)) {
    if ((store.flags.bits & bit) != 0 && ((message.flags.bits & bit) != 0) != removes) return false;
  }
  return std::ranges::all_of(named,
                             [&](const std::string& word) { return message.keywords.contains(word) == removes; });
}

std::vector<std::string> superiors(const std::string& name) {
  std::vector<std::string> out;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '/') out.push_back(name.substr(0, i));
  }
  return out;
}

}  // namespace

Model::Model(uint32_t seed) : next_uidvalidity_(seed) {
  create("INBOX");
  listed.clear();
}

ModelMailbox* Model::find(MailboxId id) {
  for (auto& [name, mailbox] : mailboxes) {
    if (mailbox.id == id && !mailbox.noselect) return &mailbox;
  }
  return nullptr;
}

ModelMailbox* Model::find(const MailboxRef& ref) {
  if (const auto* id = std::get_if<MailboxId>(&ref)) return find(*id);
  auto it = mailboxes.find(std::get<std::string>(ref));
  return it != mailboxes.end() && !it->second.noselect ? &it->second : nullptr;
}

Code Model::apply(const Append& operation, int64_t now) {
  ModelMailbox* mailbox = find(operation.mailbox);
  if (mailbox == nullptr) return Code::try_create;
  if (operation.messages.empty()) return Code::none;
  modseq = modseq.next();
  for (const NewMessage& m : operation.messages) {
    mailbox->messages.push_back({mailbox->uidnext, modseq, m.flags, lower(m.keywords), m.internal_date, now, m.size,
                                 m.email_id, m.card ? *m.card : ""});
    mailbox->uidnext = mailbox->uidnext.next();
  }
  mailbox->highest = modseq;
  return Code::none;
}

Code Model::apply(const Replace& operation, int64_t now) {
  ModelMailbox* from = find(operation.from);
  if (from == nullptr) return Code::nonexistent;
  if (find(operation.to) == nullptr) return Code::try_create;
  auto is_it = [&](const ModelMessage& message) { return message.uid == operation.uid; };
  if (std::ranges::none_of(from->messages, is_it)) return Code::expunge_issued;
  apply(Append{operation.to, {operation.message}}, now);
  std::erase_if(from->messages, is_it);
  gone(*from, operation.uid, modseq);
  from->highest = modseq;
  return Code::none;
}

Code Model::apply(const Store& operation, int64_t) {
  ModelMailbox* mailbox = find(operation.mailbox);
  if (mailbox == nullptr) return Code::nonexistent;
  bool any = false;
  for (ModelMessage& message : mailbox->messages) {
    if (!operation.uids.contains(message.uid)) continue;
    bool changed_since = operation.unchanged_since && message.modseq > *operation.unchanged_since;
    if (changed_since && !unnamed_changes_only(message, operation)) continue;
    ModelMessage after = changed(message, operation);
    if (after == message) continue;
    after.modseq = modseq.next();
    message = after;
    any = true;
  }
  if (any) mailbox->highest = modseq = modseq.next();
  return Code::none;
}

Code Model::apply(const Expunge& operation, int64_t) {
  ModelMailbox* mailbox = find(operation.mailbox);
  if (mailbox == nullptr) return Code::nonexistent;
  size_t before = mailbox->messages.size();
  std::erase_if(mailbox->messages, [&](const ModelMessage& message) {
    bool goes = message.flags.has(SystemFlag::deleted) && (!operation.only || operation.only->contains(message.uid));
    if (goes) gone(*mailbox, message.uid, modseq.next());
    return goes;
  });
  if (mailbox->messages.size() != before) mailbox->highest = modseq = modseq.next();
  return Code::none;
}

Code Model::apply(const Copy& operation, int64_t now) {
  ModelMailbox* from = find(operation.from);
  ModelMailbox* to = find(operation.to);
  if (from == nullptr) return Code::nonexistent;
  if (to == nullptr) return Code::try_create;
  std::vector<ModelMessage> copies;
  for (const ModelMessage& message : from->messages) {
    if (operation.uids.contains(message.uid)) copies.push_back(message);
  }
  if (copies.empty()) return Code::none;
  modseq = modseq.next();
  if (operation.move) {
    for (const ModelMessage& message : copies) gone(*from, message.uid, modseq);
    std::erase_if(from->messages, [&](const ModelMessage& m) { return operation.uids.contains(m.uid); });
    from->highest = modseq;
  }
  for (ModelMessage message : copies) {
    message.uid = to->uidnext;
    message.modseq = modseq;
    message.save_date = now;
    to->uidnext = to->uidnext.next();
    to->messages.push_back(std::move(message));
  }
  to->highest = modseq;
  return Code::none;
}

bool Model::has_children(const std::string& name) const {
  return std::ranges::any_of(mailboxes, [&](const auto& entry) { return entry.first.starts_with(name + "/"); });
}

void Model::create(const std::string& name) {
  if (mailboxes.contains(name)) listed.insert(mailboxes[name].id);
  ModelMailbox mailbox;
  mailbox.id = next_id_;
  mailbox.uidvalidity = UidValidity(next_uidvalidity_++);
  next_id_ = next_id_.next();
  listed.insert(mailbox.id);
  mailboxes[name] = std::move(mailbox);
}

void Model::create_superiors(const std::string& name) {
  for (const std::string& superior : superiors(name)) {
    if (!mailboxes.contains(superior)) create(superior);
  }
}

Code Model::apply(const CreateMailbox& operation, int64_t) {
  auto there = mailboxes.find(operation.name);
  if (there != mailboxes.end() && !there->second.noselect) return Code::already_exists;
  create_superiors(operation.name);
  create(operation.name);
  return Code::none;
}

Code Model::apply(const DeleteMailbox& operation, int64_t) {
  auto it = mailboxes.find(operation.name);
  if (it == mailboxes.end()) return Code::nonexistent;
  if (operation.name == "INBOX") return Code::cannot;
  listed.insert(it->second.id);
  if (has_children(operation.name)) {
    if (it->second.noselect) {
      return Code::has_children;
    }
    ModelMailbox name_only;
    name_only.id = it->second.id;
    name_only.uidvalidity = it->second.uidvalidity;
    name_only.noselect = true;
    it->second = std::move(name_only);
  } else {
    mailboxes.erase(it);
  }
  return Code::none;
}

Code Model::apply(const RenameMailbox& operation, int64_t) {
  const auto& [from, to] = operation;
  if (!mailboxes.contains(from)) return Code::nonexistent;
  if (mailboxes.contains(to)) return Code::already_exists;
  if (from == "INBOX") {
    modseq = modseq.next();
    create_superiors(to);
    create(to);
    ModelMailbox& inbox = mailboxes["INBOX"];
    ModelMailbox& target = mailboxes[to];
    target.messages = std::move(inbox.messages);
    target.uidnext = inbox.uidnext;
    target.recent = inbox.recent;
    target.highest = inbox.highest;
    target.metadata = inbox.metadata;
    inbox.messages.clear();
    for (uint32_t uid = 1; uid < inbox.uidnext.value; ++uid) gone(inbox, Uid(uid), modseq);
    if (inbox.uidnext.value > 1) inbox.highest = modseq;
    inbox_renames.insert(inbox.id);
    inbox_renames.insert(target.id);
    return Code::none;
  }
  if (to.starts_with(from + "/")) return Code::cannot;
  create_superiors(to);
  std::map<std::string, ModelMailbox> moved;
  std::erase_if(mailboxes, [&](auto& entry) {
    bool below = entry.first == from || entry.first.starts_with(from + "/");
    if (below) {
      listed.insert(entry.second.id);
      moved[to + entry.first.substr(from.size())] = std::move(entry.second);
    }
    return below;
  });
  mailboxes.merge(moved);
  return Code::none;
}

Code Model::apply(const Subscribe& operation, int64_t) {
  bool changes = operation.on ? subscriptions.insert(operation.name).second : subscriptions.erase(operation.name) > 0;
  if (changes && mailboxes.contains(operation.name)) listed.insert(mailboxes[operation.name].id);
  return Code::none;
}

Code Model::apply(const SetMetadata& operation, int64_t) {
  ModelMailbox* mailbox = nullptr;
  if (operation.mailbox) {
    auto it = mailboxes.find(*operation.mailbox);
    if (it == mailboxes.end()) return Code::nonexistent;
    mailbox = &it->second;
  }
  ModelMetadata& entries = mailbox != nullptr ? mailbox->metadata : metadata;
  ModelMetadata before = entries;
  for (const SetMetadata::Entry& entry : operation.entries) {
    if (entry.value) {
      entries[{entry.user, entry.name}] = *entry.value;
    } else {
      entries.erase({entry.user, entry.name});
    }
  }
  if (entries == before) return Code::none;
  modseq = modseq.next();
  if (mailbox != nullptr) mailbox->highest = modseq;
  return Code::none;
}

Code Model::apply(const ClaimRecent& operation, int64_t) {
  if (ModelMailbox* mailbox = find(operation.mailbox)) {
    mailbox->recent = std::max(mailbox->recent, std::min(operation.next, mailbox->uidnext));
  }
  return Code::none;
}

}  // namespace roost::mail
