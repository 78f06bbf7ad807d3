// Which messages are being parsed right now, in a small mapped file that outlives a crash of the process: what stood
// there at the next start is poisoned, and gets an opaque card instead of being parsed again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace roost::accounts {

// Of the octets that a parser has been given so far, up to and including those it is given now.
struct Fingerprint {
  uint64_t hash = 0;
  uint64_t size = 0;

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// Fingerprints of a growing message. Not for security: whoever makes two messages collide harms only himself.
class Fingerprinter {
 public:
  void add(BytesView piece);
  Fingerprint value() const { return {hash_, size_}; }

 private:
  uint64_t hash_ = 0;
  uint64_t size_ = 0;
};

// Thread-safe. Noting costs two stores into mapped memory.
class ParseGuard {
 public:
  virtual ~ParseGuard() = default;

  // While it lives, this thread is parsing what has that fingerprint. Must end on the thread that made it; a note
  // inside another one on the same thread takes its place until it ends.
  class [[nodiscard]] Note {
   public:
    Note() = default;
    explicit Note(volatile uint64_t* slot, Fingerprint what);
    Note(Note&& other) noexcept : slot_(other.slot_), outer_(other.outer_) { other.slot_ = nullptr; }
    Note& operator=(Note&&) = delete;
    ~Note();

   private:
    volatile uint64_t* slot_ = nullptr;
    Fingerprint outer_;
  };

  virtual Note note(Fingerprint what) = 0;

  // True for what was being parsed when an earlier process died.
  virtual bool poisoned(Fingerprint what) const = 0;
};

// Opens or makes the file (a few KiB, mode 0600) and moves what is noted in it to its list of the poisoned, of which
// the newest 1,024 are kept. One process at a time. A file that is no guard's is replaced.
Result<std::unique_ptr<ParseGuard>> open_parse_guard(const std::string& path);

// Notes nothing, and nothing is poisoned.
std::unique_ptr<ParseGuard> no_parse_guard();

}  // namespace roost::accounts
