// What one header field says to those who search in it: decoded and folded once, however many strings are looked for.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "message/header.h"
#include "message/matcher.h"

namespace roost::search {

class FieldText {
 public:
  // What `field` views must outlive it.
  explicit FieldText(const message::Field& field) : field_(field) {}

  // Whether the needle is in the text of the field, or in what RFC 2231 hides there; `addresses`: or in its addresses
  // as ENVELOPE has them.
  bool has(message::Matcher& matcher, bool addresses);

 private:
  const Bytes& plain();
  const Bytes& parameters();
  const Bytes& addresses();

  message::Field field_;
  std::optional<Bytes> plain_;
  std::optional<Bytes> parameters_;
  std::optional<Bytes> addresses_;
};

}  // namespace roost::search
