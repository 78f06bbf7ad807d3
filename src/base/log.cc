#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace roost::log {
namespace {

Format g_format = Format::text;

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error: return "error";
  }
  return "error";
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

bool is_plain(std::string_view v) {
  if (v.empty()) return false;
  for (unsigned char c : v) {
    if (c <= 0x20 || c >= 0x7f || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

// A JSON string; bytes outside printable ASCII are \u00XX, so the line stays valid whatever the value holds.
void quote(std::string& out, std::string_view v) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (unsigned char c : v) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c >= 0x7f) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto l = std::make_shared<spdlog::logger>("roost", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    l->set_pattern("%v");
    return l;
  }();
  return *instance;
}

std::string timestamp() {
  auto now = std::chrono::system_clock::now();
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  std::time_t seconds = ms / 1000;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  char buf[40];
  size_t n = std::strftime(buf, sizeof buf, "%Y-%m-%dT%H:%M:%S", &tm);
  return std::string(buf, n) + fmt::format(".{:03}Z", ms % 1000);
}

}  // namespace

std::string format_line(Format format, Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line;
  if (format == Format::json) {
    line += "\"level\":\"";
    line += name_of(level);
    line += "\",\"event\":";
    quote(line, event);
    for (const Field& f : fields) {
      line += ',';
      quote(line, f.key);
      line += ':';
      if (f.number) {
        line += f.value;
      } else {
        quote(line, f.value);
      }
    }
    return line;
  }
  line += name_of(level);
  line += ' ';
  line += event;
  for (const Field& f : fields) {
    line += ' ';
    line += f.key;
    line += '=';
    if (is_plain(f.value)) {
      line += f.value;
    } else {
      quote(line, f.value);
    }
  }
  return line;
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  spdlog::logger& l = logger();
  auto spd_level = to_spdlog(level);
  if (!l.should_log(spd_level)) return;
  std::string line = format_line(g_format, level, event, fields);
  if (g_format == Format::json) {
    l.log(spd_level, "{{\"time\":\"{}\",{}}}", timestamp(), line);
  } else {
    l.log(spd_level, "{} {}", timestamp(), line);
  }
}

void configure(Level least, Format format) {
  g_format = format;
  logger().set_level(to_spdlog(least));
  logger().flush_on(spdlog::level::debug);
}

}  // namespace roost::log
