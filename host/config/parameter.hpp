#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tripartite::config {

/// What a parameter takes. A choice is one of a few names; a list of choices is a text list whose elements are.
enum class Type { real, integer, boolean, text, choice, real_list, integer_list, text_list };

using Value = std::variant<double, std::int64_t, bool, std::string, std::vector<double>, std::vector<std::int64_t>,
                           std::vector<std::string>>;

/// Bounds of a number, or of each number of a list. Never contains NaN or an infinity.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  bool contains(double value) const;
};

constexpr Range above(double low) { return {.low = low, .low_open = true}; }
constexpr Range at_least(double low) { return {.low = low}; }
constexpr Range within(double low, double high) { return {.low = low, .high = high}; }

/// What a table says about a parameter, one literal each: it is compiled in hundreds of places, where strings that own
/// their text would take longer to compile than everything else.
struct Entry {
  std::string_view key{};      // within its section: "dt"
  std::string_view symbol{};   // as in docs/models.md, empty if it has none
  std::string_view unit{};     // empty if it has none
  std::string_view meaning{};  // for the help text and the documentation, without a final stop
  Range range{};               // real, integer and their lists
  std::string_view option{};   // dedicated command-line option, "--dt"; empty if there is none
  bool optional = false;       // text that may stay unset; empty text means unset and cannot be given
  bool transient = false;      // says where results go, not what they are: left out of the effective configuration
};

/// One settable value: its entry, and what follows from the bound variable.
struct Parameter {
  Parameter(std::string_view section, const Entry& entry);

  std::string key;  // as in TOML, dotted: "solver.dt"
  std::string symbol, unit, meaning;
  Range range;
  std::string option;
  bool optional, transient;

  Type type = Type::text;              // from the variable
  std::vector<std::string> choices{};  // from the variable if it is an enumeration
  Value standard{};                    // default, from a default-constructed configuration
};

/// "a number > 0 [s]", "one of cpu, cuda", ...: how an error says what would have been right.
std::string expectation(const Parameter& parameter);

/// The range alone: "> 0", "[0, 1)"; empty if any finite number will do.
std::string to_string(const Range& range);

/// The integer that a number is, if it is one that a double tells from its neighbours: 1e6 is a count.
std::optional<std::int64_t> whole_of(double value);

/// As a TOML literal that reads back as the same value.
std::string to_toml(const Value& value);

/// The same, cut to a length that fits a message.
std::string to_message(const Value& value);

/// Reads a value as it is typed on a command line: text needs no quotes, lists are comma-separated or TOML arrays.
/// Throws ConfigError that begins with `source`.
Value parse(const Parameter& parameter, std::string_view text, std::string_view source);

/// Throws ConfigError if `value` is not of the parameter's type, out of range, not a choice, or not UTF-8.
void check(const Parameter& parameter, const Value& value, std::string_view source);

/// Removes one level: the part of a key before its last dot, and the part after it.
std::string_view section_of(std::string_view key);
std::string_view name_of(std::string_view key);

}  // namespace tripartite::config
