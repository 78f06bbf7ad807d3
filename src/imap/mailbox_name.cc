#include "imap/mailbox_name.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <algorithm>

#include "base/flags.h"
#include "base/utf8.h"
#include "imap/parser.h"
#include "imap/utf7.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

bool is_ascii(BytesView text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

// C0, DEL, C1, LINE SEPARATOR and PARAGRAPH SEPARATOR (RFC 6855 3), in valid UTF-8.
bool has_control(BytesView text) {
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<uint8_t>(text[i]);
    if (c < 0x20 || c == 0x7f) return true;
    if (c == 0xc2 && static_cast<uint8_t>(text[i + 1]) < 0xa0) return true;
    if (text.substr(i).starts_with("\xe2\x80\xa8") || text.substr(i).starts_with("\xe2\x80\xa9")) return true;
  }
  return false;
}

Result<Bytes> to_nfc(BytesView text) {
  if (is_ascii(text)) return Bytes(text);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return fault("ICU has no NFC data");
  Bytes out;
  icu::StringByteSink<Bytes> sink(&out);
  nfc->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, status);
  if (U_FAILURE(status)) return fault("ICU could not normalise a mailbox name");
  return out;
}

Result<Bytes> decode(BytesView wire, bool utf8) {
  if (!utf8) return decode_modified_utf7(wire);
  if (!is_valid_utf8(wire)) return bad("Invalid UTF-8");
  return to_nfc(wire);
}

// INBOX in any case, alone or above other levels.
void capitalize_inbox(Bytes& name) {
  if (!equals_ignoring_case(BytesView(name).substr(0, kInbox.size()), kInbox)) return;
  bool whole_level = name.size() == kInbox.size() || name[kInbox.size()] == kHierarchySeparator;
  if (whole_level) name.replace(0, kInbox.size(), kInbox);
}

bool has_empty_level(BytesView name) {
  return name.starts_with(kHierarchySeparator) || name.ends_with(kHierarchySeparator) || name.contains("//");
}

}  // namespace

Result<Bytes> normalize_mailbox_name(BytesView wire, bool utf8) {
  if (wire.empty()) return no(Code::cannot, "A mailbox name may not be empty");
  // Each character takes at most 4 octets, and at least one on the wire.
  if (wire.size() > 4 * kMailboxNameBytesMax) return no(Code::limit, "The mailbox name is too long");
  Result<Bytes> name = decode(wire, utf8);
  if (!name && name.error().kind == Error::Kind::fault) return name;
  if (!name) return no(Code::cannot, utf8 ? "The mailbox name is not UTF-8" : "The mailbox name is not modified UTF-7");
  if (has_control(*name)) return no(Code::cannot, "The mailbox name has a control character");
  if (has_empty_level(*name)) return no(Code::cannot, "The mailbox name has an empty level");
  if (name->size() > kMailboxNameBytesMax) return no(Code::limit, "The mailbox name is too long");
  if (static_cast<size_t>(std::ranges::count(*name, kHierarchySeparator)) >= kMailboxLevelsMax) {
    return no(Code::limit, "The mailbox name has too many levels");
  }
  capitalize_inbox(*name);
  return name;
}

Bytes decode_list_pattern(BytesView wire, bool utf8) {
  Result<Bytes> pattern = decode(wire, utf8);
  if (!pattern) return Bytes(1, '\0');  // no name has a NUL
  capitalize_inbox(*pattern);
  return *std::move(pattern);
}

void write_mailbox(Bytes& out, BytesView name, bool utf8) {
  Bytes spelled;
  if (!utf8) {
    write_modified_utf7(spelled, name);
    name = spelled;
  }
  bool atom = !name.empty() && std::ranges::all_of(name, is_atom_char) && !equals_ignoring_case(name, "NIL");
  if (atom) {
    out += name;
  } else {
    wire::write_string(out, name, utf8);
  }
}

}  // namespace roost::imap
