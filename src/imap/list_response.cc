#include "imap/list_response.h"

#include "imap/mailbox_name.h"
#include "imap/number.h"
#include "imap/utf7.h"
#include "wire/string.h"

namespace roost::imap {
namespace {

// Words in a parenthesis, separated by a space.
class Words {
 public:
  explicit Words(Bytes& out) : out_(out) { out_ += '('; }
  Bytes& next() {
    if (!first_) out_ += ' ';
    first_ = false;
    return out_;
  }
  void add(std::string_view word) { next() += word; }
  void number(std::string_view name, uint64_t value) {
    add(name);
    out_ += ' ';
    write_number(out_, value);
  }
  void close() { out_ += ')'; }

 private:
  Bytes& out_;
  bool first_ = true;
};

// namespace = nil / "(" 1*namespace-descr ")"     RFC 9051 9
void write_prefixes(Bytes& out, std::span<const Bytes> prefixes, bool utf8) {
  out += ' ';
  if (prefixes.empty()) {
    out += "NIL";
    return;
  }
  out += '(';
  for (const Bytes& prefix : prefixes) {
    Bytes spelled;
    if (!utf8) write_modified_utf7(spelled, prefix);
    out += '(';
    wire::write_string(out, utf8 ? prefix : spelled, utf8);
    out += " \"/\")";
  }
  out += ')';
}

// mbox-list-extended; childinfo-extended-item, oldname-extended-item     RFC 9051 9
void write_extended(Bytes& out, const ListRow& row, bool utf8) {
  if (!row.child_info_subscribed && row.old_name.empty()) return;
  out += ' ';
  Words items(out);
  if (row.child_info_subscribed) items.add("\"CHILDINFO\" (\"SUBSCRIBED\")");
  if (!row.old_name.empty()) {
    items.add("\"OLDNAME\" (");
    write_mailbox(out, row.old_name, utf8);
    out += ')';
  }
  items.close();
}

// mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
// RFC 9051 9
void write_mailbox_list(Bytes& out, std::string_view response, const ListRow& row, bool utf8) {
  out += response;
  Words flags(out);
  if (row.non_existent) flags.add("\\NonExistent");
  if (row.no_select) flags.add("\\Noselect");
  if (row.no_inferiors) flags.add("\\NoInferiors");
  if (row.no_access) flags.add("\\NoAccess");
  if (row.subscribed) flags.add("\\Subscribed");
  if (row.has_children) flags.add(*row.has_children ? "\\HasChildren" : "\\HasNoChildren");
  for (const std::string& use : row.special_use) flags.add(use);
  flags.close();
  out += " \"/\" ";
  write_mailbox(out, row.name, utf8);
  write_extended(out, row, utf8);
  out += "\r\n";
}

std::string_view gmail_name(std::string_view special_use) {
  if (special_use == "\\All") return "\\AllMail";
  if (special_use == "\\Junk") return "\\Spam";
  if (special_use == "\\Flagged") return "\\Starred";
  return special_use;
}

}  // namespace

void write_list(Bytes& out, const ListRow& row, bool lsub, bool utf8) {
  write_mailbox_list(out, lsub ? "* LSUB " : "* LIST ", row, utf8);
}

void write_xlist(Bytes& out, const ListRow& row, bool utf8) {
  ListRow named = row;
  for (std::string& use : named.special_use) use = gmail_name(use);
  if (row.name == "INBOX") named.special_use.emplace_back("\\Inbox");
  write_mailbox_list(out, "* XLIST ", named, utf8);
}

void write_list_separator(Bytes& out, BytesView root, std::string_view name) {
  out += "* ";
  out += name;
  out += " (\\Noselect) \"/\" ";
  wire::write_string(out, root);
  out += "\r\n";
}

// "STATUS" SP mailbox SP "(" [status-att-list] ")"     RFC 9051 9
void write_status(Bytes& out, BytesView name, const StatusRow& row, StatusItems wanted, bool utf8) {
  out += "* STATUS ";
  write_mailbox(out, name, utf8);
  out += ' ';
  Words items(out);
  if (wanted.has(StatusItem::messages)) items.number("MESSAGES", row.messages);
  if (wanted.has(StatusItem::recent)) items.number("RECENT", row.recent);
  if (wanted.has(StatusItem::uid_next)) items.number("UIDNEXT", row.uid_next.value);
  if (wanted.has(StatusItem::uid_validity)) items.number("UIDVALIDITY", row.uid_validity.value);
  if (wanted.has(StatusItem::unseen)) items.number("UNSEEN", row.unseen);
  if (wanted.has(StatusItem::deleted)) items.number("DELETED", row.deleted);
  if (wanted.has(StatusItem::deleted_storage)) items.number("DELETED-STORAGE", row.deleted_storage);
  if (wanted.has(StatusItem::size)) items.number("SIZE", row.size);
  if (wanted.has(StatusItem::append_limit)) {
    if (row.append_limit) {
      items.number("APPENDLIMIT", *row.append_limit);
    } else {
      items.add("APPENDLIMIT NIL");
    }
  }
  if (wanted.has(StatusItem::highest_mod_seq)) items.number("HIGHESTMODSEQ", row.highest_mod_seq.value);
  if (wanted.has(StatusItem::mailbox_id)) items.next().append("MAILBOXID (").append(row.mailbox_id).append(")");
  items.close();
  out += "\r\n";
}

void write_namespace(Bytes& out, std::span<const Bytes> personal, std::span<const Bytes> others,
                     std::span<const Bytes> shared, bool utf8) {
  out += "* NAMESPACE";
  write_prefixes(out, personal, utf8);
  write_prefixes(out, others, utf8);
  write_prefixes(out, shared, utf8);
  out += "\r\n";
}

void write_search_start(Bytes& out) { out += "* SEARCH"; }

void write_search_number(Bytes& out, uint32_t number) {
  char buffer[24] = {' '};
  out.append(buffer, write_number(buffer + 1, number));
}

void write_search_end(Bytes& out, std::optional<ModSeq> highest) {
  if (highest) {
    out += " (MODSEQ ";
    write_number(out, highest->value);
    out += ')';
  }
  out += "\r\n";
}

void write_search(Bytes& out, std::span<const uint32_t> numbers, std::optional<ModSeq> highest) {
  write_search_start(out);
  for (uint32_t number : numbers) write_search_number(out, number);
  // RFC 7162 3.1.5: not where nothing was found.
  write_search_end(out, numbers.empty() ? std::nullopt : highest);
}

namespace {

// sequence-set     RFC 9051 9, in the order given
void write_ranges(Bytes& out, const std::vector<UidRange>& ranges) {
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (i > 0) out += ',';
    write_number(out, ranges[i].first.value);
    if (ranges[i].first == ranges[i].last) continue;
    out += ':';
    write_number(out, ranges[i].last.value);
  }
}

// ret-data-partial = "PARTIAL" SP "(" partial-range SP (sequence-set / "NIL") ")"     RFC 9394 4
void write_part(Bytes& out, const PartialRange& range, const std::vector<UidRange>& part) {
  out += " PARTIAL (";
  write_partial_range(out, range);
  out += ' ';
  if (part.empty()) out += "NIL";
  write_ranges(out, part);
  out += ')';
}

}  // namespace

// esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)     RFC 9051 9
void write_esearch(Bytes& out, const EsearchRow& row) {
  auto number = [&](std::string_view name, uint64_t value) {
    out += name;
    write_number(out, value);
  };
  out += "* ESEARCH (TAG ";
  wire::write_string(out, row.tag);
  out += row.uid ? ") UID" : ")";
  if (row.min) number(" MIN ", *row.min);
  if (row.max) number(" MAX ", *row.max);
  if (row.count) number(" COUNT ", *row.count);
  if (!row.all.empty()) {
    out += " ALL ";
    write_ranges(out, row.all);
  }
  if (row.partial) write_part(out, *row.partial, row.part);
  if (row.mod_seq) number(" MODSEQ ", row.mod_seq->value);
  out += "\r\n";
}

}  // namespace roost::imap
