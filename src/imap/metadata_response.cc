#include "imap/metadata_response.h"

#include <algorithm>

#include "imap/mailbox_name.h"
#include "imap/number.h"
#include "imap/parser.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

// entry = astring
void write_entry(Bytes& out, BytesView name) {
  if (!name.empty() && std::ranges::all_of(name, is_astring_char)) {
    out += name;
  } else {
    wire::write_string(out, name);
  }
}

// value = nstring / literal8     a NUL needs a literal8
void write_value(Bytes& out, const Bytes* value, bool utf8) {
  if (value == nullptr) {
    out += "NIL";
    return;
  }
  if (!value->contains('\0')) return wire::write_string(out, *value, utf8);
  out += '~';
  wire::write_literal(out, *value);
}

}  // namespace

void MetadataWriter::next(BytesView name, std::string_view before) {
  if (entries_++ == 0) {
    out_ += "* METADATA ";
    if (mailbox_.empty()) {
      out_ += "\"\"";
    } else {
      write_mailbox(out_, mailbox_, utf8_);
    }
    out_ += before;
  } else {
    out_ += ' ';
  }
  write_entry(out_, name);
}

void MetadataWriter::value(BytesView name, const Bytes* value) {
  values_ = true;
  next(name, " (");
  out_ += ' ';
  write_value(out_, value, utf8_);
}

void MetadataWriter::changed(BytesView name) { next(name, " "); }

void MetadataWriter::finish() {
  if (entries_ == 0) return;
  out_ += values_ ? ")\r\n" : "\r\n";
  entries_ = 0;
}

ResponseCode code_metadata_long_entries(uint64_t bytes) {
  ResponseCode code = "METADATA LONGENTRIES ";
  write_number(code, bytes);
  return code;
}

ResponseCode code_metadata_max_size(uint64_t bytes_max) {
  ResponseCode code = "METADATA MAXSIZE ";
  write_number(code, bytes_max);
  return code;
}

}  // namespace roost::imap
