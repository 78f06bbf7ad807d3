// BODY and BODYSTRUCTURE (RFC 9051 7.5.2), ready to send.
#pragma once

#include "base/bytes.h"
#include "message/parser.h"

namespace roost::message {

struct BodyForm {
  bool extensible = true;  // BODYSTRUCTURE; else BODY
  // After ENABLE IMAP4rev2 or UTF8=ACCEPT: RFC 2231 parameters decoded to UTF-8, message/global as a message.
  bool utf8 = false;
};

void write_body_structure(Bytes& out, const Parsed& parsed, BodyForm form);

}  // namespace roost::message
