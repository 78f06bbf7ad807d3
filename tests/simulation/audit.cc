// What is looked at when all is over: what `roost check` says, and what is left on the disk once the collector has
// been.
#include <fmt/format.h>

#include <algorithm>

#include "admin/check.h"
#include "mail/checkpoint.h"
#include "run_now.h"
#include "world.h"

namespace roost::simulation {

void World::audit(Node& node, const std::string& user) {
  admin::Services services{node.accounts(), node.store(), node.users(), node.clock(), {}, {}};
  auto report = wait(admin::check_account(services, users_[user]));
  if (report && !report->problems.empty()) {
    judge_.fail(fmt::format("roost check, {} on node {}: {}", user, node.number(), report->problems.front()));
  }
}

// As if years had passed: the retention time is over by everybody's clock, and no node sees an old page any more.
void World::collect(Node& node) {
  constexpr Seconds kYears{3 * 365 * 24 * 3600};
  constexpr int kRounds = 5;  // what is seen to be left is deleted at the next visit, after a time
  for (Slot& slot : slots_) slot.node->jump_clock(kYears);
  for (int round = 0; round < kRounds && !judge_.failed(); ++round) {
    if (!advance_for(Seconds(200))) return;
    for (const std::string& user : kUsers) {
      auto done = wait(node.accounts().maintain(users_[user]));
      // At first it may look for pages that other nodes, for which years have passed, have deleted.
      if (done && !*done && round + 1 == kRounds) judge_.fail("maintenance: " + done->error().text);
    }
  }
}

void World::check_leaks(Node& node, const std::string& user) {
  AccountId id = users_[user];
  auto opened = wait(node.accounts().open(id));
  if (!opened || !*opened) return judge_.fail("the account does not open");
  accounts::AccountPtr account = **opened;
  std::vector<MailboxId> mailboxes;
  account->snapshot()->for_each_mailbox([&](const mail::Mailbox& mailbox) {
    mailboxes.push_back(mailbox.id());
    return true;
  });
  for (MailboxId mailbox : mailboxes) wait(account->load(mailbox));
  mail::SnapshotPtr snapshot = account->snapshot();
  std::set<BlobId> needed;
  std::set<BlobId> dead;
  mail::for_each_blob(*snapshot, [&](BlobId blob, uint64_t) { needed.insert(blob); });
  mail::for_each_unneeded_blob(*snapshot, [&](BlobId blob) { dead.insert(blob); });
  for (const store::BlobInfo& blob : run_now(node.store().list_blobs(id, 0, SIZE_MAX)).value()) {
    if (needed.contains(blob.id)) continue;
    // An upload that another node's clock took for abandoned a day too early may arrive after it was collected.
    if (!dead.contains(blob.id) && plan_.has(Fault::clock) && plan_.nodes > 1) continue;
    judge_.fail(fmt::format("body {} of {} is left, which {}", blob.id.serial, user,
                            dead.contains(blob.id) ? "is dead" : "nobody knows"));
  }
  std::vector<PageId> pages = mail::checkpoint_pages(*snapshot).pages;
  for (PageId page : run_now(node.store().list_pages(id)).value()) {
    if (!std::ranges::binary_search(pages, page)) judge_.fail(fmt::format("page {} of {} is left", page.value, user));
  }
}

}  // namespace roost::simulation
