// Feeds commands through the framer to the parser, as a session does.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "imap/command.h"
#include "wire/framer.h"

namespace roost::imap {

inline Dialect full_dialect() {
  Dialect d;
  for (bool Dialect::* member : {&Dialect::sasl_ir,        &Dialect::multiappend,
                                 &Dialect::catenate,       &Dialect::binary,
                                 &Dialect::special_use,    &Dialect::create_special_use,
                                 &Dialect::list_extended,  &Dialect::list_status,
                                 &Dialect::list_metadata,  &Dialect::list_my_rights,
                                 &Dialect::append_limit,   &Dialect::status_size,
                                 &Dialect::status_deleted, &Dialect::status_deleted_storage,
                                 &Dialect::esearch,        &Dialect::searchres,
                                 &Dialect::partial,        &Dialect::sort_display,
                                 &Dialect::esort,          &Dialect::within,
                                 &Dialect::condstore,      &Dialect::qresync,
                                 &Dialect::objectid,       &Dialect::savedate,
                                 &Dialect::preview,        &Dialect::utf8_append}) {
    d.*member = true;
  }
  return d;
}

// One octet at a time; all literals are held. `command` is without its last CRLF.
inline wire::Frame frame_of(std::string command) {
  command += "\r\n";
  wire::Framer framer({.line_bytes_max = 10'000'000, .literals_max = 100'000});
  for (size_t i = 0; i < command.size(); ++i) {
    BytesView octet(command.data() + i, 1);
    for (auto event = framer.next(octet); event != wire::Framer::Event::need_more; event = framer.next(octet)) {
      if (event == wire::Framer::Event::command) {
        EXPECT_EQ(i + 1, command.size()) << "the command ended early: " << command;
        return std::move(framer.frame());
      }
      EXPECT_EQ(event, wire::Framer::Event::literal) << framer.error().text;
      if (event != wire::Framer::Event::literal) return {};
      framer.hold();
    }
  }
  ADD_FAILURE() << "not a whole command: " << command;
  return {};
}

template <class T>
T parsed(const std::string& command, const Dialect& dialect = full_dialect()) {
  auto result = parse_command(frame_of("t " + command), dialect);
  if (!result) {
    ADD_FAILURE() << command << ": " << result.error().error.text;
    return {};
  }
  EXPECT_EQ(result->tag, "t");
  if (!std::holds_alternative<T>(result->body)) {
    ADD_FAILURE() << command << ": another type";
    return {};
  }
  return std::get<T>(std::move(result->body));
}

// The error's text, with "NO " before it if it is one.
inline std::string refused(const std::string& command, const Dialect& dialect = full_dialect()) {
  auto result = parse_command(frame_of("t " + command), dialect);
  if (result) return "accepted";
  EXPECT_EQ(result.error().head.tag, "t") << command;
  const Error& error = result.error().error;
  return (error.kind == Error::Kind::no ? "NO " : "") + error.text;
}

// Each is refused with BAD.
inline void expect_bad(std::initializer_list<const char*> commands, const Dialect& dialect = full_dialect()) {
  for (const char* command : commands) {
    std::string text = refused(command, dialect);
    EXPECT_NE(text, "accepted") << command;
    EXPECT_FALSE(text.starts_with("NO ")) << command << ": " << text;
  }
}

}  // namespace roost::imap
