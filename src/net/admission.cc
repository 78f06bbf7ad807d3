#include "net/admission.h"

#include <mutex>
#include <unordered_map>
#include <utility>

namespace roost::net {
namespace {

class CountingAdmission final : public Admission {
 public:
  explicit CountingAdmission(AdmissionLimits limits) : limits_(limits) {}

  std::optional<Ticket> admit(const Peer& peer) override {
    {
      std::lock_guard lock(mutex_);
      if (peer.trusted) {
        ++total_;
      } else if (!admit_locked(peer.address_block)) {
        return std::nullopt;
      }
    }
    return Ticket(shared_from_this(), peer.trusted ? std::string() : peer.address_block);
  }

  size_t connections() const override {
    std::lock_guard lock(mutex_);
    return total_;
  }

 private:
  bool admit_locked(const std::string& block) {
    if (total_ >= limits_.connections_max) return false;
    if (!block.empty()) {
      size_t& in_block = blocks_[block];
      if (in_block >= limits_.connections_per_block_max) {
        if (in_block == 0) blocks_.erase(block);
        return false;
      }
      ++in_block;
    }
    ++total_;
    return true;
  }

  void leave(const std::string& block) override {
    std::lock_guard lock(mutex_);
    --total_;
    if (block.empty()) return;
    auto in_block = blocks_.find(block);
    if (--in_block->second == 0) blocks_.erase(in_block);
  }

  const AdmissionLimits limits_;
  mutable std::mutex mutex_;  // for the rest
  size_t total_ = 0;
  std::unordered_map<std::string, size_t> blocks_;  // none of zero connections
};

}  // namespace

Admission::Ticket& Admission::Ticket::operator=(Ticket&& other) noexcept {
  if (this != &other) {
    release();
    owner_ = std::move(other.owner_);
    block_ = std::move(other.block_);
  }
  return *this;
}

void Admission::Ticket::release() {
  if (auto owner = std::exchange(owner_, nullptr)) owner->leave(block_);
}

std::shared_ptr<Admission> make_admission(AdmissionLimits limits) {
  return std::make_shared<CountingAdmission>(limits);
}

}  // namespace roost::net
