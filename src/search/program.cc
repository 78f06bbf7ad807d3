#include "search/program.h"

#include <algorithm>
#include <limits>

#include "message/card.h"
#include "message/casemap.h"

namespace roost::search {
namespace {

constexpr int64_t kFirstDay = std::numeric_limits<int64_t>::min();
constexpr int64_t kLastDay = std::numeric_limits<int64_t>::max();

struct DayRange {
  int64_t first = kFirstDay;
  int64_t last = kLastDay;
};

DayRange day_range(When when, Day day) {
  int64_t number = day_number(day);
  switch (when) {
    case When::before: return {kFirstDay, number - 1};
    case When::on: return {number, number};
    case When::since: return {number, kLastDay};
  }
  return {};
}

const char* name_of(Field field) {
  switch (field) {
    case Field::from: return "from";
    case Field::to: return "to";
    case Field::cc: return "cc";
    case Field::bcc: return "bcc";
    case Field::subject: return "subject";
  }
  return "";
}

}  // namespace

class Compiler {
 public:
  Compiler(Program& program, int64_t now) : p_(program), now_(now) {}

  uint32_t compile(const Query& query) {
    return std::visit([&](const auto& node) { return make(node); }, query.node);
  }

 private:
  using Node = Program::Node;

  uint32_t add(Node node) {
    p_.nodes_.push_back(node);
    return static_cast<uint32_t>(p_.nodes_.size() - 1);
  }

  uint32_t branch(Node::Kind kind, const std::vector<Query>& of) {
    std::vector<uint32_t> children;
    children.reserve(of.size());
    for (const Query& child : of) children.push_back(compile(child));
    // Cheapest first, else as given.
    std::ranges::sort(children, {}, [&](uint32_t c) { return std::pair(p_.nodes_[c].needs, c); });
    Node node{.kind = kind, .index = static_cast<uint32_t>(p_.children_.size())};
    node.count = static_cast<uint32_t>(children.size());
    // A branch can be answered where its cheapest key can.
    if (!children.empty()) node.needs = p_.nodes_[children.front()].needs;
    p_.children_.insert(p_.children_.end(), children.begin(), children.end());
    return add(node);
  }

  uint32_t row(Program::RowKey key, Needs needs) {
    if (needs == Needs::cold) p_.reads_cold_ = true;
    p_.row_keys_.push_back(std::move(key));
    return add({Node::Kind::row, needs, static_cast<uint32_t>(p_.row_keys_.size() - 1), 0});
  }

  uint32_t content(ContentKey key, Needs needs) {
    p_.content_keys_.push_back(std::move(key));
    return add({Node::Kind::content, needs, static_cast<uint32_t>(p_.content_keys_.size() - 1), 0});
  }

  uint32_t header(HeaderKey key) {
    Needs needs = message::is_card_field(key.name) ? Needs::card : Needs::header;
    return content(std::move(key), needs);
  }

  uint32_t make(const And& n) { return branch(Node::Kind::all_of, n.of); }
  uint32_t make(const Or& n) { return branch(Node::Kind::any_of, n.of); }
  uint32_t make(const Not& n) { return branch(Node::Kind::negation, n.of); }
  uint32_t make(const Uids& n) { return row(n, Needs::hot); }
  uint32_t make(const Flag& n) { return row(n, Needs::hot); }
  uint32_t make(const FromModSeq& n) { return row(n, Needs::hot); }
  uint32_t make(const Size& n) { return row(n, Needs::cold); }
  uint32_t make(const EmailId& n) { return row(n, Needs::cold); }
  uint32_t make(const ThreadId& n) { return row(n, Needs::cold); }
  uint32_t make(const SaveDateSupported&) { return branch(Node::Kind::all_of, {}); }

  uint32_t make(const Keyword& n) {
    auto keyword = p_.mailbox_.find_keyword(n.keyword);
    if (!keyword) return branch(Node::Kind::any_of, {});
    return row(Program::KeywordKey{*keyword}, Needs::hot);
  }

  uint32_t make(const Date& n) {
    DayRange range = day_range(n.when, n.day);
    if (n.which == WhichDate::sent) return content(SentKey{range.first, range.last}, Needs::card);
    return row(Program::DayKey{n.which == WhichDate::saved, range.first, range.last}, Needs::cold);
  }

  // RFC 5032 2: both ends are included.
  uint32_t make(const Within& n) {
    int64_t target = now_ - n.seconds;
    if (n.how == Within::How::older) return row(Program::InstantKey{kFirstDay, target}, Needs::cold);
    return row(Program::InstantKey{target, kLastDay}, Needs::cold);
  }

  uint32_t make(const InField& n) {
    return header({.name = name_of(n.field),
                   .folded = message::search_fold(n.needle),
                   .first_only = n.field == Field::from || n.field == Field::subject,
                   .addresses = n.field != Field::subject});
  }
  uint32_t make(const InHeader& n) { return header({.name = n.name, .folded = message::search_fold(n.needle)}); }
  uint32_t make(const InBody& n) { return text(n.needle, false); }
  uint32_t make(const InText& n) { return text(n.needle, true); }

  uint32_t text(const std::string& needle, bool with_headers) {
    if (needle.empty()) return branch(Node::Kind::all_of, {});
    return content(TextKey{with_headers, message::search_fold(needle)}, Needs::body);
  }

  Program& p_;
  int64_t now_;
};

namespace {

// The sets that a query's outermost conjunction names bound it.
UidSet outermost_uids(const Query& query) {
  UidSet all{{Uid(1), Uid(UINT32_MAX)}};
  if (const auto* uids = std::get_if<Uids>(&query.node)) return uids->uids;
  if (const auto* conjunction = std::get_if<And>(&query.node)) {
    for (const Query& child : conjunction->of) all = all.intersect(outermost_uids(child));
  }
  return all;
}

}  // namespace

Program::Program(const Query& query, const mail::Mailbox& mailbox, int64_t now)
    : mailbox_(mailbox), candidates_(outermost_uids(query)) {
  root_ = Compiler(*this, now).compile(query);
}

Tri Program::evaluate(uint32_t index, const RowView& row, const Answers& answers) const {
  const Node& node = nodes_[index];
  switch (node.kind) {
    case Node::Kind::row: return matches(row_keys_[node.index], row) ? Tri::yes : Tri::no;
    case Node::Kind::content: return answers[node.index];
    case Node::Kind::all_of: return evaluate_all(node, row, answers);
    case Node::Kind::any_of: return evaluate_any(node, row, answers);
    case Node::Kind::negation: {
      Tri inner = evaluate(children_[node.index], row, answers);
      if (inner == Tri::unknown) return inner;
      return inner == Tri::yes ? Tri::no : Tri::yes;
    }
  }
  return Tri::no;
}

Tri Program::evaluate_all(const Node& node, const RowView& row, const Answers& answers) const {
  Tri result = Tri::yes;
  for (uint32_t i = 0; i < node.count; ++i) {
    Tri one = evaluate(children_[node.index + i], row, answers);
    if (one == Tri::no) return one;
    if (one == Tri::unknown) result = one;
  }
  return result;
}

Tri Program::evaluate_any(const Node& node, const RowView& row, const Answers& answers) const {
  Tri result = Tri::no;
  for (uint32_t i = 0; i < node.count; ++i) {
    Tri one = evaluate(children_[node.index + i], row, answers);
    if (one == Tri::yes) return one;
    if (one == Tri::unknown) result = one;
  }
  return result;
}

bool Program::matches(const RowKey& key, const RowView& row) const {
  struct Matches {
    const mail::Mailbox& mailbox;
    const RowView& row;

    bool operator()(const Uids& k) const { return k.uids.contains(row.uid); }
    bool operator()(const Flag& k) const { return row.hot->flags.has(k.flag); }
    bool operator()(const FromModSeq& k) const { return row.hot->modseq >= k.modseq; }
    bool operator()(const KeywordKey& k) const {
      if (row.hot->keywords.value == 0) return false;
      const auto& keywords = mailbox.keywords_of(row.hot->keywords);
      return std::ranges::find(keywords, k.keyword) != keywords.end();
    }
    bool operator()(const DayKey& k) const {
      const mail::InternalDate& date = row.cold->internal_date;
      int64_t day = k.saved ? day_number(row.cold->save_date, 0) : day_number(date.seconds, date.zone_minutes);
      return day >= k.first_day && day <= k.last_day;
    }
    bool operator()(const Size& k) const {
      return k.how == Size::How::larger ? row.cold->size > k.octets : row.cold->size < k.octets;
    }
    bool operator()(const InstantKey& k) const {
      return row.cold->internal_date.seconds >= k.first && row.cold->internal_date.seconds <= k.last;
    }
    bool operator()(const EmailId& k) const { return row.cold->email_id == k.id; }
    bool operator()(const ThreadId& k) const { return row.cold->thread_id == k.id; }
  };
  return std::visit(Matches{mailbox_, row}, key);
}

}  // namespace roost::search
