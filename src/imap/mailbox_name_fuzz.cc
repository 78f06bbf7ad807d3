// Names from the wire: what is accepted is valid, has one spelling, and comes back the same.
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "base/utf8.h"
#include "imap/mailbox_name.h"
#include "imap/parser.h"
#include "imap/utf7.h"
#include "wire/framer.h"
#include "wire/string.h"

namespace {

using namespace roost;
using namespace roost::imap;

// A name whose spelling is long goes as a literal.
wire::Frame framed(BytesView line) {
  wire::Framer framer;
  auto event = framer.next(line);
  if (event == wire::Framer::Event::literal) {
    framer.hold();
    event = framer.next(line);
  }
  if (event != wire::Framer::Event::command || !line.empty()) abort();
  return std::move(framer.frame());
}

void check_spelling(BytesView name, bool utf8) {
  Bytes line = "x ";
  write_mailbox(line, name, utf8);
  line += "\r\n";
  wire::Frame frame = framed(line);
  Dialect dialect{.utf8_names = utf8};
  Parser in(frame, dialect, "", 2);
  auto again = in.mailbox();
  if (!again || *again != name || !in.at_end()) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  BytesView input(reinterpret_cast<const char*>(data), size);
  for (bool utf8 : {false, true}) {
    decode_list_pattern(input, utf8);
    auto name = normalize_mailbox_name(input, utf8);
    if (!name) continue;
    if (!is_valid_utf8(*name) || name->size() > kMailboxNameBytesMax || name->empty()) abort();
    check_spelling(*name, utf8);
    if (!utf8) check_spelling(*name, false);
  }
  if (auto name = decode_modified_utf7(input)) {
    Bytes again;
    write_modified_utf7(again, *name);
    if (again != input) abort();
  }
  return 0;
}
