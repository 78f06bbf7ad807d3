#include "accounts/room.h"

#include <array>

#include "base/log.h"

namespace roost::accounts {
namespace {

constexpr Seconds kLookInterval{10};
constexpr Seconds kRetryInterval{60};  // where all that could go is gone, and it was not enough

// Of the configured retention, one after the other: the oldest of all accounts goes first.
constexpr std::array<uint32_t, 6> kShrunkPermille = {500, 250, 125, 50, 10, 0};

}  // namespace

RoomMaker::RoomMaker(std::shared_ptr<Environment> env, std::vector<std::shared_ptr<Table>> tables)
    : env_(std::move(env)), tables_(std::move(tables)), home_(env_->loops.at(0)) {}

void RoomMaker::start() {
  if (env_->config.retention_free_bytes_min == 0) return;
  home_.post([self = shared_from_this()] { self->arm(); });
}

void RoomMaker::stop() {
  stopped_ = true;
  timer_.cancel();
}

void RoomMaker::arm() {
  if (stopped_) return;
  timer_ = home_.after(kLookInterval, [this] { rt::spawn(home_, look(shared_from_this())); });
}

task<> RoomMaker::look(std::shared_ptr<RoomMaker> self) {
  (void)co_await self->make_room();
  self->arm();
}

task<bool> RoomMaker::has_room() {
  auto space = co_await env_->store.space();
  co_return !space || space->free_bytes >= env_->config.retention_free_bytes_min;
}

task<> RoomMaker::shrink_to(uint32_t permille) {
  env_->retention_permille.store(permille);
  for (size_t i = 0; i < tables_.size() && !stopped_; ++i) {
    co_await env_->loops.at(i).hop();
    co_await tables_[i]->collect_everywhere();
  }
  co_await home_.hop();
}

task<bool> RoomMaker::make_room() {
  if (env_->config.retention_free_bytes_min == 0) co_return false;
  rt::Loop* caller = rt::Loop::current();
  co_await home_.hop();
  bool made = false;
  {
    auto lock = co_await making_.lock();
    bool enough = co_await has_room();
    made = enough;
    bool again = !failed_ || env_->clock.now() - *failed_ >= kRetryInterval;
    if (!enough && again) {
      log::warn("retention_shrinks", {{"free_bytes_min", env_->config.retention_free_bytes_min}});
      for (uint32_t permille : kShrunkPermille) {
        if (enough || stopped_) break;
        co_await shrink_to(permille);
        enough = co_await has_room();
      }
      env_->retention_permille.store(1000);
      failed_.reset();
      if (!enough) failed_ = env_->clock.now();
      made = true;
    }
  }
  co_await caller->hop();
  co_return made;
}

}  // namespace roost::accounts
