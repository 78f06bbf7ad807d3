#include "imap/command.h"

#include "base/flags.h"
#include "imap/parser.h"

namespace roost::imap {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

Result<Body> parse_append(const wire::Frame& frame, AppendReader& reader) {
  ROOST_TRY(Append append, reader.at_end(frame));
  return Body(std::move(append));
}

template <class T>
Result<Body> as_body(Result<T> parsed) {
  if (!parsed) return std::unexpected(std::move(parsed).error());
  return Body(*std::move(parsed));
}

Result<Body> parse_plain(Parser& in) {
  ROOST_TRY_VOID(in.end());
  return Body(Plain());
}

Result<Body> parse_acl_command(Parser& in, Verb verb) {
  switch (verb) {
    case Verb::setacl: return as_body(parse_set_acl(in));
    case Verb::deleteacl: return as_body(parse_delete_acl(in));
    case Verb::getacl: return as_body(parse_get_acl(in));
    case Verb::listrights: return as_body(parse_list_rights(in));
    case Verb::myrights: return as_body(parse_my_rights(in));
    default: return parse_plain(in);
  }
}

Result<Body> parse_mailbox_command(Parser& in, Verb verb) {
  switch (verb) {
    case Verb::create: return as_body(parse_create(in));
    case Verb::delete_: return as_body(parse_delete(in));
    case Verb::rename: return as_body(parse_rename(in));
    case Verb::subscribe: return as_body(parse_subscribe(in));
    case Verb::unsubscribe: return as_body(parse_unsubscribe(in));
    case Verb::select: return as_body(parse_select(in, false));
    case Verb::examine: return as_body(parse_select(in, true));
    case Verb::list: return as_body(parse_list(in));
    case Verb::lsub: return as_body(parse_lsub(in));
    case Verb::xlist: return as_body(parse_xlist(in));
    case Verb::status: return as_body(parse_status(in));
    case Verb::getmetadata: return as_body(parse_getmetadata(in));
    case Verb::setmetadata: return as_body(parse_setmetadata(in));
    default: return parse_acl_command(in, verb);
  }
}

Result<Body> parse_message_command(Parser& in, Verb verb) {
  switch (verb) {
    case Verb::fetch: return as_body(parse_fetch(in, false));
    case Verb::uid_fetch: return as_body(parse_fetch(in, true));
    case Verb::search: return as_body(parse_search(in, false));
    case Verb::uid_search: return as_body(parse_search(in, true));
    case Verb::sort: return as_body(parse_sort(in, false));
    case Verb::uid_sort: return as_body(parse_sort(in, true));
    case Verb::thread: return as_body(parse_thread(in, false));
    case Verb::uid_thread: return as_body(parse_thread(in, true));
    case Verb::store: return as_body(parse_store(in, false));
    case Verb::uid_store: return as_body(parse_store(in, true));
    case Verb::copy: return as_body(parse_copy(in, false, false));
    case Verb::uid_copy: return as_body(parse_copy(in, true, false));
    case Verb::move: return as_body(parse_copy(in, false, true));
    case Verb::uid_move: return as_body(parse_copy(in, true, true));
    case Verb::uid_expunge: return as_body(parse_uid_expunge(in));
    case Verb::uid_batches: return as_body(parse_uid_batches(in));
    default: return parse_mailbox_command(in, verb);
  }
}

Result<Body> parse_body(Parser& in, Verb verb) {
  switch (verb) {
    case Verb::login: return as_body(parse_login(in));
    case Verb::authenticate: return as_body(parse_authenticate(in));
    case Verb::enable: return as_body(parse_enable(in));
    case Verb::notify: return as_body(parse_notify(in));
    case Verb::get_quota: return as_body(parse_get_quota(in));
    case Verb::get_quota_root: return as_body(parse_get_quota_root(in));
    case Verb::set_quota: return as_body(parse_set_quota(in));
    case Verb::id: return as_body(parse_id(in));
    case Verb::xapplepushservice: return as_body(parse_apple_push(in));
    case Verb::compress: return as_body(parse_compress(in));
    case Verb::expunge: {
      ROOST_TRY_VOID(in.end());
      return Body(Expunge());
    }
    default: return parse_message_command(in, verb);
  }
}

std::expected<Command, Rejected> finish(Head head, Result<Body> body) {
  if (!body) return std::unexpected(Rejected{std::move(head), std::move(body).error()});
  return Command{std::move(head.tag), *head.verb, *std::move(body)};
}

Error no_command(const Head& head) {
  return bad(head.tag.empty() ? "A command begins with a tag and a space" : "There is no such command").error();
}

}  // namespace

// command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF     RFC 9051 9
Head parse_head(const wire::Frame& frame) {
  static constexpr Dialect kNone;
  Parser in(frame, kNone, "");
  Head head;
  BytesView tag = in.take_while(is_tag_char);
  if (!tag.empty() && (in.peek() == ' ' || in.at_end())) head.tag = tag;
  if (head.tag.empty() || !in.take(' ')) return head;
  BytesView word = in.take_while(is_letter);
  bool uid = equals_ignoring_case(word, "UID") && in.take(' ');
  if (uid) word = in.take_while(is_letter);
  head.verb = find_verb(word, uid);
  head.arguments = in.offset();
  return head;
}

std::expected<Command, Rejected> parse_command(const wire::Frame& frame, const Dialect& dialect) {
  Head head = parse_head(frame);
  if (!head.verb) return std::unexpected(Rejected{head, no_command(head)});
  if (is_append(*head.verb)) {
    AppendReader reader(dialect);
    for (size_t i = 0; i < frame.literals.size(); ++i) {
      if (auto use = reader.read_to(frame, i); !use) {
        return std::unexpected(Rejected{std::move(head), std::move(use).error()});
      }
    }
    return finish_append(frame, reader);
  }
  Parser in(frame, dialect, verb_name(*head.verb), head.arguments);
  Result<Body> body = parse_body(in, *head.verb);
  return finish(std::move(head), std::move(body));
}

std::expected<Command, Rejected> finish_append(const wire::Frame& frame, AppendReader& reader) {
  Result<Body> body = parse_append(frame, reader);
  return finish(parse_head(frame), std::move(body));
}

bool is_done(const wire::Frame& frame) { return frame.literals.empty() && equals_ignoring_case(frame.text, "DONE"); }

}  // namespace roost::imap
