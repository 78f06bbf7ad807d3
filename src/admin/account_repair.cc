#include "admin/account_repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "accounts/search_index.h"
#include "admin/card_check.h"
#include "mail/repair.h"
#include "message/card.h"
#include "message/parser.h"

namespace roost::admin {
namespace {

constexpr uint64_t kPieceBytes = 256 * 1024;
constexpr size_t kPagesAtOnce = 64;
constexpr size_t kBlobsPerListing = 10'000;

Fail damaged(std::string what) { return fault(std::move(what), Code::corruption); }

// Those of the pages that can be read.
task<std::vector<mail::LoadedPage>> read_what_is_left(store::AccountStore& store, AccountId id,
                                                      std::vector<PageId> pages) {
  std::vector<mail::LoadedPage> left;
  for (size_t at = 0; at < pages.size();) {
    size_t count = std::min(kPagesAtOnce, pages.size() - at);
    std::vector<PageId> some(pages.begin() + static_cast<ptrdiff_t>(at),
                             pages.begin() + static_cast<ptrdiff_t>(at + count));
    auto data = co_await store.get_pages(id, some);
    for (size_t i = 0; data && i < count; ++i) left.push_back({some[i], std::move((*data)[i])});
    for (size_t i = 0; !data && i < count; ++i) {
      std::vector<PageId> single(1, some[i]);
      auto one = co_await store.get_pages(id, single);
      if (one) left.push_back({some[i], std::move(one->front())});
    }
    at += count;
  }
  co_return left;
}

// Nothing where the body is damaged.
task<std::optional<Bytes>> make_card(store::AccountStore& store, BlobId body, uint64_t size) {
  message::Parser parser;
  for (uint64_t at = 0; at < size; at += kPieceBytes) {
    store::Range range{at, kPieceBytes};
    auto piece = co_await store.get_blob(body, range);
    if (!piece || piece->size() != std::min(kPieceBytes, size - at)) co_return std::nullopt;
    parser.feed(*piece);
  }
  co_return message::encode_card(message::make_card(parser.finish()));
}

class AccountRepair {
 public:
  AccountRepair(Services& services, AccountId id, bool went_back)
      : store_(services.store), now_(services.clock.wall().seconds), id_(id) {
    plan_.went_back = went_back;
    plan_.now = now_;
  }

  task<Result<AccountRepairReport>> run() {
    ROOST_CO_TRY(opened_, co_await store_.open(id_));
    ROOST_CO_TRY_VOID(co_await read_checkpoint());
    fold_tail();
    ROOST_CO_TRY_VOID(co_await look_at_bodies());
    co_await mend_cards();
    bool sound = report_.said.empty() && !plan_.went_back && plan_.cards.empty() && plan_.dead.empty() && cut_.empty();
    if (sound) {
      counted_ = mail::check_snapshot(*snapshot_);
      sound = counted_.empty();
    }
    if (plan_.position == Position() && plan_.went_back) say("it begins anew, and nothing is left but bodies");
    if (sound || plan_.position == Position()) co_return std::move(report_);
    ROOST_CO_TRY_VOID(co_await write());
    co_return std::move(report_);
  }

 private:
  void say(std::string what) { report_.said.push_back(std::move(what)); }

  task<Result<>> read_checkpoint() {
    snapshot_ = mail::empty_account(id_, mail::kUnseeded);
    plan_.position = opened_.tail.empty() ? opened_.root_position : opened_.tail.back().position;
    if (opened_.root.empty()) co_return Result<>{};
    ROOST_CO_TRY(auto named, mail::root_pages(opened_.root));
    size_t count = named.size();
    auto pages = co_await read_what_is_left(store_, id_, std::move(named));
    Bytes root = opened_.root;
    if (pages.size() < count) {
      ROOST_CO_TRY(mail::RootLeft left, mail::root_without_lost(root, pages, report_.said));
      root = std::move(left.root);
      pages = std::move(left.pages);
      rows_lost_ = true;
    }
    ROOST_CO_TRY(snapshot_, mail::open_root(id_, root, pages));
    auto rows = co_await read_what_is_left(store_, id_, mail::pages_of_rows(*snapshot_));
    ROOST_CO_TRY(snapshot_, mail::with_what_is_left(snapshot_, rows, report_.said));
    co_return Result<>{};
  }

  // What does not fold stays in the history, and nothing after it can be folded either.
  void fold_tail() {
    for (const store::LogRecord& record : opened_.tail) {
      auto outcome = mail::fold(snapshot_, record.record, record.position);
      if (auto* folded = std::get_if<mail::Folded>(&outcome)) {
        snapshot_ = std::move(folded->snapshot);
        continue;
      }
      auto* error = std::get_if<Error>(&outcome);
      cut_ =
          fmt::format("records {} to {} of its log do not fit what is left ({}); they are left out",
                      record.position.value, plan_.position.value, error != nullptr ? error->text : "pages are lost");
      say(cut_);
      plan_.went_back = true;
      return;
    }
  }

  // Which bodies belong to nothing, and how far numbers have been given out.
  task<Result<>> look_at_bodies() {
    std::set<BlobId> known;
    bool placeholders = false;
    mail::for_each_blob(*snapshot_, [&](BlobId blob, uint64_t) {
      known.insert(blob);
      placeholders = placeholders || blob.serial == 0;
    });
    rows_lost_ = rows_lost_ || placeholders || plan_.went_back;
    mail::for_each_unneeded_blob(*snapshot_, [&](BlobId blob) { known.insert(blob); });
    mail::for_each_dead_blob(*snapshot_, [&](BlobId blob, int64_t) { plan_.bodiless.insert(blob.serial); });
    std::set<BlobId> departed;
    mail::for_each_departed_blob(*snapshot_, [&](BlobId blob) { departed.insert(blob); });
    std::vector<store::BlobInfo> homeless;
    for (uint64_t after = 0;;) {
      ROOST_CO_TRY(auto blobs, co_await store_.list_blobs(id_, after, kBlobsPerListing));
      for (const store::BlobInfo& blob : blobs) {
        plan_.bodiless.erase(blob.id.serial);
        if (known.contains(blob.id)) continue;
        if (departed.contains(blob.id)) {
          plan_.dead.push_back(blob.id.serial);
        } else {
          homeless.push_back(blob);
        }
      }
      if (!blobs.empty()) after = blobs.back().id.serial;
      if (blobs.size() < kBlobsPerListing) break;
    }
    for (const store::BlobInfo& blob : homeless) plan_.blob_max = std::max(plan_.blob_max, blob.id.serial);
    if (rows_lost_) {
      report_.homeless = std::move(homeless);
    } else {
      for (const store::BlobInfo& blob : homeless) plan_.dead.push_back(blob.id.serial);
    }
    ROOST_CO_TRY(auto pages, co_await store_.list_pages(id_));
    for (PageId page : pages) plan_.page_max = std::max(plan_.page_max, page.value);
    co_return Result<>{};
  }

  task<> mend_cards() {
    std::vector<MailboxId> ids;
    snapshot_->for_each_mailbox([&](const mail::Mailbox& mailbox) {
      ids.push_back(mailbox.id());
      return true;
    });
    StoredCards cards(store_, id_);
    for (MailboxId id : ids) {
      std::vector<mail::Cold> rows;
      snapshot_->find(id)->for_each(Uid(1), Uid(UINT32_MAX), [&](const mail::Cold& row, const mail::Hot&) {
        if (row.blob.serial != 0) rows.push_back(row);
        return true;
      });
      for (const mail::Cold& row : rows) co_await mend_card(cards, id, row);
    }
    if (!plan_.cards.empty()) say(fmt::format("{} cards are made again from their messages", plan_.cards.size()));
  }

  task<> mend_card(StoredCards& cards, MailboxId mailbox, const mail::Cold& row) {
    auto stored = co_await cards.take(mailbox, row);
    const std::vector<AwaitedCard>* awaited = cards.awaiting(row.blob);
    bool compared = awaited != nullptr && awaited->back().mailbox == mailbox && awaited->back().uid == row.uid;
    if (stored && !compared) co_return;  // opaque, or of an older parser
    auto made = co_await make_card(store_, row.blob, row.size);
    if (!made) {
      if (!stored) plan_.cards_lost.insert({mailbox, row.uid});
    } else if (!stored || awaited->back().stored != CardDigest::of(*made)) {
      plan_.cards[{mailbox, row.uid}] = std::make_shared<const Bytes>(*std::move(made));
    }
  }

  task<Result<>> write() {
    for (const std::string& one : counted_) say("counted again: " + one);
    if (!plan_.dead.empty()) say(fmt::format("{} bodies belong to no message and count as dead", plan_.dead.size()));
    mail::Repair repair = mail::repaired(*snapshot_, plan_, report_.said);
    // Nothing's time is over: how long it is kept is for the server to say.
    constexpr int64_t kForEver = int64_t{1} << 40;
    auto made = mail::make_checkpoint(repair.snapshot, {.now = now_, .expunged_rows_seconds = kForEver});
    auto* checkpoint = std::get_if<mail::Checkpoint>(&made);
    if (checkpoint == nullptr) co_return damaged("its rows are not all there");
    std::vector<store::NewPage> pages;
    for (mail::CheckpointPage& page : checkpoint->pages) pages.push_back({page.id, std::move(page.data)});
    store::Root root{checkpoint->position, std::move(checkpoint->root)};
    ROOST_CO_TRY(bool first, co_await store_.checkpoint(id_, opened_.generation, std::move(root), pages));
    if (!first) co_return no(Code::in_use, "somebody else writes the account");
    report_.changed = true;
    co_return Result<>{};
  }

  store::AccountStore& store_;
  const int64_t now_;
  const AccountId id_;
  store::Opened opened_;
  mail::SnapshotPtr snapshot_;
  mail::RepairPlan plan_;
  AccountRepairReport report_;
  std::vector<std::string> counted_;
  std::string cut_;
  bool rows_lost_ = false;
};

const std::string kRecovered = "Recovered";

task<Result<>> recover_one(accounts::AccountPtr account, Services* services, store::BlobInfo blob) {
  ROOST_CO_TRY(auto upload, co_await account->upload(blob.size));
  for (uint64_t at = 0; at < blob.size; at += kPieceBytes) {
    store::Range range{at, kPieceBytes};
    ROOST_CO_TRY(Bytes piece, co_await services->store.get_blob(blob.id, range));
    ROOST_CO_TRY_VOID(co_await upload->write(std::move(piece)));
  }
  ROOST_CO_TRY(mail::NewMessage message, co_await upload->finish());
  message.internal_date = {services->clock.wall().seconds, 0};
  mail::Append append{kRecovered, {}};
  append.messages.push_back(std::move(message));
  auto appended = co_await account->execute(std::move(append));
  if (!appended) co_return Fail(appended.error());
  co_return Result<>{};
}

// A card that was a blob of its own is no message.
task<bool> is_card(store::AccountStore& store, store::BlobInfo blob) {
  store::Range whole{0, UINT64_MAX};
  if (blob.size > kPieceBytes) co_return false;
  auto data = co_await store.get_blob(blob.id, whole);
  co_return data&& message::decode_card(*data).has_value();
}

}  // namespace

task<Result<AccountRepairReport>> repair_account(Services& services, AccountId id, bool went_back) {
  AccountRepair repair(services, id, went_back);
  co_return co_await repair.run();
}

task<Result<>> recover_bodies(Services& services, AccountId id, AccountRepairReport& report) {
  if (report.homeless.empty()) co_return Result<>{};
  ROOST_CO_TRY(auto account, co_await services.accounts.open(id));
  mail::SnapshotPtr snapshot = account->snapshot();
  if (!snapshot->find(kRecovered)) {
    mail::CreateMailbox create{kRecovered, {}};
    auto created = co_await account->execute(std::move(create));
    if (!created) co_return Fail(created.error());
  }
  size_t recovered = 0;
  std::vector<BlobId> done;
  for (const store::BlobInfo& blob : report.homeless) {
    bool card = co_await is_card(services.store, blob);
    Result<> moved;
    if (!card) moved = co_await recover_one(account, &services, blob);
    if (!moved) {
      report.said.push_back(fmt::format("body {}-{} belongs to no message and could not be recovered: {}",
                                        blob.id.owner.value, blob.id.serial, moved.error().text));
      continue;
    }
    recovered += card ? 0 : 1;
    std::vector<BlobId> one(1, blob.id);
    ROOST_CO_TRY_VOID(co_await accounts::delete_bodies(account, std::move(one)));
  }
  if (recovered > 0) {
    report.said.push_back(fmt::format("{} bodies whose messages are lost, or were deleted, are in the mailbox {}",
                                      recovered, kRecovered));
  }
  co_return Result<>{};
}

task<Result<>> repair_search_index(Services& services, AccountId id, AccountRepairReport& report) {
  auto account = co_await services.accounts.open(id);
  if (!account) co_return Result<>{};  // the check says why
  auto problems = co_await accounts::check_index(*account);
  bool sound = problems && problems->empty();
  if (sound && !report.changed) co_return Result<>{};
  if (!sound) report.said.emplace_back("its search index was damaged and is made anew");
  co_return co_await accounts::drop_index(*account);
}

}  // namespace roost::admin
