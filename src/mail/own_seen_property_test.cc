// Random operations of an owner and of guests with a \Seen of their own: everybody must see what a model shows him.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>

#include "mail/engine_test.h"

namespace roost::mail {
namespace {

constexpr uint64_t kReaders[] = {0, 21, 22};  // 0: the owner
const std::vector<std::string> kNames{"INBOX", "Team", "Team/Old"};

struct OwnSeen {
  bool seen = false;
  ModSeq modseq;
};

struct Message {
  ObjectId email_id;
  SystemFlags flags;
  ModSeq modseq;
  std::map<uint64_t, OwnSeen> own;

  Hot shown_to(uint64_t reader) const {
    Hot hot{modseq, flags, {}};
    if (reader == 0) return hot;
    hot.flags &= ~SystemFlags(SystemFlag::seen);
    auto mine = own.find(reader);
    if (mine == own.end()) return hot;
    if (mine->second.seen) hot.flags |= SystemFlag::seen;
    hot.modseq = std::max(hot.modseq, mine->second.modseq);
    return hot;
  }
};
using Messages = std::map<Uid, Message>;

struct Step {
  int kind = 0;
  uint32_t who = 0;
  uint32_t where = 0;
  uint32_t first = 0;
  uint32_t count = 0;
  uint32_t flags = 0;
};

std::ostream& operator<<(std::ostream& out, const Step& s) {
  return out << "{" << s.kind << ", " << s.who << ", " << s.where << ", " << s.first << ", " << s.count << ", "
             << s.flags << "}";
}

rc::Gen<std::vector<Step>> any_steps() {
  auto number = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<uint32_t>(0, 1'000'000));
  auto kind = rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 100));
  auto step = rc::gen::build<Step>(rc::gen::set(&Step::kind, kind), rc::gen::set(&Step::who, number),
                                   rc::gen::set(&Step::where, number), rc::gen::set(&Step::first, number),
                                   rc::gen::set(&Step::count, number), rc::gen::set(&Step::flags, number));
  return rc::gen::scale(3.0, rc::gen::container<std::vector<Step>>(step));
}

class Walk {
 public:
  Walk() {
    for (const std::string& name : {kNames[1], kNames[2]}) account.must<Created>(CreateMailbox{name, {}});
    for (const std::string& name : kNames) {
      account.must(SetAcl{name, "anyone", SetAcl::How::replace, Rights::all()});
      mailboxes[name] = {};
    }
  }

  void take(const Step& step) {
    const std::string& name = kNames[step.where % kNames.size()];
    if (step.kind >= 88) return keep(step);
    uint64_t reader = kReaders[step.who % 3];
    account.actor = Actor::owned_by("alice");
    if (reader != 0) {
      account.actor = Actor::visiting("user" + std::to_string(reader));
      account.actor.own_seen = AccountId(reader);
    }
    if (step.kind < 20) {
      append(name, reader, step);
    } else if (step.kind < 60) {
      store(name, reader, step);
    } else if (step.kind < 68) {
      expunge(name, step);
    } else if (step.kind < 85) {
      copy(name, step);
    } else {
      rename_inbox();
    }
  }

  void compare() {
    account.load_all();
    EXPECT_THAT(check_snapshot(*account.snapshot), testing::IsEmpty());
    for (uint64_t reader : kReaders) {
      SnapshotPtr snapshot = read_by(AccountId(reader), account.snapshot);
      for (const auto& [name, messages] : mailboxes) compare(snapshot->find(name).value(), messages, reader);
    }
  }

  TestAccount account;
  std::map<std::string, Messages> mailboxes;

 private:
  ModSeq modseq() const { return account.snapshot->modseq(); }

  void keep(const Step& step) {
    if (step.kind < 95) {
      account.checkpoint(step.first % 2 == 0 ? 3'600 : 0);
    } else {
      account.reopen();
    }
  }

  UidSet uids(const std::string& name, const Step& step) const {
    uint32_t max = account.mailbox(name).uidnext().value;
    uint32_t first = step.first % max + 1;
    return step.count % 5 == 0 ? UidSet{{Uid(1), Uid(UINT32_MAX)}}
                               : UidSet{{Uid(first), Uid(first + step.count / 5 % max)}};
  }

  void append(const std::string& name, uint64_t reader, const Step& step) {
    // Blocks of uids have borders.
    size_t count = step.count % 20 == 0 ? 2'500 : step.count % 3 + 1;
    SystemFlags flags(static_cast<uint8_t>(step.flags));
    Append operation{name, {}};
    for (size_t i = 0; i < count; ++i) operation.messages.push_back(test_message(flags));
    std::vector<NewMessage> fresh = operation.messages;
    Uid uid = account.must<Appended>(std::move(operation)).first;
    for (const NewMessage& one : fresh) {
      Message& message = mailboxes[name][uid];
      message = {one.email_id, flags, modseq(), {}};
      if (reader != 0 && flags.has(SystemFlag::seen)) message.own[reader] = {true, modseq()};
      if (reader != 0) message.flags &= ~SystemFlags(SystemFlag::seen);
      uid = uid.next();
    }
  }

  static SystemFlags changed(SystemFlags old, StoreHow how, SystemFlags flags) {
    switch (how) {
      case StoreHow::replace: return flags;
      case StoreHow::add: return old | flags;
      case StoreHow::remove: return old & ~flags;
    }
    return old;
  }

  void store(const std::string& name, uint64_t reader, const Step& step) {
    auto how = static_cast<StoreHow>(step.flags % 3);
    SystemFlags flags(static_cast<uint8_t>(step.flags % 2 == 0 ? 1 : step.flags >> 3));
    UidSet named = uids(name, step);
    Stored stored = account.store(name, named, how, flags);
    UidSet expected;
    for (auto& [uid, message] : mailboxes[name]) {
      if (!named.contains(uid)) continue;
      SystemFlags old = message.shown_to(reader).flags;
      SystemFlags now = changed(old, how, flags);
      if (old == now) continue;
      expected.append(uid);
      if (reader != 0 && old.has(SystemFlag::seen) != now.has(SystemFlag::seen)) {
        message.own[reader] = {now.has(SystemFlag::seen), modseq()};
      }
      const SystemFlags shared = reader != 0 ? ~SystemFlags(SystemFlag::seen) : SystemFlags::all();
      if ((old & shared) == (now & shared)) continue;
      message.flags = (message.flags & ~shared) | (now & shared);
      message.modseq = modseq();
    }
    EXPECT_EQ(stored.changed, expected);
  }

  void expunge(const std::string& name, const Step& step) {
    Expunged gone = account.expunge(name, uids(name, step));
    Messages& messages = mailboxes[name];
    gone.uids.for_each([&](Uid uid) { messages.erase(uid); });
  }

  void copy(const std::string& name, const Step& step) {
    const std::string& to = kNames[step.flags / 2 % kNames.size()];
    const bool move = step.flags % 2 == 0;
    Copied copied = account.must<Copied>(Copy{account.mailbox(name).id(), uids(name, step), to, move});
    Messages copies;
    for (uint64_t i = 0; i < copied.source.count(); ++i) {
      Message message = mailboxes[name].at(copied.source.nth(i).value());
      message.modseq = modseq();
      std::erase_if(message.own, [](const auto& one) { return !one.second.seen; });
      for (auto& [reader, own] : message.own) own.modseq = modseq();
      copies[copied.target.nth(i).value()] = std::move(message);
    }
    if (move) copied.source.for_each([&](Uid uid) { mailboxes[name].erase(uid); });
    mailboxes[to].merge(copies);
  }

  void rename_inbox() {
    account.actor = Actor::owned_by("alice");
    std::string name = "Saved " + std::to_string(mailboxes.size());
    if (mailboxes.size() > 6) return;
    account.must(RenameMailbox{"INBOX", name});
    mailboxes[name] = std::exchange(mailboxes["INBOX"], {});
  }

  void compare(const Mailbox& mailbox, const Messages& messages, uint64_t reader) {
    ModSeq since(modseq().value / 2);
    uint32_t unseen = 0;
    std::optional<Uid> first_unseen;
    UidSet changed;
    ModSeq highest;
    for (const auto& [uid, message] : messages) {
      Hot expected = message.shown_to(reader);
      Hot hot = mailbox.find_hot(uid).value();
      EXPECT_EQ(hot.flags, expected.flags) << mailbox.name() << " " << uid.value << " for " << reader;
      EXPECT_EQ(hot.modseq, expected.modseq) << mailbox.name() << " " << uid.value << " for " << reader;
      EXPECT_EQ(mailbox.find(uid)->cold.email_id, message.email_id);
      if (!expected.flags.has(SystemFlag::seen)) {
        ++unseen;
        first_unseen = first_unseen.value_or(uid);
      }
      if (expected.modseq > since) changed.append(uid);
      highest = std::max(highest, expected.modseq);
    }
    EXPECT_EQ(mailbox.messages(), messages.size());
    EXPECT_EQ(mailbox.unseen(), unseen);
    EXPECT_EQ(mailbox.first_unseen(), first_unseen);
    EXPECT_GE(mailbox.highest_modseq(), highest);
    EXPECT_EQ(std::get<MailboxDelta>(changes_since(mailbox, since)).changed, changed);
    auto expected = messages.begin();
    mailbox.for_each(Uid(1), Uid(UINT32_MAX), [&](const Cold& cold, const Hot& hot) {
      EXPECT_EQ(hot.flags, expected->second.shown_to(reader).flags) << cold.uid.value;
      return ++expected != messages.end();
    });
  }
};

RC_GTEST_PROP(OwnSeen, IsAsAModelShowsItToEverybody, ()) {
  auto steps = *any_steps();
  Walk walk;
  for (const Step& step : steps) walk.take(step);
  walk.compare();
  RC_ASSERT(!testing::Test::HasFailure());
}

}  // namespace
}  // namespace roost::mail
