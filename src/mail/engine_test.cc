#include "mail/engine_test.h"

#include "mail/account_state.h"

namespace roost::mail {
namespace {

ObjectId test_object_id(uint64_t number) {
  ObjectId id;
  for (size_t i = 0; i < 8; ++i) id.bytes[i] = static_cast<uint8_t>((number * 0x9E3779B97F4A7C15ULL) >> (8 * i));
  return id;
}

}  // namespace

NewMessage test_message(SystemFlags flags, std::vector<std::string> keywords, std::string body) {
  static uint64_t number = 0;
  ++number;
  NewMessage message;
  message.flags = flags;
  message.keywords = std::move(keywords);
  message.internal_date = {1'600'000'000 + static_cast<int64_t>(number), 120};
  message.size = body.size();
  message.body = std::make_shared<const Bytes>(std::move(body));
  message.card = std::make_shared<const Bytes>("card " + std::to_string(number));
  message.email_id = test_object_id(number);
  message.thread_id = test_object_id(number / 2 * 2);
  return message;
}

Result<OperationResult> TestAccount::execute(const Operation& operation) {
  PlanContext context{&limits, now, actor};
  for (;;) {
    PlanOutcome outcome = plan(*snapshot, operation, context);
    if (auto* need = std::get_if<Need>(&outcome)) {
      load(need->pages);
      continue;
    }
    if (auto* error = std::get_if<Error>(&outcome)) return std::unexpected(std::move(*error));
    auto& planned = std::get<Planned>(outcome);
    change = {};
    bodies = std::move(planned.bodies);
    if (planned.effects.encoded.empty()) return std::move(planned.result);
    Result<Change> folded = fold_record(make_record({planned.effects}));
    if (!folded) return std::unexpected(std::move(folded).error());
    change = *std::move(folded);
    return std::move(planned.result);
  }
}

Result<Change> TestAccount::fold_record(const Bytes& record) {
  for (;;) {
    FoldOutcome outcome = fold(snapshot, record, snapshot->position().next());
    if (auto* need = std::get_if<Need>(&outcome)) {
      load(need->pages);
      continue;
    }
    if (auto* error = std::get_if<Error>(&outcome)) return std::unexpected(std::move(*error));
    auto& folded = std::get<Folded>(outcome);
    snapshot = std::move(folded.snapshot);
    if (log.size() < snapshot->position().value) log.push_back(record);
    return std::move(folded.change);
  }
}

Appended TestAccount::append(std::string_view name, size_t count, SystemFlags flags,
                             std::vector<std::string> keywords) {
  Append append{std::string(name), {}};
  for (size_t i = 0; i < count; ++i) append.messages.push_back(test_message(flags, keywords));
  return must<Appended>(std::move(append));
}

Stored TestAccount::store(std::string_view name, UidSet uids, StoreHow how, SystemFlags flags,
                          std::vector<std::string> keywords) {
  return must<Stored>(Store{mailbox(name).id(), std::move(uids), how, flags, std::move(keywords), {}});
}

Expunged TestAccount::expunge(std::string_view name, UidSet uids) {
  store(name, uids, StoreHow::add, SystemFlag::deleted);
  return must<Expunged>(Expunge{mailbox(name).id(), std::move(uids)});
}

MailboxDelta TestAccount::since(std::string_view name, ModSeq modseq) {
  for (;;) {
    auto outcome = changes_since(mailbox(name), modseq);
    if (auto* delta = std::get_if<MailboxDelta>(&outcome)) return std::move(*delta);
    load(std::get<Need>(outcome).pages);
  }
}

void TestAccount::load(const std::vector<PageId>& wanted) {
  std::vector<LoadedPage> loaded;
  for (PageId id : wanted) loaded.push_back({id, pages.at(id)});
  auto next = with_pages(snapshot, loaded);
  ASSERT_TRUE(next) << next.error().text;
  snapshot = *std::move(next);
}

void TestAccount::load(std::string_view name) { load(mailbox(name).missing_pages()); }

void TestAccount::load_all() {
  std::vector<PageId> wanted;
  snapshot->for_each_mailbox([&](const Mailbox& one) {
    for (PageId page : one.missing_pages()) wanted.push_back(page);
    for (const TraceBlock& block : state_of(one).traces.sealed()) {
      if (!block.traces) wanted.push_back(block.page);
    }
    return true;
  });
  snapshot->state().deleted.for_each([&](MailboxId, const MailboxPtr& mailbox) {
    add_missing_pages(*mailbox, UidSet{{Uid(1), Uid(UINT32_MAX)}}, true, wanted);
    return true;
  });
  load(wanted);
}

void TestAccount::checkpoint(int64_t retention_seconds) {
  for (;;) {
    auto outcome = make_checkpoint(snapshot, {now, retention_seconds});
    if (auto* need = std::get_if<Need>(&outcome)) {
      load(need->pages);
      continue;
    }
    auto& made = std::get<Checkpoint>(outcome);
    for (CheckpointPage& page : made.pages) ASSERT_TRUE(pages.emplace(page.id, std::move(page.data)).second);
    for (PageId page : made.dropped) ASSERT_EQ(pages.erase(page), 1U);
    root = std::move(made.root);
    root_position = made.position;
    snapshot = std::move(made.snapshot);
    return;
  }
}

void TestAccount::reopen() {
  AccountId id = snapshot->state().id;
  if (root.empty()) {
    snapshot = empty_account(id, UidValidity(1000));
  } else {
    std::vector<LoadedPage> entries;
    for (PageId page : root_pages(root).value()) entries.push_back({page, pages.at(page)});
    auto opened = open_root(id, root, entries);
    ASSERT_TRUE(opened) << opened.error().text;
    snapshot = *std::move(opened);
  }
  for (uint64_t i = root_position.value; i < log.size(); ++i) {
    auto folded = fold_record(Bytes(log[i]));
    ASSERT_TRUE(folded) << folded.error().text;
  }
}

}  // namespace roost::mail
