// An account as anybody would write it down: vectors, no sharing, no pages. What the engine must agree with.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mail/checkpoint.h"
#include "mail/engine.h"

namespace roost::mail {

struct ModelMessage {
  Uid uid;
  ModSeq modseq;
  SystemFlags flags;
  std::set<std::string> keywords;  // in lower case
  InternalDate internal_date;
  int64_t save_date = 0;
  uint64_t size = 0;
  ObjectId email_id;
  std::string card;

  friend bool operator==(const ModelMessage&, const ModelMessage&) = default;
};

using ModelMetadata = std::map<std::pair<AccountId, std::string>, Bytes>;

struct ModelMailbox {
  MailboxId id;
  UidValidity uidvalidity;
  Uid uidnext{1};
  Uid recent{1};
  ModSeq highest{1};
  bool noselect = false;
  std::vector<ModelMessage> messages;
  std::vector<std::pair<Uid, ModSeq>> gone;
  ModelMetadata metadata;

  friend bool operator==(const ModelMailbox&, const ModelMailbox&) = default;
};

class Model {
 public:
  explicit Model(uint32_t seed);

  // What the engine would answer, or the code of its refusal. Messages' modseq is worked out here.
  Code apply(const Append& operation, int64_t now);
  Code apply(const Replace& operation, int64_t now);
  Code apply(const Store& operation, int64_t now);
  Code apply(const Expunge& operation, int64_t now);
  Code apply(const Copy& operation, int64_t now);
  Code apply(const CreateMailbox& operation, int64_t now);
  Code apply(const DeleteMailbox& operation, int64_t now);
  Code apply(const RenameMailbox& operation, int64_t now);
  Code apply(const Subscribe& operation, int64_t now);
  Code apply(const ClaimRecent& operation, int64_t now);
  Code apply(const ReserveBlobs&, int64_t) { return Code::none; }
  Code apply(const ForgetBlobs&, int64_t) { return Code::none; }
  Code apply(const Initialise&, int64_t) { return Code::none; }
  Code apply(const SetMetadata& operation, int64_t now);
  Code apply(const SetAcl&, int64_t) { return Code::none; }
  Code apply(const SetQuota&, int64_t) { return Code::none; }
  Code apply(const Undelete&, int64_t) { return Code::none; }
  Code apply(const Jump&, int64_t) { return Code::none; }

  std::map<std::string, ModelMailbox> mailboxes;
  std::set<std::string> subscriptions;
  ModelMetadata metadata;  // the account's own
  ModSeq modseq{1};
  std::set<MailboxId> listed;         // whose entry in LIST changed, since it was last cleared
  std::set<MailboxId> inbox_renames;  // mailboxes that took part in a rename of INBOX, likewise

 private:
  ModelMailbox* find(MailboxId id);
  ModelMailbox* find(const MailboxRef& ref);
  bool has_children(const std::string& name) const;
  void create(const std::string& name);
  void create_superiors(const std::string& name);
  static void gone(ModelMailbox& mailbox, Uid uid, ModSeq modseq) { mailbox.gone.emplace_back(uid, modseq); }

  MailboxId next_id_{1};
  uint32_t next_uidvalidity_;
};

// Differences between the engine's snapshot (loaded) and the model; empty if there are none.
std::string compare(const Snapshot& snapshot, const Model& model);

}  // namespace roost::mail
