// One search-key that holds no other: a table of what each name is followed by.
#include "imap/search_key.h"

#include <optional>
#include <string_view>

#include "imap/parser.h"

namespace roost::imap {
namespace {

using Op = SearchKey::Op;

enum class Argument : uint8_t {
  none,
  text,
  date,
  size,
  interval,
  keyword,
  set,
  after,
  before,
  objectid,
  header,
  mod_seq,
};

struct KeyRule {
  std::string_view name;
  Op op;
  Argument argument = Argument::none;
  bool negated = false;
  SystemFlag flag = SystemFlag::seen;
  bool Dialect::* needs = nullptr;
};

constexpr KeyRule flag_rule(std::string_view name, SystemFlag flag, bool negated = false) {
  return {name, Op::flag, Argument::none, negated, flag};
}

constexpr KeyRule extension(std::string_view name, Op op, Argument argument, bool Dialect::* needs) {
  return {name, op, argument, false, SystemFlag::seen, needs};
}

// RFC 9051 6.4.4, RFC 3501 6.4.4 (NEW, OLD, RECENT)
constexpr KeyRule kRules[] = {
    {"ALL", Op::all},
    flag_rule("ANSWERED", SystemFlag::answered),
    flag_rule("DELETED", SystemFlag::deleted),
    flag_rule("DRAFT", SystemFlag::draft),
    flag_rule("FLAGGED", SystemFlag::flagged),
    flag_rule("SEEN", SystemFlag::seen),
    flag_rule("UNANSWERED", SystemFlag::answered, true),
    flag_rule("UNDELETED", SystemFlag::deleted, true),
    flag_rule("UNDRAFT", SystemFlag::draft, true),
    flag_rule("UNFLAGGED", SystemFlag::flagged, true),
    flag_rule("UNSEEN", SystemFlag::seen, true),
    {"RECENT", Op::recent},
    {"OLD", Op::recent, Argument::none, true},
    {"KEYWORD", Op::keyword, Argument::keyword},
    {"UNKEYWORD", Op::keyword, Argument::keyword, true},
    {"BEFORE", Op::before, Argument::date},
    {"ON", Op::on, Argument::date},
    {"SINCE", Op::since, Argument::date},
    {"SENTBEFORE", Op::sent_before, Argument::date},
    {"SENTON", Op::sent_on, Argument::date},
    {"SENTSINCE", Op::sent_since, Argument::date},
    {"LARGER", Op::larger, Argument::size},
    {"SMALLER", Op::smaller, Argument::size},
    {"BCC", Op::bcc, Argument::text},
    {"CC", Op::cc, Argument::text},
    {"FROM", Op::from, Argument::text},
    {"TO", Op::to, Argument::text},
    {"SUBJECT", Op::subject, Argument::text},
    {"BODY", Op::body, Argument::text},
    {"TEXT", Op::text, Argument::text},
    {"HEADER", Op::header, Argument::header},
    {"UID", Op::uids, Argument::set},
    {"UIDAFTER", Op::uids, Argument::after},  // RFC 9738 3.2
    {"UIDBEFORE", Op::uids, Argument::before},
    extension("OLDER", Op::older, Argument::interval, &Dialect::within),
    extension("YOUNGER", Op::younger, Argument::interval, &Dialect::within),
    extension("MODSEQ", Op::mod_seq, Argument::mod_seq, &Dialect::condstore),
    extension("EMAILID", Op::email_id, Argument::objectid, &Dialect::objectid),
    extension("THREADID", Op::thread_id, Argument::objectid, &Dialect::objectid),
    extension("SAVEDBEFORE", Op::saved_before, Argument::date, &Dialect::savedate),
    extension("SAVEDON", Op::saved_on, Argument::date, &Dialect::savedate),
    extension("SAVEDSINCE", Op::saved_since, Argument::date, &Dialect::savedate),
    extension("SAVEDATESUPPORTED", Op::save_date_supported, Argument::none, &Dialect::savedate),
};

bool is_set_start(char c) { return (c >= '0' && c <= '9') || c == '*' || c == '$'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

const KeyRule* find_rule(const Dialect& dialect, std::string_view name) {
  for (const KeyRule& rule : kRules) {
    if (rule.name == name && (rule.needs == nullptr || dialect.*rule.needs)) return &rule;
  }
  return nullptr;
}

// search-modsequence = "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer     RFC 7162 7
Result<> parse_mod_seq(Parser& in, SearchKey& key) {
  if (in.peek() == '"') {
    ROOST_TRY(key.name, in.string("an entry name"));
    ROOST_TRY_VOID(in.space());
    if (!in.take_word("priv") && !in.take_word("shared") && !in.take_word("all")) {
      return in.expected("priv, shared or all");
    }
    ROOST_TRY_VOID(in.space());
  }
  ROOST_TRY(ModSeq value, in.mod_seq_valzer());
  key.number = value.value;
  return {};
}

// The UIDs above the given one, or below it. Not `n:*`, which names the last message even if its UID is lower.
Result<> parse_side(Parser& in, bool after, SearchKey& key) {
  ROOST_TRY(uint32_t uid, in.nz_number("a UID"));
  if (after && uid < UINT32_MAX) key.set.ranges.push_back({uid + 1, UINT32_MAX});
  if (!after && uid > 1) key.set.ranges.push_back({1, uid - 1});
  return {};
}

Result<> parse_argument(Parser& in, Argument argument, SearchKey& key) {
  if (argument == Argument::none) return {};
  ROOST_TRY_VOID(in.space());
  switch (argument) {
    case Argument::none: return {};
    case Argument::text: {
      ROOST_TRY(key.text, in.astring("a string to search for"));
      return {};
    }
    case Argument::date: {
      ROOST_TRY(key.date, in.date());
      return {};
    }
    case Argument::size: {
      ROOST_TRY(key.number, in.number64("a size"));
      return {};
    }
    case Argument::interval: {
      ROOST_TRY(key.number, in.nz_number("a number of seconds"));
      return {};
    }
    case Argument::keyword: {
      ROOST_TRY(BytesView keyword, in.keyword());
      key.text = keyword;
      return {};
    }
    case Argument::set: {
      ROOST_TRY(key.set, in.sequence_set());
      return {};
    }
    case Argument::after: return parse_side(in, true, key);
    case Argument::before: return parse_side(in, false, key);
    case Argument::objectid:
      key.text = in.take_while(is_objectid_char);
      if (key.text.empty()) return in.expected("an object id");
      return {};
    case Argument::header: {
      ROOST_TRY(key.name, in.astring("a header field's name"));
      ROOST_TRY_VOID(in.space());
      ROOST_TRY(key.text, in.astring("a string to search for"));
      return {};
    }
    case Argument::mod_seq: return parse_mod_seq(in, key);
  }
  return {};
}

// NEW = RECENT UNSEEN     RFC 3501 6.4.4
SearchKey new_key() {
  SearchKey key{.op = Op::and_};
  key.children.push_back({.op = Op::recent});
  key.children.push_back(negate_search_key({.op = Op::flag}));
  return key;
}

}  // namespace

SearchKey negate_search_key(SearchKey key) {
  if (key.op == Op::not_) {
    SearchKey child = std::move(key.children.front());
    return child;
  }
  SearchKey out{.op = Op::not_};
  out.children.push_back(std::move(key));
  return out;
}

Result<SearchKey> parse_search_leaf(Parser& in) {
  if (is_set_start(in.peek())) {
    SearchKey key{.op = Op::numbers};
    ROOST_TRY(key.set, in.sequence_set());
    return key;
  }
  std::string name = to_upper(in.take_while(is_letter));
  if (name.empty()) return in.expected("a search key");
  if (name == "NEW") return new_key();
  const KeyRule* rule = find_rule(in.dialect(), name);
  if (rule == nullptr) return in.wrong("there is no search key " + name);
  SearchKey key{.op = rule->op, .flag = rule->flag};
  ROOST_TRY_VOID(parse_argument(in, rule->argument, key));
  if (rule->negated) return negate_search_key(std::move(key));
  return key;
}

}  // namespace roost::imap
