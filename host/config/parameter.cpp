#include "host/config/parameter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "host/config/toml.hpp"
#include "host/io/parse_number.hpp"
#include "host/transformer/utf8.hpp"
#include "tripartite/error.hpp"

namespace tripartite::config {
namespace {

// A message shows a value, not a page of it.
constexpr std::size_t longest_shown = 60;

template <class T>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;

[[noreturn]] void reject(const Parameter& parameter, std::string_view shown, std::string_view source) {
  throw ConfigError(fmt::format("{}: {} = {}: expected {}", source, parameter.key, shown, expectation(parameter)));
}

bool is_utf8(std::string_view text) { return transformer::valid_utf8_prefix(text) == text.size(); }

std::string in_quotes(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': literal += "\\\""; break;
      case '\\': literal += "\\\\"; break;
      case '\n': literal += "\\n"; break;
      case '\t': literal += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
          literal += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        else
          literal += c;
    }
  }
  return literal + '"';
}

std::string literal(double value) {
  std::string text = fmt::format("{}", value);  // the shortest that reads back as the same number
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}
std::string literal(std::int64_t value) { return fmt::format("{}", value); }
std::string literal(bool value) { return value ? "true" : "false"; }
std::string literal(const std::string& value) { return in_quotes(value); }
template <class T>
std::string literal(const std::vector<T>& values) {
  std::vector<std::string> literals;
  literals.reserve(values.size());
  for (const T& value : values) literals.push_back(literal(value));
  return fmt::format("[{}]", fmt::join(literals, ", "));
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return io::parse_number<Number>(text);
}

/// An integer, which may be written as 1e6 or 1.5e3.
std::optional<std::int64_t> count_of(std::string_view text) {
  if (const auto whole = whole_number<std::int64_t>(text)) return whole;
  const auto number = whole_number<double>(text);
  return number ? whole_of(*number) : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class T, class Convert>
Value parse_list(std::string_view text, Convert convert) {
  std::vector<T> values;
  while (!trimmed(text).empty()) {
    const auto comma = text.find(',');
    values.push_back(convert(trimmed(text.substr(0, comma))));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return values;
}

Type type_of(const Value& value) {
  constexpr std::array types{Type::real,      Type::integer,      Type::boolean,  Type::text,
                             Type::real_list, Type::integer_list, Type::text_list};
  return types[value.index()];
}

bool is_choice(const Parameter& parameter, const std::string& text) {
  return parameter.choices.empty() ||
         std::find(parameter.choices.begin(), parameter.choices.end(), text) != parameter.choices.end();
}

bool is_valid(const Parameter& parameter, const auto& value) {
  using T = std::decay_t<decltype(value)>;
  if constexpr (is_list<T>) {
    return std::all_of(value.begin(), value.end(), [&](const auto& element) { return is_valid(parameter, element); });
  } else if constexpr (std::is_same_v<T, std::string>) {
    return is_choice(parameter, value) && is_utf8(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    return true;
  } else {
    return parameter.range.contains(static_cast<double>(value));
  }
}

}  // namespace

std::optional<std::int64_t> whole_of(double value) {
  constexpr double exact = 9007199254740992;  // 2^53: beyond, a double is not every integer
  if (!(std::abs(value) <= exact) || value != std::floor(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

bool Range::contains(double value) const {
  return std::isfinite(value) && (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

std::string to_string(const Range& range) {
  const bool below = std::isfinite(range.low);
  const bool over = std::isfinite(range.high);
  if (below && over)
    return fmt::format("{}{}, {}{}", range.low_open ? '(' : '[', range.low, range.high, range.high_open ? ')' : ']');
  if (below) return fmt::format("{} {}", range.low_open ? ">" : ">=", range.low);
  if (over) return fmt::format("{} {}", range.high_open ? "<" : "<=", range.high);
  return {};
}

std::string expectation(const Parameter& parameter) {
  std::string bounds = to_string(parameter.range);
  if (bounds.starts_with('[') || bounds.starts_with('(')) bounds.insert(0, "in ");
  if (!bounds.empty()) bounds.insert(0, 1, ' ');
  if (!parameter.unit.empty()) bounds += fmt::format(" [{}]", parameter.unit);
  switch (parameter.type) {
    case Type::real: return "a finite number" + bounds;
    case Type::integer: return "an integer" + bounds;
    case Type::boolean: return "true or false";
    case Type::text: return parameter.optional ? "text that is not empty (UTF-8)" : "text (UTF-8)";
    case Type::choice: return fmt::format("one of {}", fmt::join(parameter.choices, ", "));
    case Type::real_list: return "a list of finite numbers" + bounds;
    case Type::integer_list: return "a list of integers" + bounds;
    case Type::text_list:
      if (parameter.choices.empty()) return "a list of texts";
      return fmt::format("a list of any of {}", fmt::join(parameter.choices, ", "));
  }
  return {};
}

std::string to_toml(const Value& value) {
  return std::visit([](const auto& held) { return literal(held); }, value);
}

std::string to_message(const Value& value) {
  std::string text = to_toml(value);
  if (text.size() <= longest_shown) return text;
  std::size_t end = longest_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a UTF-8 character
  return text.substr(0, end) + "...";
}

Value parse(const Parameter& parameter, std::string_view text, std::string_view source) {
  const auto refuse = [&]() { reject(parameter, to_message(std::string(text)), source); };
  const auto real = [&](std::string_view word) {
    const auto number = whole_number<double>(word);
    if (!number) refuse();
    return *number;
  };
  const auto integer = [&](std::string_view word) {
    const auto number = count_of(word);
    if (!number) refuse();
    return *number;
  };
  Value value;
  const bool is_array = text.starts_with('[') && text.ends_with(']');
  switch (parameter.type) {
    case Type::real: value = real(text); break;
    case Type::integer: value = integer(text); break;
    case Type::boolean:
      if (text != "true" && text != "false") refuse();
      value = text == "true";
      break;
    case Type::text:
    case Type::choice: value = std::string(text); break;
    case Type::real_list:
      value = is_array ? parse_toml(parameter, text, source) : parse_list<double>(text, real);
      break;
    case Type::integer_list:
      value = is_array ? parse_toml(parameter, text, source) : parse_list<std::int64_t>(text, integer);
      break;
    case Type::text_list:
      value = is_array ? parse_toml(parameter, text, source)
                       : parse_list<std::string>(text, [](std::string_view word) { return std::string(word); });
      break;
  }
  check(parameter, value, source);
  return value;
}

void check(const Parameter& parameter, const Value& value, std::string_view source) {
  const Type wanted = parameter.type == Type::choice ? Type::text : parameter.type;
  const bool valid =
      type_of(value) == wanted && std::visit([&](const auto& held) { return is_valid(parameter, held); }, value) &&
      !(parameter.optional && std::holds_alternative<std::string>(value) && std::get<std::string>(value).empty());
  if (!valid) reject(parameter, to_message(value), source);
}

std::string_view section_of(std::string_view key) {
  const auto dot = key.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : key.substr(0, dot);
}

Parameter::Parameter(std::string_view section, const Entry& entry)
    : key(fmt::format("{}.{}", section, entry.key)),
      symbol(entry.symbol),
      unit(entry.unit),
      meaning(entry.meaning),
      range(entry.range),
      option(entry.option),
      optional(entry.optional),
      transient(entry.transient) {}

std::string_view name_of(std::string_view key) { return key.substr(key.rfind('.') + 1); }

}  // namespace tripartite::config
