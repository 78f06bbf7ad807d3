// What is stored, against what should be.
#include <fmt/format.h>

#include "history.h"
#include "run_now.h"

namespace roost::simulation {
namespace {

constexpr uint64_t kTraceBytesMax = 2'000;  // Return-Path, Delivered-To and Received

std::vector<MailboxId> mailbox_ids(const mail::Snapshot& snapshot) {
  std::vector<MailboxId> ids;
  snapshot.for_each_mailbox([&](const mail::Mailbox& mailbox) {
    ids.push_back(mailbox.id());
    return true;
  });
  return ids;
}

// Pages that comparing this mailbox takes.
std::vector<PageId> missing(const mail::Mailbox& mailbox) {
  std::vector<PageId> pages = mailbox.missing_pages();
  if (!pages.empty()) return pages;
  auto changes = mail::changes_since(mailbox, mail::traces_floor(mailbox));
  if (auto* need = std::get_if<mail::Need>(&changes)) return std::move(need->pages);
  return {};
}

}  // namespace

std::set<std::string> stored_keywords(const mail::Mailbox& mailbox, const mail::Hot& hot) {
  std::set<std::string> keywords;
  for (uint16_t index : mailbox.keywords_of(hot.keywords)) {
    std::string word = mailbox.keywords()[index];
    for (char& c : word) c = to_lower_ascii(c);
    keywords.insert(word);
  }
  return keywords;
}

std::string History::difference(const mail::Snapshot& snapshot, mail::Model& model) {
  if (snapshot.modseq() != model.modseq) {
    return fmt::format("MODSEQ {} for {}", snapshot.modseq().value, model.modseq.value);
  }
  if (snapshot.mailbox_count() != model.mailboxes.size()) {
    return fmt::format("{} mailboxes for {}", snapshot.mailbox_count(), model.mailboxes.size());
  }
  for (auto& [name, wanted] : model.mailboxes) {
    auto stored = snapshot.find(name);
    if (!stored) return "no mailbox " + name;
    if (auto wrong = difference(*stored, wanted); !wrong.empty()) return fmt::format("mailbox {}: {}", name, wrong);
  }
  std::set<std::string> subscriptions;
  snapshot.for_each_subscription([&](const std::string& name) { return subscriptions.insert(name).second; });
  return subscriptions == model.subscriptions ? "" : "subscriptions";
}

std::string History::difference(const mail::Mailbox& stored, mail::ModelMailbox& wanted) {
  auto differ = [](std::string_view what, auto is, auto should) {
    return fmt::format("{} {} for {}", what, is, should);
  };
  if (stored.id() != wanted.id) return differ("id", stored.id().value, wanted.id.value);
  if (stored.uidvalidity() != wanted.uidvalidity) {
    return differ("UIDVALIDITY", stored.uidvalidity().value, wanted.uidvalidity.value);
  }
  if (stored.uidnext() != wanted.uidnext) return differ("UIDNEXT", stored.uidnext().value, wanted.uidnext.value);
  if (stored.highest_modseq() != wanted.highest) {
    return differ("HIGHESTMODSEQ", stored.highest_modseq().value, wanted.highest.value);
  }
  if (stored.noselect() != wanted.noselect) return "\\Noselect";
  if (stored.messages() != wanted.messages.size()) return differ("messages", stored.messages(), wanted.messages.size());
  if (stored.recent_uid() < wanted.recent || stored.recent_uid() > stored.uidnext()) return "\\Recent goes back";
  wanted.recent = stored.recent_uid();
  std::string wrong;
  auto message = wanted.messages.begin();
  stored.for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& cold, const mail::Hot& hot) {
    if (message == wanted.messages.end()) {
      wrong = "a message too many";
    } else {
      wrong = difference(stored, cold, hot, *message++);
    }
    if (!wrong.empty()) wrong = fmt::format("uid {}: {}", cold.uid.value, wrong);
    return wrong.empty();
  });
  return wrong;
}

// The same UIDs may go in more than one way, by several operations of a record.
bool History::same_traces(const mail::Snapshot& snapshot, const mail::Model& model, ModSeq since) const {
  for (const auto& [name, wanted] : model.mailboxes) {
    auto stored = snapshot.find(name);
    for (ModSeq at = since; at < model.modseq; at = at.next()) {
      auto changes = mail::changes_since(*stored, at);
      const auto* delta = std::get_if<mail::MailboxDelta>(&changes);
      if (delta == nullptr) return false;
      std::vector<UidRange> gone;
      for (auto [uid, modseq] : wanted.gone) {
        if (modseq > at) gone.push_back({uid, uid});
      }
      if (delta->expunged != UidSet::from_ranges(std::move(gone))) return false;
    }
  }
  return true;
}

std::string History::difference(const mail::Mailbox& stored, const mail::Cold& cold, const mail::Hot& hot,
                                mail::ModelMessage& wanted) {
  if (cold.uid != wanted.uid) return fmt::format("in place of uid {}", wanted.uid.value);
  if (hot.modseq != wanted.modseq) return fmt::format("MODSEQ {} for {}", hot.modseq.value, wanted.modseq.value);
  if (hot.flags != wanted.flags) return "flags";
  if (stored_keywords(stored, hot) != wanted.keywords) return "keywords";
  if (wanted.email_id == ObjectId()) return adopt(cold, wanted);
  if (cold.email_id != wanted.email_id) return "another message";
  if (cold.size != wanted.size) return "size";
  return cold.internal_date == wanted.internal_date ? "" : "INTERNALDATE";
}

// A new message: its id and date, and where it was delivered its trace, are the server's; its octets are not.
std::string History::adopt(const mail::Cold& cold, mail::ModelMessage& message) {
  if (email_ids_.contains(cold.email_id)) return "an EMAILID that another message has";
  auto body = run_now(store_->get_blob(cold.blob, {0, UINT64_MAX}));
  if (!body) return "its body is not stored: " + body.error().text;
  const Content& sent = content(message);
  if (body->size() != cold.size) return "size";
  bool is_it = sent.delivered ? body->ends_with(sent.octets) && body->size() - sent.octets.size() < kTraceBytesMax
                              : *body == sent.octets;
  if (!is_it) return "not the octets that were sent";
  message.email_id = cold.email_id;
  message.internal_date = cold.internal_date;
  message.size = cold.size;
  return "";
}

// As a node does that knows nothing.
mail::SnapshotPtr History::reopen() {
  auto lost = [&](const Error& error) {
    fail("it cannot be opened again: " + error.text);
    return nullptr;
  };
  auto load = [&](const std::vector<PageId>& pages) -> Result<std::vector<mail::LoadedPage>> {
    ROOST_TRY(auto data, run_now(store_->get_pages(account_, pages)));
    std::vector<mail::LoadedPage> loaded;
    for (size_t i = 0; i < pages.size(); ++i) loaded.push_back({pages[i], std::move(data[i])});
    return loaded;
  };
  auto opened = run_now(store_->open(account_));
  if (!opened) return lost(opened.error());
  mail::SnapshotPtr snapshot = mail::empty_account(account_, mail::kUnseeded);
  if (!opened->root.empty()) {
    auto pages = mail::root_pages(opened->root);
    if (!pages) return lost(pages.error());
    auto loaded = load(*pages);
    if (!loaded) return lost(loaded.error());
    auto root = mail::open_root(account_, opened->root, *loaded);
    if (!root) return lost(root.error());
    snapshot = *root;
  }
  auto bring = [&](const std::vector<PageId>& pages) {
    auto loaded = load(pages);
    auto next = loaded ? mail::with_pages(snapshot, *loaded) : std::unexpected(loaded.error());
    if (!next) return lost(next.error()), false;
    snapshot = *next;
    return true;
  };
  for (size_t i = 0; i < opened->tail.size();) {
    auto outcome = mail::fold(snapshot, opened->tail[i].record, opened->tail[i].position);
    if (auto* need = std::get_if<mail::Need>(&outcome)) {
      if (!bring(need->pages)) return nullptr;
    } else if (auto* error = std::get_if<Error>(&outcome)) {
      return lost(*error);
    } else {
      snapshot = std::get<mail::Folded>(outcome).snapshot;
      ++i;
    }
  }
  for (MailboxId id : mailbox_ids(*snapshot)) {
    for (auto pages = missing(*snapshot->find(id)); !pages.empty(); pages = missing(*snapshot->find(id))) {
      if (!bring(pages)) return nullptr;
    }
  }
  return snapshot;
}

void History::compare_all() {
  auto snapshot = reopen();
  if (!snapshot) return;
  if (auto wrong = mail::compare(*snapshot, state()); !wrong.empty()) fail("its checkpoint says otherwise: " + wrong);
}

}  // namespace roost::simulation
