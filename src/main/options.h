// The table of configuration options: one row says a name, a default, a meaning and where it goes. Reading a file,
// printing the documented template and checking for mistakes all come from it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace toml::inline v3 {
class node;
class table;
}  // namespace toml::inline v3

namespace roost::main {

struct Option {
  std::string name;                    // "section.key"
  std::string meaning;                 // one or more sentences, for the template
  std::function<std::string()> value;  // as TOML
  std::function<Result<>(const toml::node&)> assign;
};

// Builds rows that write into variables which must outlive them. The variable's value when the row is made is the
// default that the template shows.
class OptionTable {
 public:
  static constexpr uint64_t kTomlMost = INT64_MAX;

  void add(std::string name, bool& variable, std::string meaning);
  void add(std::string name, std::string& variable, std::string meaning);
  void add(std::string name, std::vector<std::string>& variable, std::string meaning);
  // 0 in the file is no limit.
  void add(std::string name, std::optional<uint64_t>& variable, std::string meaning);
  // Milliseconds in the file too.
  void add(std::string name, Millis& variable, std::string meaning, uint64_t least = 1);
  // From 0, or `least`, to `most` or what the type holds.
  template <class Number>
    requires std::is_integral_v<Number>
  void add(std::string name, Number& variable, std::string meaning, uint64_t least = 0, uint64_t most = kTomlMost) {
    constexpr uint64_t kHeld = static_cast<uint64_t>(std::numeric_limits<Number>::max());
    add_number(
        std::move(name), [&variable] { return static_cast<uint64_t>(variable); },
        [&variable](uint64_t v) { variable = static_cast<Number>(v); }, std::move(meaning), least,
        std::min(most, kHeld));
  }
  // One of `words`.
  void add_choice(std::string name, std::string& variable, std::vector<std::string> words, std::string meaning);

  // Every key must be in the table and of its type. The error names file, line and what was expected.
  Result<> read_file(const std::string& path);

  // The value came from `where` ("--imap"), whatever the file said.
  void set_by(std::string_view name, std::string_view where) { read_at_[std::string(name)] = where; }

  // The error for a value that was found wrong later: where it came from, `name` and `why`.
  Fail wrong(std::string_view name, std::string_view why) const;

  // A configuration file with every option, its meaning and its current value.
  std::string to_toml() const;

 private:
  void add_number(std::string name, std::function<uint64_t()> get, std::function<void(uint64_t)> set,
                  std::string meaning, uint64_t least, uint64_t most);
  const Option* find(std::string_view name) const;
  Result<> read_section(const std::string& path, const toml::table& section, const std::string& prefix);

  std::vector<Option> options_;
  std::map<std::string, std::string, std::less<>> read_at_;  // an option's name → "roost.toml:7"
};

}  // namespace roost::main
