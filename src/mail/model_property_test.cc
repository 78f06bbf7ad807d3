// Random operations, checkpoints and reopenings: the engine and the model must agree after every step.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>

#include "mail/account_state.h"
#include "mail/engine_test.h"
#include "mail/model_test.h"

namespace roost::mail {
namespace {

const std::vector<std::string> kNames{"INBOX", "a", "a/b", "a/b/c", "d", "d/e", "INBOX/x"};
const std::vector<std::string> kWords{"$Forwarded", "work", "Work", "LATER", "$Junk"};

// Numbers that RapidCheck can shrink, made into an operation once the state is known.
struct Step {
  int kind = 0;
  uint32_t a = 0;
  uint32_t b = 0;
  uint32_t c = 0;
  uint32_t d = 0;
};

rc::Gen<Step> any_step() {
  auto number = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<uint32_t>(0, 1'000'000));
  auto kind = rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 100));
  return rc::gen::build<Step>(rc::gen::set(&Step::kind, kind), rc::gen::set(&Step::a, number),
                              rc::gen::set(&Step::b, number), rc::gen::set(&Step::c, number),
                              rc::gen::set(&Step::d, number));
}

rc::Gen<std::vector<Step>> any_steps() {
  return rc::gen::scale(3.0, rc::gen::container<std::vector<Step>>(any_step()));
}

std::ostream& operator<<(std::ostream& out, const Step& s) {
  return out << "{" << s.kind << ", " << s.a << ", " << s.b << ", " << s.c << ", " << s.d << "}";
}

class Walk {
 public:
  explicit Walk(TestAccount& account_in) : account(account_in), model(1000) {}

  void take(const Step& step) {
    if (step.kind < 84) {
      run({operation(step)});
    } else if (step.kind < 90) {
      Step second = step;
      second.kind = static_cast<int>(step.d % 84);
      std::swap(second.a, second.b);
      Step first = step;
      first.kind = static_cast<int>(step.c % 84);
      run({operation(first), operation(second)});
    } else if (step.kind < 94) {
      account.checkpoint(step.a % 2 == 0 ? 3'600 : 0);
    } else if (step.kind < 97) {
      account.reopen();
      Step next = step;
      next.kind = static_cast<int>(step.d % 84);
      run({operation(next)});  // asks for what it needs
    } else {
      account.now += step.a % 4'000;
    }
    account.load_all();
    std::string difference = compare(*account.snapshot, model);
    if (!difference.empty()) RC_FAIL(difference);
    compare_dead();
  }

  TestAccount& account;
  Model model;

 private:
  // Mostly of a mailbox that is there.
  std::string name(uint32_t n) {
    if (n % 4 == 0) return kNames[n / 4 % kNames.size()];
    auto it = model.mailboxes.begin();
    std::advance(it, n / 4 % model.mailboxes.size());
    return it->first;
  }
  MailboxId id(uint32_t n) {
    auto mailbox = account.snapshot->find(name(n));
    return mailbox ? mailbox->id() : MailboxId(n);
  }
  static std::vector<std::string> words(uint32_t n) {
    std::vector<std::string> out;
    for (size_t i = 0; i < kWords.size(); ++i) {
      if ((n >> i & 1) != 0 && (n >> 8 & 1) != 0) out.push_back(kWords[i]);
    }
    return out;
  }
  UidSet uids(uint32_t mailbox, uint32_t n) {
    uint32_t max = 3;
    if (auto found = account.snapshot->find(name(mailbox))) max = std::min(found->uidnext().value + 1, UINT32_MAX);
    uint32_t first = n % max + 1;
    uint32_t last = first + n / max % max;
    return n % 5 == 0 ? UidSet{{Uid(1), Uid(UINT32_MAX)}} : UidSet{{Uid(first), Uid(last)}};
  }

  Operation operation(const Step& s) {
    if (s.kind < 16) return append(s);
    if (s.kind < 20) return replace(s);
    if (s.kind < 23) return metadata(s);
    if (s.kind < 40) {
      Store store{id(s.a),
                  uids(s.a, s.b),
                  static_cast<StoreHow>(s.c % 3),
                  SystemFlags(static_cast<uint8_t>(s.d)),
                  words(s.d >> 5),
                  {}};
      if (s.c % 7 == 0) store.unchanged_since = ModSeq(s.c % (model.modseq.value + 1));
      return store;
    }
    if (s.kind < 50) {
      Expunge expunge{id(s.a), {}};
      if (s.c % 2 == 0) expunge.only = uids(s.a, s.b);
      return expunge;
    }
    if (s.kind < 62) return Copy{id(s.a), uids(s.a, s.b), name(s.c), s.d % 2 == 0};
    if (s.kind < 70) return CreateMailbox{name(s.a), {}};
    if (s.kind < 74) return DeleteMailbox{name(s.a)};
    if (s.kind < 79) return RenameMailbox{name(s.a), name(s.b)};
    if (s.kind < 81) return Subscribe{name(s.a), s.b % 2 == 0};
    if (s.kind < 83) return ClaimRecent{id(s.a), Uid(s.b % 10 + 1)};
    return ForgetBlobs{collectable_blobs(*account.snapshot, account.now + 1, account.now + 1)};
  }

  SetMetadata metadata(const Step& s) {
    SetMetadata out{.mailbox = s.a % 5 == 0 ? std::nullopt : std::optional(name(s.a))};
    std::optional<Bytes> value = s.d % 3 == 0 ? std::nullopt : std::optional(Bytes(s.d % 40, 'v'));
    if (s.d % 50 == 1) value = Bytes(50'000, 'v');
    AccountId user(s.c % 2 * 7);
    out.entries.push_back({user, "/e" + std::to_string(s.b % 4), std::move(value)});
    return out;
  }

  Replace replace(const Step& s) {
    Uid uid = uids(s.a, s.b).first().value_or(Uid(1));
    return {id(s.a), uid, name(s.c), test_message(SystemFlags(static_cast<uint8_t>(s.d)), words(s.d))};
  }

  Append append(const Step& s) {
    Append out{name(s.a), {}};
    uint32_t count = s.b % 100 == 0 ? 300 : s.b % 7;
    for (uint32_t i = 0; i < count; ++i) {
      out.messages.push_back(test_message(SystemFlags(static_cast<uint8_t>(s.c)), words(s.d)));
      if (s.c % 9 == 0) out.messages.back().card = std::make_shared<const Bytes>(17'000, 'c');
    }
    return out;
  }

  // One record of all that are not refused, each planned on the fold of those before.
  void run(const std::vector<Operation>& operations) {
    Model before = model;
    model.listed.clear();
    model.inbox_renames.clear();
    SnapshotPtr base = account.snapshot;
    std::vector<Effects> effects;
    for (const Operation& one : operations) {
      Model attempt = model;
      Code code = std::visit([&](const auto& op) { return attempt.apply(op, account.now); }, one);
      PlanContext context{&account.limits, account.now};
      PlanOutcome outcome = plan(*account.snapshot, one, context);
      while (auto* need = std::get_if<Need>(&outcome)) {
        SnapshotPtr planned_on = account.snapshot;
        account.snapshot = base;
        account.load(need->pages);
        base = account.snapshot;
        account.snapshot = planned_on;
        account.load(need->pages);
        outcome = plan(*account.snapshot, one, context);
      }
      if (auto* error = std::get_if<Error>(&outcome)) {
        RC_ASSERT(error->code == code);
        continue;
      }
      RC_ASSERT(code == Code::none);
      auto& planned = std::get<Planned>(outcome);
      if (planned.effects.encoded.empty()) continue;
      model = std::move(attempt);
      effects.push_back(planned.effects);
      FoldOutcome folded = fold_effects(account.snapshot, planned.effects);
      RC_ASSERT(std::holds_alternative<Folded>(folded));  // planning asked for all that folding needs
      account.snapshot = std::get<Folded>(folded).snapshot;
    }
    if (effects.empty()) return;
    account.snapshot = base;
    Result<Change> change = account.fold_record(make_record(effects));
    RC_ASSERT(change.has_value());
    compare_change(*change, before);
  }

  static std::map<MailboxId, const ModelMailbox*> by_id(const Model& of) {
    std::map<MailboxId, const ModelMailbox*> out;
    for (const auto& [mailbox_name, mailbox] : of.mailboxes) out[mailbox.id] = &mailbox;
    return out;
  }

  void compare_change(const Change& change, const Model& before) {
    auto old_boxes = by_id(before);
    auto new_boxes = by_id(model);
    for (const auto& [box, now] : new_boxes) {
      const MailboxChange* told = change.find(box);
      static const MailboxChange kNothing;
      if (told == nullptr) told = &kNothing;
      RC_ASSERT(told->list_changed == model.listed.contains(box));
      if (model.inbox_renames.contains(box) || now->noselect) continue;
      std::map<Uid, ModSeq> was;
      if (old_boxes.contains(box)) {
        for (const ModelMessage& m : old_boxes[box]->messages) was[m.uid] = m.modseq;
      }
      UidSet appended, flags, expunged;
      for (const ModelMessage& m : now->messages) {
        auto it = was.find(m.uid);
        if (it == was.end()) {
          appended.append(m.uid);
        } else {
          if (it->second != m.modseq) flags.append(m.uid);
          was.erase(it);
        }
      }
      for (const auto& [uid, modseq] : was) expunged.append(uid);
      RC_ASSERT(told->appended == appended);
      RC_ASSERT(told->flags_changed == flags);
      RC_ASSERT(told->expunged == expunged);
    }
    for (const auto& [box, was] : old_boxes) {
      bool went = !new_boxes.contains(box) || (new_boxes[box]->noselect && !was->noselect);
      RC_ASSERT(!went || (change.find(box) != nullptr && change.find(box)->deleted));
    }
  }

  // Every blob ever given out is needed, dead or forgotten: none is lost, none dies early.
  void compare_dead() {
    std::set<uint64_t> needed;
    for_each_blob(*account.snapshot, [&](BlobId blob, uint64_t) { needed.insert(blob.serial); });
    for_each_unneeded_blob(*account.snapshot, [&](BlobId blob) { RC_ASSERT(!needed.contains(blob.serial)); });
  }
};

void walk(const std::vector<Step>& steps, EngineLimits limits) {
  TestAccount account;
  account.limits = limits;
  Walk walk(account);
  for (const Step& step : steps) walk.take(step);
  account.root.clear();
  account.root_position = Position(0);
  account.reopen();
  account.load_all();
  std::string difference = compare(*account.snapshot, walk.model);
  if (!difference.empty()) RC_FAIL("after replaying the whole log: " + difference);
}

RC_GTEST_PROP(Engine, AgreesWithTheModel, ()) { walk(*any_steps(), {}); }

RC_GTEST_PROP(Engine, AgreesWithTheModelWhenTracesAreFew, ()) {
  EngineLimits limits;
  limits.traces_per_mailbox_max = 4;
  walk(*any_steps(), limits);
}

}  // namespace
}  // namespace roost::mail
