#include "accounts/guarded_parser.h"

#include <algorithm>

#include "message/card.h"

namespace roost::accounts {
namespace {

// Messages are parsed in blocks of this size however they arrive, so that the fingerprint that a crash left is met
// again.
constexpr size_t kBlockBytes = 32 * 1024;

}  // namespace

void GuardedParser::feed_trace(BytesView trace) {
  size_ += trace.size();
  parser_.feed(trace);
}

void GuardedParser::feed(BytesView piece) {
  size_ += piece.size();
  while (!piece.empty()) {
    if (block_.empty() && piece.size() >= kBlockBytes) {
      parse(piece.substr(0, kBlockBytes));
      piece.remove_prefix(kBlockBytes);
      continue;
    }
    size_t taken = std::min(piece.size(), kBlockBytes - block_.size());
    block_.append(piece.substr(0, taken));
    piece.remove_prefix(taken);
    if (block_.size() < kBlockBytes) break;
    parse(block_);
    block_.clear();
  }
}

void GuardedParser::parse(BytesView block) {
  fingerprinter_.add(block);
  poisoned_ = poisoned_ || guard_.poisoned(fingerprinter_.value());
  if (poisoned_) return;
  auto note = guard_.note(fingerprinter_.value());
  parser_.feed(block);
}

Bytes GuardedParser::finish() {
  if (!block_.empty()) parse(block_);
  if (poisoned_) return message::encode_card(message::opaque_card(size_));
  auto note = guard_.note(fingerprinter_.value());
  return message::encode_card(message::make_card(parser_.finish()));
}

}  // namespace roost::accounts
