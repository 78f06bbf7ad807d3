#include "imapd/features/search_query.h"

#include <algorithm>
#include <chrono>

#include "imapd/features/object_id.h"
#include "message/charset.h"

namespace roost::imapd {
namespace {

using Op = imap::SearchKey::Op;

search::Day day(imap::Date date) {
  std::chrono::year_month_day ymd{std::chrono::sys_days(std::chrono::days(date.days))};
  return {.year = static_cast<int16_t>(static_cast<int>(ymd.year())),
          .month = static_cast<uint8_t>(static_cast<unsigned>(ymd.month())),
          .day = static_cast<uint8_t>(static_cast<unsigned>(ymd.day()))};
}

class Translation {
 public:
  Translation(const SearchContext& context, std::string_view charset) : context_(context), charset_(charset) {}

  // No deeper than imap::kSearchDepthMax: the parser saw to it.
  Result<search::Query> query(const imap::SearchKey& key) const {
    switch (key.op) {
      case Op::and_: return many<search::And>(key);
      case Op::or_: return many<search::Or>(key);
      case Op::not_: return many<search::Not>(key);
      case Op::numbers: return uids(key.set, false);
      case Op::uids: return uids(key.set, true);
      case Op::recent: return search::Query(search::Uids{context_.recent});
      default: return simple(key);
    }
  }

 private:
  template <class Node>
  Result<search::Query> many(const imap::SearchKey& key) const {
    Node node;
    node.of.reserve(key.children.size());
    for (const imap::SearchKey& child : key.children) {
      ROOST_TRY(search::Query one, query(child));
      node.of.push_back(std::move(one));
    }
    return search::Query(std::move(node));
  }

  Result<search::Query> uids(const imap::SequenceSet& set, bool by_uid) const {
    ROOST_TRY(UidSet members, context_.view.resolve_search(set, by_uid));
    return search::Query(search::Uids{std::move(members)});
  }

  Result<search::Query> simple(const imap::SearchKey& key) const {
    switch (key.op) {
      case Op::all: return search::Query();
      case Op::flag: return search::Query(search::Flag{key.flag});
      case Op::keyword: return search::Query(search::Keyword{key.text});
      case Op::larger: return search::Query(search::Size{search::Size::How::larger, key.number});
      case Op::smaller: return search::Query(search::Size{search::Size::How::smaller, key.number});
      case Op::older: return within(search::Within::How::older, key.number);
      case Op::younger: return within(search::Within::How::younger, key.number);
      case Op::mod_seq: return search::Query(search::FromModSeq{ModSeq(key.number)});
      case Op::email_id: return object<search::EmailId>(parse_email_id(key.text));
      case Op::thread_id: return object<search::ThreadId>(parse_thread_id(key.text));
      case Op::save_date_supported: return search::Query(search::SaveDateSupported{});
      case Op::header: return search::Query(search::InHeader{key.name, text(key)});
      case Op::bcc: return in(search::Field::bcc, key);
      case Op::cc: return in(search::Field::cc, key);
      case Op::from: return in(search::Field::from, key);
      case Op::to: return in(search::Field::to, key);
      case Op::subject: return in(search::Field::subject, key);
      case Op::body: return search::Query(search::InBody{text(key)});
      case Op::text: return search::Query(search::InText{text(key)});
      default: return date(key);
    }
  }

  Result<search::Query> date(const imap::SearchKey& key) const {
    using search::WhichDate;
    using When = search::When;
    switch (key.op) {
      case Op::before: return dated(WhichDate::internal, When::before, key);
      case Op::on: return dated(WhichDate::internal, When::on, key);
      case Op::since: return dated(WhichDate::internal, When::since, key);
      case Op::sent_before: return dated(WhichDate::sent, When::before, key);
      case Op::sent_on: return dated(WhichDate::sent, When::on, key);
      case Op::sent_since: return dated(WhichDate::sent, When::since, key);
      case Op::saved_before: return dated(WhichDate::saved, When::before, key);
      case Op::saved_on: return dated(WhichDate::saved, When::on, key);
      case Op::saved_since: return dated(WhichDate::saved, When::since, key);
      default: return bad("This search key is not known here.");
    }
  }

  // What cannot be an id is nobody's.
  template <class Node>
  static Result<search::Query> object(const std::optional<ObjectId>& id) {
    return id ? search::Query(Node{*id}) : search::Query(search::Or{});
  }

  static Result<search::Query> dated(search::WhichDate which, search::When when, const imap::SearchKey& key) {
    return search::Query(search::Date{which, when, day(key.date)});
  }
  static Result<search::Query> within(search::Within::How how, uint64_t seconds) {
    return search::Query(search::Within{how, static_cast<uint32_t>(std::min<uint64_t>(seconds, UINT32_MAX))});
  }
  Result<search::Query> in(search::Field field, const imap::SearchKey& key) const {
    return search::Query(search::InField{field, text(key)});
  }
  std::string text(const imap::SearchKey& key) const { return message::to_utf8(key.text, charset_); }

  const SearchContext& context_;
  std::string_view charset_;
};

}  // namespace

bool asks_for_mod_seq(const imap::SearchKey& key) {
  return key.op == Op::mod_seq || std::any_of(key.children.begin(), key.children.end(), asks_for_mod_seq);
}

bool names_numbers(const imap::SearchKey& key) {
  return (key.op == Op::numbers && !key.set.saved) ||
         std::any_of(key.children.begin(), key.children.end(), names_numbers);
}

std::optional<ModSeq> highest_mod_seq(const View& view, const UidSet& found) {
  std::optional<ModSeq> highest;
  for (const UidRange& range : found) {
    view.mailbox().for_each_hot(range.first, range.last, [&](Uid, const mail::Hot& hot) {
      if (!highest || hot.modseq > *highest) highest = hot.modseq;
      return true;
    });
  }
  return highest;
}

Result<search::Query> make_query(const imap::Search& search, const SearchContext& context) {
  return Translation(context, search.charset).query(search.key);
}

}  // namespace roost::imapd
