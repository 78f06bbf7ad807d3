#include "accounts/listeners.h"

#include <algorithm>

namespace roost::accounts {

class Listeners::Registered final : public Subscription::Registration {
 public:
  Registered(std::shared_ptr<Listeners> of, size_t slot, MailboxId mailbox, uint64_t number)
      : of_(std::move(of)), slot_(slot), mailbox_(mailbox), number_(number) {}
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;
  ~Registered() override { of_->remove(slot_, mailbox_, number_); }

 private:
  std::shared_ptr<Listeners> of_;
  size_t slot_;
  MailboxId mailbox_;
  uint64_t number_;
};

Listeners::Listeners(rt::Loops& loops) : loops_(loops), slots_(loops.size()) {}
Listeners::~Listeners() = default;

Subscription Listeners::add(rt::Loop& loop, MailboxId mailbox, Listener* listener,
                            const std::function<Position()>& shown) {
  Slot& slot = slots_[loop.index()];
  uint64_t number = slot.next_number++;
  // Counted before the snapshot is looked at: whoever publishes a later one then sees the count (tell() reads it after
  // publishing, and both go through the snapshot's lock).
  slot.count.fetch_add(1);
  slot.by_mailbox[mailbox].push_back({listener, shown(), number});
  return Subscription(std::make_unique<Registered>(shared_from_this(), loop.index(), mailbox, number));
}

void Listeners::remove(size_t index, MailboxId mailbox, uint64_t number) {
  Slot& slot = slots_[index];
  slot.count.fetch_sub(1);
  auto found = slot.by_mailbox.find(mailbox);
  auto entry = std::ranges::find(found->second, number, &Entry::number);
  if (slot.telling > 0) {
    entry->listener = nullptr;
    slot.left_gone = true;
    return;
  }
  found->second.erase(entry);
  if (found->second.empty()) slot.by_mailbox.erase(found);
}

void Listeners::tell(std::vector<mail::Change> changes) {
  if (changes.empty()) return;
  auto shared = std::make_shared<const std::vector<mail::Change>>(std::move(changes));
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].count.load() == 0) continue;
    loops_.at(i).post([self = shared_from_this(), i, shared] { dispatch(self->slots_[i], *shared); });
  }
}

void Listeners::dispatch(Slot& slot, const std::vector<mail::Change>& changes) {
  ++slot.telling;
  for (const mail::Change& change : changes) {
    for (const mail::MailboxChange& one : change.mailboxes) tell_those(slot, one.mailbox, change);
    tell_those(slot, MailboxId(0), change);
  }
  if (--slot.telling == 0 && slot.left_gone) sweep(slot);
}

void Listeners::tell_those(Slot& slot, MailboxId mailbox, const mail::Change& change) {
  auto found = slot.by_mailbox.find(mailbox);
  if (found == slot.by_mailbox.end()) return;
  MailboxId key = found->first;
  // By index, and looked up again: those who are told may add listeners.
  for (size_t i = 0; i < slot.by_mailbox.at(key).size(); ++i) {
    const Entry entry = slot.by_mailbox.at(key)[i];
    if (entry.listener != nullptr && change.after > entry.shown) entry.listener->changed(change);
  }
}

void Listeners::sweep(Slot& slot) {
  slot.left_gone = false;
  for (auto it = slot.by_mailbox.begin(); it != slot.by_mailbox.end();) {
    std::erase_if(it->second, [](const Entry& e) { return e.listener == nullptr; });
    it = it->second.empty() ? slot.by_mailbox.erase(it) : std::next(it);
  }
}

}  // namespace roost::accounts
