// The log: one line an event, `time level event key=value …`, or one JSON object. Values are quoted where needed, so
// that no network byte can forge a line. Never log a password or a message's content.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace roost::log {

enum class Level : uint8_t { debug, info, warn, error };
enum class Format : uint8_t { text, json };

struct Field {
  std::string_view key;
  std::string value;
  bool number = false;

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false"), number(true) {}
  Field(std::string_view k, std::integral auto v) : key(k), value(std::to_string(v)), number(true) {}
};

// Thread-safe. `event` is a short constant such as "login" or "commit_failed".
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> f = {}) { write(Level::debug, event, f); }
inline void info(std::string_view event, std::initializer_list<Field> f = {}) { write(Level::info, event, f); }
inline void warn(std::string_view event, std::initializer_list<Field> f = {}) { write(Level::warn, event, f); }
inline void error(std::string_view event, std::initializer_list<Field> f = {}) { write(Level::error, event, f); }

// Called once at start, before other threads. The default is text at info on stderr.
void configure(Level least, Format format);

// The line without its time, as write() would print it.
std::string format_line(Format format, Level level, std::string_view event, std::initializer_list<Field> fields);

}  // namespace roost::log
