// One IMAP client: sends random commands, one after the other, over connections that break, and holds every answer
// against its account's history.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history.h"
#include "stage.h"
#include "view.h"

namespace roost::simulation {

// Null where it is not there.
const mail::ModelMessage* find_message(const mail::Model& model, uint32_t uidvalidity, uint32_t uid);

class Client {
 public:
  Client(Stage& stage, uint32_t number, std::string user);

  // Its random life, of as many commands as the plan says.
  task<> live();
  // Once nothing goes wrong any more: what it sees is what is there.
  task<> finish();
  bool finished() const { return finished_; }

 private:
  struct Answer {
    bool lost = true;  // none came
    std::string condition;
    std::string code;  // of the tagged response, without brackets
    std::string text;
    std::string uids;  // APPENDUID or COPYUID, wherever it stood
    std::vector<std::string> untagged;

    bool ok() const { return condition == "OK"; }
  };

  // client.cc: the connection
  task<> act();
  task<> connect();
  void disconnect();
  task<> log_out();
  task<Answer> command(std::string command);
  task<Answer> answer_to(std::string tag);
  void hear(const std::string& response, Answer& answer);
  void resolve(const AttemptPtr& attempt, const Answer& answer);
  void refuse(const AttemptPtr& attempt, const Answer& answer);
  void fail(const std::string& why);
  AttemptPtr ask(mail::Operation operation) { return history_.ask(connection_->node(), std::move(operation)); }

  // looking.cc: what only looks
  task<> select(std::string name);
  task<> resynchronise(std::string name, const Cache& cache);
  task<> fetch_what_is_new();
  void check_resynchronisation(const Cache& cache, bool named);
  task<> noop();
  task<> idle();
  task<> fetch_body();
  task<> fetch_flags();
  task<> status();
  task<> list();
  void save_cache();
  // The view is the mailbox in some version that this session can have got to.
  void check_view(std::string_view when);
  size_t oldest_version() const;
  template <class Fits>
  bool find_version(Fits fits);

  // changing.cc: what changes something
  struct Chosen {
    std::string set;  // numbers or uids
    bool by_uid = true;
    std::vector<Entry*> entries;
    UidSet uids;
  };
  std::optional<Chosen> choose(size_t count_max);
  MailboxId selected() const { return *history_.mailbox_of(UidValidity(view_->uidvalidity)); }
  mail::NewMessage new_message();
  std::string literal(const mail::NewMessage& message) const;
  const std::string& any_name();
  FlagNames any_flags();
  task<> append();
  task<> replace();
  task<> store();
  task<> expunge();
  task<> close();
  task<> copy();
  task<> carry();
  void check_carried(const AttemptPtr& arrival, const std::string& told, bool move);
  task<> change_mailboxes();
  void check_arrivals(const AttemptPtr& attempt, const Answer& answer);
  void check_copies(const AttemptPtr& attempt, const Answer& answer);

  Stage& stage_;
  const std::string name_;
  const std::string user_;
  Dice dice_;
  History& history_;
  std::shared_ptr<Connection> connection_;
  std::optional<View> view_;  // of what is selected
  std::string mailbox_;       // its name when it was selected
  bool read_only_ = false;
  bool qresync_ = false;
  std::map<std::string, Cache> caches_;
  size_t seen_ = 0;  // the version that this session has seen at least
  uint32_t tags_ = 0;
  bool finished_ = false;
};

}  // namespace roost::simulation
