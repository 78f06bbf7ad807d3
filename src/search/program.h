// A query made ready for one mailbox: keys sorted by what they cost, strings folded once, keywords looked up once.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "mail/snapshot.h"
#include "search/query.h"

namespace roost::search {

enum class Tri : uint8_t { no, yes, unknown };

// What must be read to answer a key, ascending by cost.
enum class Needs : uint8_t { hot, cold, card, header, body };

// What the mailbox's rows say about one message.
struct RowView {
  Uid uid;
  const mail::Hot* hot = nullptr;
  const mail::Cold* cold = nullptr;  // may be null where the program's rows() is hot
};

// SENTBEFORE and the like, in days since 1970-01-01, both ends included.
struct SentKey {
  int64_t first_day = 0;
  int64_t last_day = 0;
};

struct HeaderKey {
  std::string name;
  std::string folded;       // by message::search_fold
  bool first_only = false;  // ENVELOPE takes the first From and Subject, but joins all To, Cc and Bcc
  bool addresses = false;   // FROM and the like: also as ENVELOPE has them, without quoting and comments
};

struct TextKey {
  bool with_headers = false;  // TEXT
  std::string folded;
};

// An answer that rows cannot give; its number in the program is its place in Answers.
using ContentKey = std::variant<SentKey, HeaderKey, TextKey>;
using Answers = std::vector<Tri>;

// Immutable once made, so any thread may evaluate it.
class Program {
 public:
  // `query` passed check_query(). `mailbox` must outlive the program; `now` is in seconds since 1970 UTC.
  Program(const Query& query, const mail::Mailbox& mailbox, int64_t now);

  Tri evaluate(const RowView& row, const Answers& answers) const { return evaluate(root_, row, answers); }
  const std::vector<ContentKey>& content_keys() const { return content_keys_; }

  // Whether the row keys can be answered by the hot part of a row alone.
  bool reads_cold() const { return reads_cold_; }
  // No message outside of these can match.
  const UidSet& candidates() const { return candidates_; }

 private:
  friend class Compiler;

  struct KeywordKey {
    uint16_t keyword = 0;
  };
  struct DayKey {
    bool saved = false;  // else INTERNALDATE
    int64_t first_day = 0;
    int64_t last_day = 0;
  };
  struct InstantKey {  // INTERNALDATE, seconds since 1970 UTC
    int64_t first = 0;
    int64_t last = 0;
  };
  using RowKey = std::variant<Uids, Flag, KeywordKey, DayKey, Size, InstantKey, FromModSeq, EmailId, ThreadId>;

  struct Node {
    enum class Kind : uint8_t { all_of, any_of, negation, row, content } kind = Kind::all_of;
    Needs needs = Needs::hot;
    uint32_t index = 0;  // of a row key, a content key, or the first child in children_
    uint32_t count = 0;  // of children
  };

  Tri evaluate(uint32_t node, const RowView& row, const Answers& answers) const;
  Tri evaluate_all(const Node& node, const RowView& row, const Answers& answers) const;
  Tri evaluate_any(const Node& node, const RowView& row, const Answers& answers) const;
  bool matches(const RowKey& key, const RowView& row) const;

  const mail::Mailbox mailbox_;
  uint32_t root_ = 0;
  bool reads_cold_ = false;
  UidSet candidates_;
  std::vector<Node> nodes_;
  std::vector<uint32_t> children_;
  std::vector<RowKey> row_keys_;
  std::vector<ContentKey> content_keys_;
};

}  // namespace roost::search
