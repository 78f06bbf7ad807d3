#include "accounts/parse_guard.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "base/log.h"

namespace roost::accounts {
namespace {

// The file: 8 octets of magic, then slots, then the ring of the poisoned. A slot is a hash and a size, both 0 where
// nothing is being parsed. Little-endian, as the machines that Roost runs on are.
constexpr uint64_t kMagic = 0x31475054534F4F52ULL;  // "ROOSTPG1"
constexpr size_t kSlots = 256;
constexpr size_t kPoisonedMax = 1024;
constexpr size_t kWords = 2 + 2 * kSlots + 2 * kPoisonedMax;  // magic, ring's next place
constexpr size_t kFileBytes = kWords * sizeof(uint64_t);

// A slot for as long as a thread lives, from its first message on.
class ThreadSlot {
 public:
  ThreadSlot() {
    std::lock_guard lock(mutex());
    if (free().empty()) {
      number_ = next()++;
    } else {
      number_ = free().back();
      free().pop_back();
    }
  }
  ThreadSlot(const ThreadSlot&) = delete;
  ThreadSlot& operator=(const ThreadSlot&) = delete;
  ~ThreadSlot() {
    std::lock_guard lock(mutex());
    free().push_back(number_);
  }
  static size_t mine() {
    thread_local const ThreadSlot slot;
    return slot.number_;
  }

 private:
  // Never destroyed: threads may end after the process's statics.
  static std::mutex& mutex() {
    static auto* mutex = new std::mutex;
    return *mutex;
  }
  static std::vector<size_t>& free() {
    static auto* free = new std::vector<size_t>;
    return *free;
  }
  static size_t& next() {
    static size_t next = 0;
    return next;
  }
  size_t number_ = 0;
};

class MappedGuard final : public ParseGuard {
 public:
  explicit MappedGuard(uint64_t* words) : words_(words) {
    if (words_[0] != kMagic) {
      std::memset(words_, 0, kFileBytes);
      words_[0] = kMagic;
    }
    condemn_noted();
    for (size_t i = 0; i < kPoisonedMax; ++i) {
      Fingerprint f{ring()[2 * i], ring()[2 * i + 1]};
      if (f.size != 0) poisoned_.push_back(f);
    }
  }
  MappedGuard(const MappedGuard&) = delete;
  MappedGuard& operator=(const MappedGuard&) = delete;
  ~MappedGuard() override { munmap(words_, kFileBytes); }

  Note note(Fingerprint what) override {
    size_t slot = ThreadSlot::mine();  // threads beyond the slots go without
    return slot < kSlots ? Note(words_ + 2 + 2 * slot, what) : Note();
  }

  bool poisoned(Fingerprint what) const override { return std::ranges::find(poisoned_, what) != poisoned_.end(); }

 private:
  uint64_t* ring() { return words_ + 2 + 2 * kSlots; }

  void condemn_noted() {
    for (size_t i = 0; i < kSlots; ++i) {
      uint64_t* slot = words_ + 2 + 2 * i;
      if (slot[1] == 0) continue;
      log::warn("poisoned_message", {{"octets_parsed", slot[1]}});
      size_t place = words_[1]++ % kPoisonedMax;
      ring()[2 * place] = slot[0];
      ring()[2 * place + 1] = slot[1];
      slot[0] = slot[1] = 0;
    }
  }

  uint64_t* words_;
  std::vector<Fingerprint> poisoned_;  // never changes, so any thread may look
};

class NoGuard final : public ParseGuard {
 public:
  Note note(Fingerprint) override { return {}; }
  bool poisoned(Fingerprint) const override { return false; }
};

}  // namespace

// The same however the message is cut into pieces.
void Fingerprinter::add(BytesView piece) {
  hash_ = crc32c(piece, static_cast<uint32_t>(hash_));
  size_ += piece.size();
}

ParseGuard::Note::Note(volatile uint64_t* slot, Fingerprint what) : slot_(slot), outer_{slot[0], slot[1]} {
  slot_[0] = what.hash;
  slot_[1] = what.size;
}

ParseGuard::Note::~Note() {
  if (slot_ == nullptr) return;
  slot_[0] = outer_.hash;
  slot_[1] = outer_.size;
}

Result<std::unique_ptr<ParseGuard>> open_parse_guard(const std::string& path) {
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fault("cannot open " + path + ": " + std::strerror(errno));
  if (ftruncate(fd, kFileBytes) != 0) {
    close(fd);
    return fault("cannot size " + path);
  }
  void* mapped = mmap(nullptr, kFileBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED) return fault("cannot map " + path);
  return std::unique_ptr<ParseGuard>(new MappedGuard(static_cast<uint64_t*>(mapped)));
}

std::unique_ptr<ParseGuard> no_parse_guard() { return std::make_unique<NoGuard>(); }

}  // namespace roost::accounts
