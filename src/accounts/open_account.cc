#include "accounts/open_account.h"

#include <algorithm>
#include <utility>

#include "accounts/card_reader.h"
#include "accounts/incoming.h"
#include "base/log.h"
#include "mail/checkpoint.h"

namespace roost::accounts {
namespace {

constexpr uint32_t kReserveBlobs = 16;  // serials set aside by one commit

}  // namespace

// Counts work in the background for as long as it lives.
class OpenAccount::Working {
 public:
  explicit Working(OpenAccount& account) : account_(account) {
    ++account_.working_;
    account_.owner_->began();
  }
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;
  ~Working() {
    --account_.working_;
    if (account_.retired()) account_.fell_quiet_.open();
    account_.owner_->ended();
  }

 private:
  OpenAccount& account_;
};

std::shared_ptr<void> OpenAccount::begin_work() { return std::make_shared<Working>(*this); }

// Either retire() sees the count, or this sees that it is retired.
OpenAccount::Storing::~Storing() {
  account_.storing_.fetch_sub(1);
  if (!account_.retired()) return;
  account_.home_.post([account = account_.shared_from_this()] { account->fell_quiet_.open(); });
}

Result<> OpenAccount::Storing::allowed() const {
  if (account_.retired()) return retired_error();
  return {};
}

Fail retired_error() { return no(Code::nonexistent, "The account was removed."); }

template <class T>
Result<T> OpenAccount::unless_retired(Result<T> result) const {
  if (!result && retired()) return retired_error();
  return result;
}

OpenAccount::OpenAccount(std::shared_ptr<Environment> env, AccountId id, std::shared_ptr<AccountOwner> owner)
    : env_(std::move(env)),
      id_(id),
      owner_(std::move(owner)),
      home_(env_->home_of(id)),
      replica_(*env_, id),
      queue_(*env_, id, replica_) {}

// --- opening and closing ---

task<Result<>> OpenAccount::open() {
  std::weak_ptr<OpenAccount> weak = weak_from_this();
  rt::Loop& home = home_;
  watch_ = env_->store.watch(id_, [weak, &home](Position position) {
    home.post([weak, position] {
      if (auto self = weak.lock()) self->hint(position);
    });
  });
  {
    auto lock = co_await replica_.log().lock();
    ROOST_CO_TRY_VOID(co_await replica_.open());
  }
  co_return co_await initialise();
}

task<Result<>> OpenAccount::activate() {
  active_ = true;
  arm_reread();
  // Hints may have been lost while nobody asked for it.
  if (env_->clock.now() - replica_.read_at() < env_->config.reread_interval) co_return Result<>();
  auto lock = co_await replica_.log().lock();
  ROOST_CO_TRY_VOID(co_await replica_.catch_up());
  owner_->changed(*this);
  co_return Result<>();
}

// Every node that opens a new account may try: the first record that says it counts.
task<Result<>> OpenAccount::initialise() {
  if (!mail::is_unseeded(*replica_.snapshot())) co_return Result<>();
  mail::Initialise first{UidValidity(static_cast<uint32_t>(env_->wall_seconds()))};
  ROOST_CO_TRY_VOID(co_await execute(first));
  co_return Result<>();
}

void OpenAccount::deactivate() {
  active_ = false;
  reread_timer_.cancel();
}

void OpenAccount::close() {
  deactivate();
  watch_.reset();
}

task<> OpenAccount::retire() {
  retired_.store(true);
  close();
  while (!quiet()) co_await fell_quiet_.wait();
}

size_t OpenAccount::memory_bytes() const { return sizeof *this + replica_.snapshot()->memory_bytes(); }

// --- other nodes' changes ---

// Mostly of a commit of our own, which is folded by the time the log is free.
void OpenAccount::hint(Position position) {
  hinted_ = std::max(hinted_, position);
  if (rereading_ || retired() || owner_->stopping() || position <= replica_.snapshot()->position()) return;
  rereading_ = true;
  rt::spawn(home_, reread(shared_from_this(), false));
}

void OpenAccount::arm_reread() {
  reread_timer_ = home_.after(env_->config.reread_interval, [this] {
    if (!active_ || owner_->stopping()) return;
    if (!rereading_) {
      rereading_ = true;
      rt::spawn(home_, reread(shared_from_this(), true));
    }
    arm_reread();
  });
}

task<> OpenAccount::reread(std::shared_ptr<OpenAccount> self, bool without_hint) {
  Working working(*self);
  auto lock = co_await self->replica_.log().lock();
  self->rereading_ = false;
  if (!without_hint && self->hinted_ <= self->replica_.snapshot()->position()) co_return;
  Result<> done = co_await self->replica_.catch_up();
  if (!done) log::warn("reread_failed", {{"account", self->id_.value}, {"text", done.error().text}});
  self->owner_->changed(*self);
}

task<Result<>> OpenAccount::catch_up() {
  rt::Loop* caller = rt::Loop::current();
  co_await home_.hop();
  Result<> done;
  {
    Working working(*this);
    auto lock = co_await replica_.log().lock();
    done = co_await replica_.catch_up();
    owner_->changed(*this);
  }
  co_await caller->hop();
  co_return unless_retired(std::move(done));
}

// --- operations ---

const mail::Actor& OpenAccount::actor() const {
  static const mail::Actor system;
  return system;
}

namespace {

// Of a caller on this loop.
PendingPtr make_pending(mail::Operation operation, mail::Actor actor) {
  auto pending = std::make_shared<Pending>(std::move(operation), std::move(actor), rt::Loop::current());
  pending->bytes = operation_bytes(pending->operation);
  return pending;
}

}  // namespace

task<Result<mail::OperationResult>> OpenAccount::execute_for(mail::Actor actor, mail::Operation operation) {
  if (auto* append = std::get_if<mail::Append>(&operation)) {
    for (mail::NewMessage& message : append->messages) ROOST_CO_TRY_VOID(co_await own_blob(message));
  } else if (auto* replace = std::get_if<mail::Replace>(&operation)) {
    ROOST_CO_TRY_VOID(co_await own_blob(replace->message));
  }
  auto* undelete = std::get_if<mail::Undelete>(&operation);
  if (undelete != nullptr && !undelete->look_only) co_return co_await undelete_in_turn(std::move(actor), *undelete);
  PendingPtr pending = make_pending(std::move(operation), std::move(actor));
  home_.post([self = shared_from_this(), pending] { self->enqueue(pending); });
  OperationAnswer answer = co_await Answered(pending);
  // Before mail is refused, what was expunged goes.
  if (!pending->no_room || !co_await env_->make_room()) co_return answer;
  PendingPtr again = make_pending(pending->operation, pending->actor);
  home_.post([self = shared_from_this(), again] { self->enqueue(again); });
  co_return co_await Answered(again);
}

// Where there is no room for it none is made: what would go is what it may bring back.
task<Result<mail::OperationResult>> OpenAccount::undelete_in_turn(mail::Actor actor, mail::Undelete undelete) {
  rt::Loop* caller = rt::Loop::current();
  co_await home_.hop();
  OperationAnswer answer = co_await undelete_at_home(std::move(actor), std::move(undelete));
  co_await caller->hop();
  co_return answer;
}

task<Result<mail::OperationResult>> OpenAccount::undelete_at_home(mail::Actor actor, mail::Undelete undelete) {
  auto turn = co_await dropping_.lock();
  PendingPtr pending = make_pending(std::move(undelete), std::move(actor));
  enqueue(pending);
  co_return co_await Answered(pending);
}

void OpenAccount::enqueue(PendingPtr pending) {
  if (owner_->stopping() || retired()) {
    pending->answer = retired() ? OperationAnswer(retired_error()) : OperationAnswer(closed());
    std::vector<PendingPtr> refused(1, std::move(pending));
    return answer_all(std::move(refused));
  }
  queue_.push(std::move(pending));
  if (std::exchange(draining_, true)) return;
  rt::spawn(home_, drain(shared_from_this()));
}

task<> OpenAccount::drain(std::shared_ptr<OpenAccount> self) {
  Working working(*self);
  while (!self->queue_.empty()) {
    co_await self->home_.yield();  // what arrived at the same time belongs into the same record
    co_await self->queue_.commit_some();
    self->owner_->changed(*self);
  }
  self->draining_ = false;
}

// One delivery may be for several accounts.
task<Result<>> OpenAccount::own_blob(mail::NewMessage& message) {
  if (!message.blob || message.blob.owner == id_) co_return Result<>{};
  ROOST_CO_TRY(message.blob, co_await copy_of(message.blob));
  co_return Result<>{};
}

task<Result<BlobId>> OpenAccount::copy_of(BlobId blob) {
  ROOST_CO_TRY(BlobId own, co_await reserve_blob());
  Storing storing(*this);
  ROOST_CO_TRY_VOID(storing.allowed());
  ROOST_CO_TRY_VOID(co_await env_->store.link_blob(blob, own));
  ROOST_CO_TRY_VOID(co_await confirm_blob(own));
  co_return own;
}

task<Result<>> OpenAccount::confirm_blob(BlobId blob) {
  if (mail::is_set_aside(*snapshot(), blob)) co_return Result<>{};
  ROOST_CO_TRY_VOID(co_await env_->store.delete_blobs(std::span(&blob, 1)));
  co_return no(Code::unavailable, "The upload took too long; try again.");
}

task<Result<BlobId>> OpenAccount::reserve_blob() {
  rt::Loop* caller = rt::Loop::current();
  co_await home_.hop();
  Result<BlobId> blob = closed();
  {
    auto lock = co_await reserving_.lock();
    // Old ones may be taken for abandoned before what uses them is committed.
    bool old = env_->wall_seconds() - reserved_.time > env_->config.abandoned_upload_seconds / 4;
    Result<> reserved;
    if (old || reserved_.next == reserved_.end) {
      mail::ReserveBlobs more{.count = kReserveBlobs, .now = env_->wall_seconds()};
      int64_t now = more.now;
      auto done = co_await execute(std::move(more));
      if (done) {
        const auto& range = std::get<mail::Reserved>(*done);
        reserved_ = {range.first_serial, range.first_serial + range.count, now};
      } else {
        reserved = std::unexpected(done.error());
      }
    }
    if (reserved) {
      blob = BlobId{id_, reserved_.next++};
    } else {
      blob = std::unexpected(reserved.error());
    }
  }
  co_await caller->hop();
  co_return blob;
}

// --- reading ---

namespace {

std::vector<PageId> missing_pages(const mail::Mailbox& mailbox, const mail::Rows& rows, std::optional<ModSeq> since) {
  std::vector<PageId> missing = mailbox.missing_pages(rows);
  if (!missing.empty() || !since) return missing;
  auto changes = mail::changes_since(mailbox, *since);
  if (auto* need = std::get_if<mail::Need>(&changes)) return std::move(need->pages);
  return missing;
}

}  // namespace

task<Result<mail::SnapshotPtr>> OpenAccount::load_pages(MailboxId mailbox, mail::Rows rows,
                                                        std::optional<ModSeq> since) {
  rt::Loop* caller = rt::Loop::current();
  Result<> brought;
  mail::SnapshotPtr snapshot;
  std::optional<mail::Mailbox> found;
  for (;;) {
    snapshot = replica_.snapshot();
    found = snapshot->find(mailbox);
    std::vector<PageId> missing;
    if (found) missing = missing_pages(*found, rows, since);
    if (missing.empty()) break;
    co_await home_.hop();
    brought = co_await replica_.bring(std::move(missing), false);
    owner_->changed(*this);
    if (!brought) break;
  }
  co_await caller->hop();
  if (!brought) co_return unless_retired(Result<mail::SnapshotPtr>(std::unexpected(brought.error())));
  if (!found) co_return no(Code::nonexistent, "The mailbox is gone.");
  co_return snapshot;
}

task<Result<std::vector<std::shared_ptr<const Bytes>>>> OpenAccount::cards(std::vector<mail::Cold> rows) {
  co_return unless_retired(co_await read_cards(env_, id_, std::move(rows)));
}

task<Result<Bytes>> OpenAccount::body(BlobId blob, store::Range range) {
  co_return unless_retired(co_await env_->store.get_blob(blob, range));
}

task<std::vector<Result<Bytes>>> OpenAccount::bodies(std::vector<store::AccountStore::BlobRange> ranges) {
  std::vector<Result<Bytes>> bodies = co_await env_->store.get_blobs(std::move(ranges));
  if (retired()) std::ranges::fill(bodies, Result<Bytes>(retired_error()));
  co_return bodies;
}

task<Result<std::unique_ptr<Upload>>> OpenAccount::upload(uint64_t size_max) {
  co_return std::unique_ptr<Upload>(
      std::make_unique<Incoming>(shared_from_this(), std::min(size_max, env_->config.message_bytes_max)));
}

Subscription OpenAccount::subscribe(rt::Loop& loop, MailboxId mailbox, Listener* listener) {
  return replica_.listeners()->add(loop, mailbox, listener, [this] { return replica_.snapshot()->position(); });
}

// --- searches ---

task<> OpenAccount::begin_search() {
  rt::Loop* caller = rt::Loop::current();
  co_await home_.hop();
  while (searches_ >= env_->config.searches_per_account_max) co_await search_ended_.wait();
  ++searches_;
  co_await caller->hop();
}

void OpenAccount::end_search() {
  home_.post([self = shared_from_this()] {
    --self->searches_;
    self->search_ended_.open();
  });
}

}  // namespace roost::accounts
