// A cursor over one framed command: the terminals that every rule is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/flags.h"
#include "base/ids.h"
#include "base/result.h"
#include "imap/date.h"
#include "imap/dialect.h"
#include "imap/sequence_set.h"
#include "wire/framer.h"

namespace roost::imap {

bool is_atom_char(char c);     // ATOM-CHAR     RFC 9051 9
bool is_astring_char(char c);  // ASTRING-CHAR
bool is_tag_char(char c);
bool is_objectid_char(char c);  // RFC 8474 7
// The word in capitals (ASCII).
std::string to_upper(BytesView word);

// Every rule either consumes what it matched, or fails with Bad (No where the syntax is right and the value is not).
// After a failure the position is of no use. The frame outlives the parser; what is returned as a view lives in the
// frame.
class Parser {
 public:
  // `command` begins the text of every error: "FETCH: expected …".
  Parser(const wire::Frame& frame, const Dialect& dialect, std::string_view command, size_t offset = 0,
         size_t literals = 0);

  const Dialect& dialect() const { return dialect_; }
  size_t offset() const { return pos_; }
  size_t literals() const { return literal_; }  // consumed so far

  // "expected `what`, found …"
  Fail expected(std::string_view what) const;
  Fail wrong(std::string_view sentence) const;
  // For errors whose context would show a password.
  void hide_input() { hidden_ = true; }

  bool at_end() const { return pos_ == frame_.text.size() && literal_ == frame_.literals.size(); }
  bool at_literal() const { return literal_ < frame_.literals.size() && frame_.literals[literal_].offset == pos_; }
  // The next character; NUL at a literal and at the end.
  char peek() const { return pos_ < limit_ ? frame_.text[pos_] : '\0'; }
  bool take(char c);
  // `word` in any case, if no further ATOM-CHAR follows it.
  bool take_word(std::string_view word);
  // `prefix` in any case, whatever follows.
  bool take_prefix(std::string_view prefix);
  BytesView take_while(bool (*accepts)(char));

  Result<> space();  // SP
  Result<> expect(char c, std::string_view what);
  Result<> end();  // CRLF

  Result<BytesView> atom(std::string_view what);
  // string = quoted / literal; nstring = string / nil. A quoted string may hold raw 8-bit octets.
  Result<Bytes> string(std::string_view what);
  Result<std::optional<Bytes>> nstring(std::string_view what);
  Result<Bytes> astring(std::string_view what);
  // list-mailbox = 1*list-char / string, as it is on the wire
  Result<Bytes> list_mailbox();
  // mailbox, normalised; No for a name that cannot be.
  Result<Bytes> mailbox();
  // The same; `supplied` becomes the client's spelling, where names are UTF-8 and it is not that of the name.
  Result<Bytes> mailbox(Bytes& supplied);

  Result<uint32_t> number(std::string_view what);
  Result<uint32_t> nz_number(std::string_view what);
  Result<uint64_t> number64(std::string_view what);
  Result<uint64_t> nz_number64(std::string_view what);
  Result<ModSeq> mod_seq_value();   // mod-sequence-value: from 1
  Result<ModSeq> mod_seq_valzer();  // from 0

  Result<SequenceSet> sequence_set();
  Result<UidSet> uid_set();
  Result<Date> date();
  Result<DateTime> date_time();
  // flag-list = "(" [flag *(SP flag)] ")"
  Result<FlagSet> flag_list();
  // flag; those that no message can have are left out.
  Result<> flag(FlagSet& into);
  Result<BytesView> keyword();

  // The literal at the position, whatever it holds.
  const wire::Literal& take_literal();

 private:
  Result<Bytes> quoted();
  Result<Bytes> literal_string();
  void update_limit();

  const wire::Frame& frame_;
  const Dialect& dialect_;
  std::string_view command_;
  size_t pos_;
  size_t literal_;
  size_t limit_ = 0;  // the end of the text before the next literal
  size_t keywords_ = 0;
  bool hidden_ = false;
};

}  // namespace roost::imap
