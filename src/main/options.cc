#include "main/options.h"

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace roost::main {
namespace {

constexpr uint64_t kYearMs = uint64_t{365} * 24 * 3600 * 1000;

std::string as_toml(std::string_view v) {
  std::string out = "\"";
  for (char c : v) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

Fail wrong_type(std::string_view expected) { return no(Code::none, fmt::format("must be {}", expected)); }

Error at_line(const std::string& path, const toml::source_region& where, std::string_view what) {
  return Error{Error::Kind::no, Code::none, fmt::format("{}:{}: {}", path, where.begin.line, what)};
}

// How many single-letter edits lie between two short names, for "did you mean".
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

void OptionTable::add(std::string name, bool& variable, std::string meaning) {
  options_.push_back({std::move(name), std::move(meaning), [&variable] { return variable ? "true" : "false"; },
                      [&variable](const toml::node& node) -> Result<> {
                        if (!node.is_boolean()) return wrong_type("true or false");
                        variable = **node.as_boolean();
                        return {};
                      }});
}

void OptionTable::add(std::string name, std::string& variable, std::string meaning) {
  options_.push_back({std::move(name), std::move(meaning), [&variable] { return as_toml(variable); },
                      [&variable](const toml::node& node) -> Result<> {
                        if (!node.is_string()) return wrong_type("a string");
                        variable = **node.as_string();
                        return {};
                      }});
}

void OptionTable::add(std::string name, std::vector<std::string>& variable, std::string meaning) {
  auto value = [&variable] {
    std::string out = "[";
    for (const std::string& v : variable) out += (out.size() > 1 ? ", " : "") + as_toml(v);
    return out + "]";
  };
  auto assign = [&variable](const toml::node& node) -> Result<> {
    if (node.is_string()) {
      variable = {**node.as_string()};
      return {};
    }
    if (!node.is_array()) return wrong_type("a list of strings");
    std::vector<std::string> read;
    for (const toml::node& item : *node.as_array()) {
      if (!item.is_string()) return wrong_type("a list of strings");
      read.push_back(**item.as_string());
    }
    variable = std::move(read);
    return {};
  };
  options_.push_back({std::move(name), std::move(meaning), value, assign});
}

void OptionTable::add(std::string name, Millis& variable, std::string meaning, uint64_t least) {
  add_number(
      std::move(name), [&variable] { return static_cast<uint64_t>(variable.count()); },
      [&variable](uint64_t v) { variable = Millis(v); }, std::move(meaning), least, kYearMs);
}

void OptionTable::add_choice(std::string name, std::string& variable, std::vector<std::string> words,
                             std::string meaning) {
  auto assign = [&variable, words](const toml::node& node) -> Result<> {
    if (node.is_string() && std::ranges::find(words, **node.as_string()) != words.end()) {
      variable = **node.as_string();
      return {};
    }
    return wrong_type(fmt::format("one of: {}", fmt::join(words, ", ")));
  };
  options_.push_back({std::move(name), std::move(meaning), [&variable] { return as_toml(variable); }, assign});
}

void OptionTable::add(std::string name, std::optional<uint64_t>& variable, std::string meaning) {
  add_number(
      std::move(name), [&variable] { return variable.value_or(0); },
      [&variable](uint64_t v) { variable = v == 0 ? std::nullopt : std::optional(v); }, std::move(meaning), 0,
      kTomlMost);
}

void OptionTable::add_number(std::string name, std::function<uint64_t()> get, std::function<void(uint64_t)> set,
                             std::string meaning, uint64_t least, uint64_t most) {
  auto assign = [set = std::move(set), least, most](const toml::node& node) -> Result<> {
    const auto* number = node.as_integer();
    if (number == nullptr || **number < 0 || static_cast<uint64_t>(**number) < least ||
        static_cast<uint64_t>(**number) > most) {
      return wrong_type(fmt::format("a whole number from {} to {}", least, most));
    }
    set(static_cast<uint64_t>(**number));
    return {};
  };
  options_.push_back({std::move(name), std::move(meaning), [get = std::move(get)] { return std::to_string(get()); },
                      std::move(assign)});
}

const Option* OptionTable::find(std::string_view name) const {
  auto it = std::ranges::find(options_, name, &Option::name);
  return it == options_.end() ? nullptr : &*it;
}

Fail OptionTable::wrong(std::string_view name, std::string_view why) const {
  auto read = read_at_.find(name);
  if (read == read_at_.end()) return no(Code::none, fmt::format("{} {}", name, why));
  return no(Code::none, fmt::format("{}: {} {}", read->second, name, why));
}

Result<> OptionTable::read_section(const std::string& path, const toml::table& section, const std::string& prefix) {
  for (auto&& [key, node] : section) {
    std::string name = fmt::format("{}.{}", prefix, key.str());
    const Option* option = find(name);
    if (option == nullptr) {
      auto nearest = std::ranges::min_element(options_, {}, [&](const Option& o) { return distance(o.name, name); });
      return Fail(
          at_line(path, key.source(), fmt::format("there is no option '{}'; did you mean '{}'?", name, nearest->name)));
    }
    if (auto assigned = option->assign(node); !assigned) {
      return Fail(at_line(path, node.source(), fmt::format("{} {}", name, assigned.error().text)));
    }
    read_at_[name] = fmt::format("{}:{}", path, node.source().begin.line);
  }
  return {};
}

Result<> OptionTable::read_file(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return no(Code::none, fmt::format("{}: {}", path, std::strerror(errno)));
  try {
    toml::table file = toml::parse_file(path);
    for (auto&& [section, content] : file) {
      const toml::table* table = content.as_table();
      if (table == nullptr) {
        return Fail(
            at_line(path, content.source(), fmt::format("'{}' stands outside of any [section]", section.str())));
      }
      ROOST_TRY_VOID(read_section(path, *table, std::string(section.str())));
    }
  } catch (const toml::parse_error& e) {
    return Fail(at_line(path, e.source(), e.description()));
  }
  return {};
}

std::string OptionTable::to_toml() const {
  std::string out;
  std::string section;
  for (const Option& option : options_) {
    size_t dot = option.name.find('.');
    if (option.name.substr(0, dot) != section) {
      section = option.name.substr(0, dot);
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", section);
    }
    std::string_view rest = option.meaning;
    constexpr size_t kWidth = 108;
    while (!rest.empty()) {
      size_t cut = rest.size() <= kWidth ? rest.size() : rest.rfind(' ', kWidth);
      out += fmt::format("# {}\n", rest.substr(0, cut));
      rest.remove_prefix(std::min(cut + 1, rest.size()));
    }
    out += fmt::format("{} = {}\n", option.name.substr(dot + 1), option.value());
  }
  return out;
}

}  // namespace roost::main
