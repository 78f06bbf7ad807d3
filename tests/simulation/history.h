// One account as it truly is: what every record of its log made of it, worked out from what clients asked for, by the
// model that src/mail/ is tested with. Each record must be explained by what somebody has asked for and not yet been
// refused, and each acknowledged request by a record.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "accounts/transfer_note.h"
#include "base/clock.h"
#include "mail/model_test.h"
#include "mail/operation.h"
#include "mail/snapshot.h"
#include "store/memory/memory.h"
#include "trace.h"

namespace roost::simulation {

// What is wrong with the server, for the first time.
class Judge {
 public:
  void fail(std::string why) {
    if (!verdict_) verdict_ = std::move(why);
  }
  bool failed() const { return verdict_.has_value(); }
  const std::string& verdict() const { return *verdict_; }

 private:
  std::optional<std::string> verdict_;
};

// A message as a client sent it. Its place in Contents is ModelMessage::card, so that every copy tells what it holds.
struct Content {
  std::string octets;
  bool delivered = false;  // by LMTP: the server has put its trace before it
};
using Contents = std::deque<Content>;

class History;

// Messages on their way from one account to another, by COPY or MOVE (docs/decisions/0009-moves-between-accounts.md).
struct Carried {
  History* from = nullptr;
  MailboxId mailbox;
  UidSet uids;
  std::string to;
  bool move = false;
  size_t asked = 0;   // the source's newest version then
  UidSet moved = {};  // once they have arrived
};

// What one client asked of one account, until it is known what became of it.
struct Attempt {
  mail::Operation operation;
  std::optional<Carried> arriving;  // the target's part: the operation is an Append of what the source had
  // The source's part of a move: \Deleted or the expunge of `leaving`, of those that have arrived, as often as it
  // takes.
  std::optional<MailboxId> leaves;
  UidSet leaving;
  bool restores = false;  // what has left INBOX: the operation is an Append of what has come back
  uint64_t node = 0;
  size_t asked = 0;                           // the newest version then
  std::optional<size_t> version;              // that it made
  int64_t time = 0;                           // of the record that made it, in seconds since 1970 UTC
  std::shared_ptr<const mail::Model> before;  // what it found and what it left, if it made a version
  std::shared_ptr<const mail::Model> after;
  std::shared_ptr<Attempt> next;     // that made the same version
  std::optional<TimePoint> expires;  // nobody waits for an answer any more, and nothing may come of it after that
};
using AttemptPtr = std::shared_ptr<Attempt>;

struct Version {
  TimePoint at;
  std::shared_ptr<const mail::Model> state;
};

// As one that is appended, with its EMAILID.
mail::NewMessage copy_of(const mail::ModelMessage& message);
std::set<std::string> stored_keywords(const mail::Mailbox& mailbox, const mail::Hot& hot);

class History {
 public:
  History(AccountId account, store::MemoryDisk& disk, const Clock& clock, Trace& trace, Contents& contents,
          Judge& judge);

  // Call once the account exists, and then after every event of the simulation.
  void begin();
  void look();

  AttemptPtr ask(uint64_t node, mail::Operation operation);
  AttemptPtr ask_to_bring(uint64_t node, Carried carried);
  void ask_to_remove(uint64_t node, MailboxId mailbox, const UidSet& uids);
  AttemptPtr ask_to_restore(uint64_t node);
  // It was done, and so many messages are said to be back. `all`: those that left just before must be.
  void restored(const AttemptPtr& attempt, uint64_t messages, bool all);
  // The server said OK: it is done, or there was nothing to do.
  void acknowledge(const AttemptPtr& attempt);
  // The server said NO: nothing was done. `code`: why; empty where no state of the account can be the reason.
  void refuse(const AttemptPtr& attempt, Code code);
  // The server said something in between: done or not, but nothing comes of it any more.
  void settle(const AttemptPtr& attempt);
  // No answer came, or one that leaves it open.
  void lose(const AttemptPtr& attempt);
  // `late`: for how long the store may still carry out what the node has asked of it.
  void node_died(uint64_t node, Seconds late);

  AccountId account() const { return account_; }
  size_t newest() const { return versions_.size() - 1; }
  const Version& version(size_t index) const { return versions_[index]; }
  const mail::Model& state() const { return *versions_.back().state; }
  // As it is or was; null where it never was.
  std::optional<MailboxId> mailbox_of(UidValidity uidvalidity) const;
  // In this version; null where it is not there.
  const mail::ModelMailbox* mailbox(size_t version, UidValidity uidvalidity) const;
  const Content& content(const mail::ModelMessage& message) const;
  size_t records() const { return versions_.size(); }
  size_t checkpoints() const { return generation_.value; }

  // Once no move is open any more: what was moved away is gone, unless it may stay.
  void check_moved();

  // Everything again, from what lies on the disk: the checkpoint, the tail, every difference that may be asked for.
  void compare_all();

 private:
  using ModelPtr = std::shared_ptr<const mail::Model>;
  struct Step {
    AttemptPtr attempt;
    ModelPtr before;
    ModelPtr after;
  };

  void take(const store::LogRecord& record);
  bool explain(const mail::SnapshotPtr& snapshot, int64_t time, const ModelPtr& from, std::vector<Step>& steps);
  bool same_traces(const mail::Snapshot& snapshot, const mail::Model& model, ModSeq since) const;
  bool explain_by(const AttemptPtr& attempt, const mail::SnapshotPtr& snapshot, int64_t time, const ModelPtr& from,
                  std::vector<Step>& steps);
  // As what the attempt may be carried out, where that depends on what was there: carried.cc.
  std::vector<mail::Operation> readings(const Attempt& attempt, const mail::Snapshot& snapshot,
                                        const std::vector<Step>& steps) const;
  std::vector<mail::Operation> arrivals(const Carried& carried) const;
  std::vector<mail::Operation> arrivals(const Carried& carried, const UidSet& uids) const;
  // The move that brought what has arrived in this mailbox from this UID on; null where none did.
  const accounts::TransferNote* bringer(const mail::Snapshot& snapshot, const std::string& mailbox, Uid first) const;
  bool is_brought_so(const Attempt& attempt, const mail::Snapshot& snapshot, const mail::Model& before) const;
  void note_moved(Carried& carried);
  void note_forgotten(const store::LogRecord& record);
  // returned.cc
  std::vector<mail::Operation> returns(const mail::Snapshot& snapshot, const std::vector<Step>& steps) const;

  void check_bodies(const mail::Model& before);
  void take_over_return(const AttemptPtr& attempt);
  void accept(const ModelPtr& state, const std::vector<Step>& steps);
  bool changes_nothing(const Attempt& attempt) const;
  bool could_be_refused(const Attempt& attempt) const;
  template <class Holds>
  bool held_lately(const Attempt& attempt, Holds holds) const;
  // Gives `attempt`'s version to another one that would have done the same, or the other way round.
  bool pass_on(const AttemptPtr& attempt);
  bool take_over(const AttemptPtr& attempt);
  bool take_over_arrival(const AttemptPtr& attempt);
  void pass_on_arrival(const AttemptPtr& attempt);
  bool brings_the_same(const Attempt& attempt, const Attempt& other) const;
  void forget(const AttemptPtr& attempt);
  void drop_expired();
  mail::SnapshotPtr reopen();
  void fail(const std::string& why);

  // The first difference between what is stored and what should be; what only the server can know is taken over.
  std::string difference(const mail::Snapshot& snapshot, mail::Model& model);
  std::string difference(const mail::Mailbox& stored, mail::ModelMailbox& wanted);
  std::string difference(const mail::Mailbox& stored, const mail::Cold& cold, const mail::Hot& hot,
                         mail::ModelMessage& wanted);
  std::string adopt(const mail::Cold& cold, mail::ModelMessage& message);

  const AccountId account_;
  store::MemoryDisk& disk_;
  const std::unique_ptr<store::MemoryStore> store_;  // never meets a fault
  const Clock& clock_;
  Trace& trace_;
  Contents& contents_;
  Judge& judge_;
  uint64_t writes_seen_ = 0;
  Generation generation_;
  mail::SnapshotPtr snapshot_;
  std::deque<Version> versions_;
  std::vector<AttemptPtr> open_;               // asked, and not yet answered or expired; in the order of asking
  std::vector<accounts::TransferNote> moves_;  // into this account, noted when the last record was written
  std::map<MailboxId, UidSet> moved_;          // into another account
  std::map<MailboxId, UidSet> may_stay_;       // of those: nobody could tell any more that they had arrived
  struct Arrival {
    History* from;
    accounts::TransferNote note;
  };
  std::vector<Arrival> arrivals_;  // by moves into this account
  struct Departure {
    mail::ModelMessage message;  // as it was
    TimePoint at;
  };
  using Departures = std::map<ObjectId, std::vector<Departure>>;
  static void note_departures(const Step& step, TimePoint at, Departures& departed);
  Departures departed_;  // from INBOX
  std::map<UidValidity, MailboxId> mailboxes_;
  std::set<ObjectId> email_ids_;
};

}  // namespace roost::simulation
