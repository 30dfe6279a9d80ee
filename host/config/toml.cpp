#include "host/config/toml.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "tripartite/error.hpp"

namespace tripartite::config {
namespace {

template <class T>
std::optional<T> element(const toml::node& node) {
  if constexpr (std::is_same_v<T, double>) {
    if (const auto* integer = node.as_integer()) return static_cast<double>(integer->get());  // dt = 1 means 1.0
    if (const auto* real = node.as_floating_point()) return real->get();
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    if (const auto* integer = node.as_integer()) return integer->get();
    if (const auto* real = node.as_floating_point()) return whole_of(real->get());  // synapses = 1e6
  } else if constexpr (std::is_same_v<T, bool>) {
    if (const auto* boolean = node.as_boolean()) return boolean->get();
  } else {
    if (const auto* text = node.as_string()) return text->get();
  }
  return std::nullopt;
}

template <class T>
std::optional<Value> list(const toml::node& node) {
  const auto* array = node.as_array();
  std::vector<T> values;
  if (array == nullptr) {  // rates = 5 means a list of one
    const auto only = element<T>(node);
    if (!only) return std::nullopt;
    return values = {*only};
  }
  for (const auto& entry : *array) {
    const auto value = element<T>(entry);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

std::optional<Value> convert(Type type, const toml::node& node) {
  switch (type) {
    case Type::real: return element<double>(node);
    case Type::integer: return element<std::int64_t>(node);
    case Type::boolean: return element<bool>(node);
    case Type::text:
    case Type::choice: return element<std::string>(node);
    case Type::real_list: return list<double>(node);
    case Type::integer_list: return list<std::int64_t>(node);
    case Type::text_list: return list<std::string>(node);
  }
  return std::nullopt;
}

Value value_of(const Parameter& parameter, const toml::node& node, std::string_view source) {
  if (const auto value = convert(parameter.type, node)) return *value;
  std::ostringstream written;
  node.visit([&](const auto& typed) { written << typed; });
  std::string shown = std::move(written).str();
  constexpr std::size_t longest_shown = 60;
  if (shown.size() > longest_shown) shown = shown.substr(0, longest_shown) + "...";
  throw ConfigError(fmt::format("{}: {} = {}: expected {}", source, parameter.key, shown, expectation(parameter)));
}

void visit_table(const toml::table& table, const std::string& prefix, std::string_view name,
                 const TomlVisitor& visitor) {
  for (const auto& [key, node] : table) {
    const std::string dotted = prefix + std::string(key.str());
    const std::string source = fmt::format("{}:{}", name, node.source().begin.line);
    if (const toml::table* inner = node.as_table()) {
      visitor.enter(dotted, source);
      visit_table(*inner, dotted + ".", name, visitor);
      continue;
    }
    const Parameter& parameter = visitor.find(dotted, source);
    visitor.take(parameter, value_of(parameter, node, source), source);
  }
}

/// The library that parses calls itself for every part of a dotted key, and for every part when it destroys the table:
/// without a limit a file of some hundred kB overflows the stack. Strings and comments are skipped; a key that is
/// quoted counts as one part.
void refuse_long_keys(std::string_view document, std::string_view name) {
  constexpr int most_parts = 32;  // our keys have two
  int line = 1, parts = 1;
  for (std::size_t i = 0; i < document.size(); ++i) {
    const char c = document[i];
    if (c == '"' || c == '\'') {
      const std::string quote(document.substr(i).starts_with(std::string(3, c)) ? 3 : 1, c);
      for (i += quote.size(); i < document.size() && !document.substr(i).starts_with(quote); ++i) {
        if (document[i] == '\n') ++line;
        if (document[i] == '\n' && quote.size() == 1) break;  // not valid; the parser says so
        if (document[i] == '\\' && c == '"') ++i;
      }
      i += quote.size() - 1;
      // A multi-line string may end with one or two quotes of its own.
      for (int more = 0; quote.size() == 3 && more < 2 && i + 1 < document.size() && document[i + 1] == c; ++more) ++i;
      continue;
    }
    if (c == '#') i = std::min(document.find('\n', i), document.size()) - 1;
    if (c == '.' && ++parts > most_parts)
      throw ConfigError(fmt::format("{}:{}: a key has more than {} parts", name, line, most_parts));
    if (c == '\n') ++line;
    if (c == '\n' || c == '=' || c == ',' || c == '{' || c == '[' || c == ']') parts = 1;
  }
}

toml::table parse_document(std::string_view document, std::string_view name) {
  refuse_long_keys(document, name);
  try {
    return toml::parse(document);
  } catch (const toml::parse_error& error) {
    throw ConfigError(fmt::format("{}:{}: not valid TOML: {}", name, error.source().begin.line, error.description()));
  }
}

}  // namespace

void read_toml(std::string_view document, std::string_view name, const TomlVisitor& visitor) {
  visit_table(parse_document(document, name), "", name, visitor);
}

Value parse_toml(const Parameter& parameter, std::string_view literal, std::string_view source) {
  refuse_long_keys(literal, source);
  try {
    const toml::table table = toml::parse("value = " + std::string(literal));
    return value_of(parameter, *table.get("value"), source);
  } catch (const toml::parse_error& error) {
    throw ConfigError(fmt::format("{}: {} = {}: expected {} ({})", source, parameter.key, literal,
                                  expectation(parameter), error.description()));
  }
}

}  // namespace tripartite::config
