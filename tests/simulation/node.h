// One server process on a machine of its own: a node of the shared store, its accounts, and what speaks IMAP and LMTP
// above them. Killed, it stays where it is until the simulation ends, as what lies in its queues refers to it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "accounts/accounts.h"
#include "dice.h"
#include "imapd/server.h"
#include "lmtpd/session.h"
#include "net/memory_stream.h"
#include "plan.h"
#include "rt/simulated.h"
#include "store/memory/memory.h"
#include "users.h"

namespace roost::simulation {

enum class Protocol : uint8_t { imap, lmtp };

class Node {
 public:
  Node(rt::Simulation& simulation, store::MemoryDisk& disk, const std::map<std::string, AccountId>& users,
       uint64_t number, Dice& dice);

  uint64_t number() const { return number_; }  // no two have the same, one that came back included
  bool alive() const { return alive_; }
  bool ready() const { return ready_; }  // moves that a crash interrupted were gone on with
  void kill();

  // New misfortune; none where the plan has none.
  void trouble(const Plan& plan, Dice& dice);
  void calm();
  void jump_clock(Seconds by) { machine_.jump_wall(by); }

  // As the command line asks for it. `answer` stays empty if the node dies before there is one.
  using Answer = std::shared_ptr<std::optional<Result<mail::OperationResult>>>;
  void execute(AccountId account, mail::Operation operation, Answer answer);

  // The client's end of a new connection, on the client's loop.
  std::unique_ptr<net::Stream> connect(Protocol protocol, rt::Loop& client, Dice& dice);

  accounts::Accounts& accounts() { return *accounts_; }
  store::MemoryStore& store() { return *store_; }
  auth::Authenticator& users() { return users_; }
  const Clock& clock() const { return machine_.clock(); }
  const imapd::Services& imap() const { return imap_; }

 private:
  const uint64_t number_;
  rt::Machine& machine_;
  bool alive_ = true;
  bool ready_ = false;
  std::unique_ptr<store::MemoryStore> store_;
  std::unique_ptr<accounts::Accounts> accounts_;
  Users users_;
  imapd::Services imap_;
  lmtpd::Services lmtp_;
};

}  // namespace roost::simulation
