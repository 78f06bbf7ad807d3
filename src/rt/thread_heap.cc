#include "rt/thread_heap.h"

#include <array>
#include <cstddef>
#include <memory>

namespace roost::rt {

void grow_thread_heap() {
  constexpr size_t kPieceBytes = size_t{120} << 10;  // from 128 KiB on they would not come from the heap
  constexpr size_t kPieces = 16;
  std::array<std::unique_ptr<std::byte[]>, kPieces> pieces;
  for (auto& piece : pieces) {
    piece = std::make_unique_for_overwrite<std::byte[]>(kPieceBytes);
    asm volatile("" : : "r"(piece.get()) : "memory");  // the compiler would leave it out
  }
}

}  // namespace roost::rt
