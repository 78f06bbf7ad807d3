// A message that is being received: held while small, streamed to the store once large, parsed as it comes.
#pragma once

#include <memory>
#include <optional>

#include "accounts/guarded_parser.h"
#include "accounts/open_account.h"
#include "accounts/upload.h"
#include "store/store.h"

namespace roost::accounts {

class Incoming final : public Upload {
 public:
  Incoming(std::shared_ptr<OpenAccount> account, uint64_t size_max);

  task<Result<>> write(Bytes piece) override;
  task<Result<>> write_trace(Bytes piece) override;
  task<Result<mail::NewMessage>> finish() override;

 private:
  task<Result<>> keep(Bytes piece);
  task<Result<>> move_to_store();
  Result<> count(size_t bytes);

  const std::shared_ptr<OpenAccount> account_;
  const uint64_t size_max_;
  GuardedParser parser_;
  uint64_t size_ = 0;
  Bytes body_;  // all of it, until there is a writer
  BlobId blob_;
  std::unique_ptr<store::BlobWriter> writer_;
  Result<> state_;  // the first error ends it
};

}  // namespace roost::accounts
