// One message on its way in: parsed while it streams, held in memory while small, in the store once large.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "mail/operation.h"
#include "rt/task.h"

namespace roost::accounts {

// Used from one loop. Destroying it unfinished throws the bytes away.
class Upload {
 public:
  virtual ~Upload() = default;

  // no(Code::too_big) once the size limit is passed.
  virtual task<Result<>> write(Bytes piece) = 0;

  // What the server itself puts in front (Return-Path, Received), at most once and before any write(): it differs at
  // every attempt to deliver the same message, so parse_guard.h leaves it out.
  virtual task<Result<>> write_trace(Bytes piece) = 0;

  // The message with size, body or blob (durable), card and ids set; the caller fills in flags, keywords and date.
  virtual task<Result<mail::NewMessage>> finish() = 0;
};

}  // namespace roost::accounts
