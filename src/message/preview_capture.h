// Copies the beginning of one part's body while the message's octets pass.
#pragma once

#include <algorithm>

#include "message/parser.h"

namespace roost::message {

class PreviewCapture {
 public:
  // The octets that are being parsed; `offset` is that of the first.
  void begin_piece(BytesView piece, uint64_t offset) {
    piece_ = piece;
    piece_offset_ = offset;
    take(piece);
  }
  void end_piece() { piece_ = {}; }

  // `offset`, where the part's body begins, lies in the piece at hand or at its end; or before it, if a boundary that
  // began in an earlier piece ended the part's header: then the body is empty.
  void begin(PreviewSource& into, uint32_t part, uint64_t offset, size_t bytes_max) {
    into_ = &into;
    into.part = part;
    bytes_max_ = bytes_max;
    if (offset >= piece_offset_ && !piece_.empty()) take(piece_.substr(offset - piece_offset_));
  }
  // The part's body turned out to have this size.
  void end(uint32_t part, uint64_t body_size) {
    if (into_ == nullptr || into_->part != part) return;
    into_->bytes.resize(std::min<uint64_t>(into_->bytes.size(), body_size));
    into_ = nullptr;
  }

 private:
  void take(BytesView octets) {
    if (into_ != nullptr) into_->bytes += octets.substr(0, bytes_max_ - into_->bytes.size());
  }

  PreviewSource* into_ = nullptr;
  size_t bytes_max_ = 0;
  BytesView piece_;
  uint64_t piece_offset_ = 0;
};

}  // namespace roost::message
