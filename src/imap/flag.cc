#include "imap/flag.h"

#include <array>
#include <utility>

#include "imap/parser.h"

namespace roost::imap {
namespace {

constexpr std::array<std::pair<std::string_view, SystemFlag>, 5> kSystemFlags = {{
    {"\\Answered", SystemFlag::answered},
    {"\\Flagged", SystemFlag::flagged},
    {"\\Deleted", SystemFlag::deleted},
    {"\\Seen", SystemFlag::seen},
    {"\\Draft", SystemFlag::draft},
}};

}  // namespace

// flag = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword / flag-extension     RFC 9051 9
// \Recent is read as a flag-extension: a message cannot be given it, or any other that is not in PERMANENTFLAGS, and
// RFC 9051 7.1 (PERMANENTFLAGS) lets the server ignore the attempt.
Result<> Parser::flag(FlagSet& into) {
  if (peek() != '\\') {
    ROOST_TRY(BytesView name, keyword());
    if (++keywords_ > kKeywordsPerCommandMax) return no(Code::limit, "Too many keywords in one command");
    into.add_keyword(name);
    return {};
  }
  for (const auto& [name, bit] : kSystemFlags) {
    if (take_word(name)) {
      into.system |= bit;
      return {};
    }
  }
  take('\\');
  if (take_while(is_atom_char).empty()) return expected("a flag's name after '\\'");
  return {};
}

// flag-keyword = atom     RFC 9051 9
Result<BytesView> Parser::keyword() {
  ROOST_TRY(BytesView name, atom("a flag"));
  if (name.size() > kKeywordBytesMax) return no(Code::limit, "The keyword is too long");
  return name;
}

Result<FlagSet> Parser::flag_list() {
  FlagSet flags;
  ROOST_TRY_VOID(expect('(', "'(' before the flags"));
  if (take(')')) return flags;
  do {
    ROOST_TRY_VOID(flag(flags));
  } while (take(' '));
  ROOST_TRY_VOID(expect(')', "')' after the flags"));
  return flags;
}

void write_flags(Bytes& out, SystemFlags system, std::span<const std::string> keywords, bool recent) {
  bool first = true;
  auto write = [&](std::string_view name) {
    out += first ? '(' : ' ';
    first = false;
    out += name;
  };
  for (const auto& [name, bit] : kSystemFlags) {
    if (system.has(bit)) write(name);
  }
  if (recent) write("\\Recent");
  for (const std::string& keyword : keywords) write(keyword);
  out += first ? "()" : ")";
}

}  // namespace roost::imap
