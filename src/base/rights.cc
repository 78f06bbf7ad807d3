#include "base/rights.h"

namespace roost {
namespace {

// RFC 4314 2.1; the nth is bit n.
constexpr std::string_view kLetters = "lrswipkxtea";

constexpr Rights kCreate = Right::create_mailboxes | Right::delete_mailbox;  // c
constexpr Rights kDelete = Right::delete_messages | Right::expunge;          // d

Rights rights_of(char letter) {
  if (letter == 'c') return kCreate;
  if (letter == 'd') return kDelete;
  size_t bit = kLetters.find(letter);
  return bit == std::string_view::npos ? Rights() : Rights(static_cast<uint16_t>(1U << bit));
}

}  // namespace

char letter_of(Right right) {
  for (size_t bit = 0; bit < kLetters.size(); ++bit) {
    if (static_cast<uint16_t>(right) == 1U << bit) return kLetters[bit];
  }
  return '?';
}

std::string Rights::spelled() const {
  std::string out;
  for (char letter : std::string_view("lrswipkxtecda")) {
    if (has_any(rights_of(letter))) out += letter;
  }
  return out;
}

Result<Rights> parse_rights(std::string_view spelled) {
  Rights rights;
  for (char letter : spelled) {
    if (letter >= 'A' && letter <= 'Z') return bad("Uppercase rights are not allowed.");
    Rights named = rights_of(letter);
    if (named.empty()) return bad("There is a right that is not supported.");
    rights |= named;
  }
  return rights;
}

}  // namespace roost
