// A session's octets through the framer to the parser, with every extension on or off and APPEND's messages streamed.
// Nothing crashes or takes long; a command that is understood with fewer extensions is understood with all.
#include <cstdint>
#include <cstdlib>

#include "imap/command.h"
#include "imap/fetch_response.h"
#include "imap/response.h"

namespace {

using namespace roost;
using namespace roost::imap;
using Event = wire::Framer::Event;

Dialect dialect_of(bool on, bool utf8) {
  return {.sasl_ir = on,
          .multiappend = on,
          .catenate = on,
          .binary = on,
          .special_use = on,
          .create_special_use = on,
          .list_extended = on,
          .list_status = on,
          .list_metadata = on,
          .list_my_rights = on,
          .append_limit = on,
          .status_size = on,
          .status_deleted = on,
          .status_deleted_storage = on,
          .esearch = on,
          .searchres = on,
          .within = on,
          .condstore = on,
          .qresync = on,
          .objectid = on,
          .savedate = on,
          .preview = on,
          .utf8_append = on,
          .utf8_names = utf8};
}

// What a handler would make of it.
void use(const Command& command) {
  Bytes out;
  if (const auto* fetch = std::get_if<Fetch>(&command.body)) {
    for (const FetchItem& item : fetch->items) write_item_name(out, item);
    resolve_uids(fetch->set, Uid(1000));
    if (auto numbers = resolve_numbers(fetch->set, 1000)) {
      for (const SeqRange& r : *numbers) {
        if (r.first.value == 0 || r.first > r.last || r.last.value > 1000) abort();
      }
    }
  }
  if (const auto* store = std::get_if<Store>(&command.body))
    write_fetch_flags(out, SeqNum(1), Uid(1), store->flags.system);
}

void reply_to(const Rejected& rejected) {
  Bytes out;
  write_error(out, rejected.head.tag, rejected.error);
  if (out.find("\r\n") != out.size() - 2) abort();
  if (rejected.error.kind != Error::Kind::bad && rejected.error.kind != Error::Kind::no) abort();
}

void parse(const wire::Frame& frame, bool utf8) {
  auto all = parse_command(frame, dialect_of(true, utf8));
  auto base = parse_command(frame, dialect_of(false, utf8));
  if (all) use(*all);
  if (!all) reply_to(all.error());
  if (base && !all) abort();
}

bool is_appending(const wire::Frame& frame) { return is_append(parse_head(frame).verb.value_or(Verb::noop)); }

void run(BytesView input, size_t step, bool utf8) {
  wire::Framer framer({.line_bytes_max = 4096, .discard_bytes_max = 4096, .skip_bytes_max = 4096});
  AppendReader reader(dialect_of(true, utf8));
  while (!input.empty()) {
    BytesView piece = input.substr(0, step);
    input.remove_prefix(piece.size());
    for (Event event = framer.next(piece); event != Event::need_more; event = framer.next(piece)) {
      if (event == Event::fatal) return;
      if (event == Event::literal) {
        auto what = is_appending(framer.frame()) ? reader.at_literal(framer.frame())
                                                 : Result<AppendReader::Use>(AppendReader::Use::string);
        if (!what) {
          framer.refuse(piece);
          reader = AppendReader(dialect_of(true, utf8));
        } else if (*what == AppendReader::Use::message) {
          framer.stream();
        } else {
          framer.hold();
        }
      } else if (event == Event::command) {
        parse(framer.frame(), utf8);
        if (is_appending(framer.frame())) {
          bool whole = parse_command(framer.frame(), dialect_of(true, utf8)).has_value();
          if (finish_append(framer.frame(), reader).has_value() != whole) abort();
        }
        reader = AppendReader(dialect_of(true, utf8));
      } else if (event == Event::error) {
        reader = AppendReader(dialect_of(true, utf8));
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  BytesView input(reinterpret_cast<const char*>(data) + 1, size - 1);
  run(input, 1 + data[0] / 2, (data[0] & 1) != 0);
  return 0;
}
