#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "host/config/parameter.hpp"
#include "host/config/settings.hpp"
#include "tripartite/error.hpp"

namespace tripartite::config {

/// The names of an enumeration's values, once for all tables: specialise with
///   static constexpr std::array names{std::pair{E::value, std::string_view("value")}, ...};
template <class Enum>
struct Choices;

/// Name of an enumeration's value.
template <class Enum>
constexpr std::string_view choice_name(Enum value) {
  for (const auto& [known, name] : Choices<Enum>::names)
    if (known == value) return name;
  return {};
}

template <class T>
concept Choice = requires {
  Choices<T>::names;
};

namespace detail {

template <class T>
struct Binding {  // floating point and everything that the overloads below do not name
  static_assert(std::is_floating_point_v<T>);
  static constexpr Type type = Type::real;
  static Value get(T value) { return double(value); }
  static T set(const Value& value) { return T(std::get<double>(value)); }
};
template <class T>
requires std::is_integral_v<T>
struct Binding<T> {
  static constexpr Type type = Type::integer;
  static Value get(T value) { return std::int64_t(value); }
  static T set(const Value& value) { return T(std::get<std::int64_t>(value)); }
};
template <>
struct Binding<bool> {
  static constexpr Type type = Type::boolean;
  static Value get(bool value) { return value; }
  static bool set(const Value& value) { return std::get<bool>(value); }
};
template <>
struct Binding<std::string> {
  static constexpr Type type = Type::text;
  static Value get(const std::string& value) { return value; }
  static std::string set(const Value& value) { return std::get<std::string>(value); }
};
template <class T>
requires Choice<T>
struct Binding<T> {
  static constexpr Type type = Type::choice;
  static Value get(T value) { return std::string(choice_name(value)); }
  static T set(const Value& value) {
    for (const auto& [known, name] : Choices<T>::names)
      if (name == std::get<std::string>(value)) return known;
    throw ConfigError("not a choice: " + std::get<std::string>(value));
  }
};
template <class T>
struct Binding<std::vector<T>> {
  using Element = Binding<T>;
  using Stored = std::conditional_t<Element::type == Type::real, double,
                                    std::conditional_t<Element::type == Type::integer, std::int64_t, std::string>>;
  static constexpr Type type = Element::type == Type::real      ? Type::real_list
                               : Element::type == Type::integer ? Type::integer_list
                                                                : Type::text_list;
  static Value get(const std::vector<T>& values) {
    std::vector<Stored> stored;
    stored.reserve(values.size());
    for (const T& value : values) stored.push_back(std::get<Stored>(Element::get(value)));
    return stored;
  }
  static std::vector<T> set(const Value& value) {
    std::vector<T> values;
    for (const Stored& stored : std::get<std::vector<Stored>>(value)) values.push_back(Element::set(stored));
    return values;
  }
};

template <class T>
struct ElementOf {
  using type = T;
};
template <class T>
struct ElementOf<std::vector<T>> {
  using type = T;
};

/// What follows from the type of the variable alone.
template <class Variable>
void describe(Parameter& parameter) {
  using Element = typename ElementOf<Variable>::type;
  parameter.type = Binding<Variable>::type;
  if constexpr (Choice<Element>)
    for (const auto& [value, name] : Choices<Element>::names) parameter.choices.emplace_back(name);
  if constexpr (std::is_integral_v<Element> && !std::is_same_v<Element, bool> && sizeof(Element) < 8) {
    parameter.range.low = std::max(parameter.range.low, double(std::numeric_limits<Element>::min()));
    parameter.range.high = std::min(parameter.range.high, double(std::numeric_limits<Element>::max()));
  }
}

}  // namespace detail

/// A titled group of parameters: one section of a TOML file.
struct Section {
  std::string name;
  std::string meaning;
};

/// What is said about the parameters of one command: everything but the variables they are bound to.
struct TableDescription {
  std::string command;  // "attend"
  std::string title;    // "Neuron-astrocyte attention"
  std::vector<Section> sections;
  std::vector<Parameter> parameters;
};

/// Where each value of a configuration came from, for checks that look at several values together.
class Origins {
 public:
  explicit Origins(const Settings* settings) : settings_(settings) {}
  /// The error that names the place, the key and its value.
  ConfigError error(std::string_view key, const Value& value, std::string_view expected) const {
    const Settings::Given* given = settings_ == nullptr ? nullptr : settings_->find(key);
    return ConfigError(
        fmt::format("{}{} = {}: {}", given == nullptr ? "" : given->source + ": ", key, to_message(value), expected));
  }

  /// Refuses a value that was given on the command line, or differs from its default, if `choice` ("drive.kind = file")
  /// means that nobody reads it. A file that repeats a run has all keys.
  void refuse_unused(std::initializer_list<std::string_view> keys, std::string_view choice) const {
    if (settings_ == nullptr) return;
    for (const std::string_view key : keys)
      if (const Settings::Given* given = settings_->find(key);
          given != nullptr && (settings_->differs(key) || settings_->is_option(key)))
        throw error(key, given->value, fmt::format("is not used with {}", choice));
  }
  /// Whether a key was given another value than its default.
  bool differs(std::string_view key) const { return settings_ != nullptr && settings_->differs(key); }
  /// The first key of a section whose value differs; empty if none does.
  std::string differing_within(std::string_view section) const {
    return settings_ == nullptr ? std::string() : settings_->first_within(section);
  }

 private:
  const Settings* settings_;
};

/// The one list of what can be set for one command, each entry bound to a variable of `Config`. Reading TOML and
/// options,
/// --help, validation, the effective configuration, summary.json and docs/parameters.md all come from it.
///
/// Adding a parameter is one `add`; a new command is one record (host/cli/command.hpp) that names a function which
/// returns its table.
template <class Config>
class ParameterTable {
 public:
  using Check = std::function<void(const Config&, const Origins&)>;

  ParameterTable(std::string command, std::string title) : description_{std::move(command), std::move(title), {}, {}} {}

  /// The parameters added next belong to this section; their keys begin with its name.
  void section(std::string name, std::string meaning) {
    description_.sections.push_back({std::move(name), std::move(meaning)});
  }

  /// `access` is a generic lambda from a configuration (const or not) to the variable: [](auto& c) -> auto& { return
  /// c.dt; }
  template <class Access>
  void add(const Entry& entry, Access access) {
    using Variable = std::remove_cvref_t<decltype(access(std::declval<Config&>()))>;
    if constexpr (std::is_empty_v<Access>)
      bind<Variable>(
          entry, +[](const Config& c) -> const Variable& { return Access{}(c); },
          +[](Config& c) -> Variable& { return Access{}(c); });
    else
      bind<Variable>(entry, Reader<Variable>(access), Writer<Variable>(access));
  }

  /// A condition on several values together; throws `origins.error(...)`.
  void check(Check condition) { checks_.push_back(std::move(condition)); }

  const TableDescription& description() const { return description_; }
  const std::vector<Parameter>& parameters() const { return description_.parameters; }

  /// The defaults with what was given. Throws ConfigError if that breaks a condition.
  Config resolve(const Settings& settings) const {
    Config config;
    for (std::size_t i = 0; i < variables_.size(); ++i)
      if (const auto* given = settings.find(parameters()[i].key)) variables_[i].set(config, given->value);
    for (const Check& condition : checks_) condition(config, Origins(&settings));
    return config;
  }

  /// Throws ConfigError for a configuration that was put together in code.
  void validate(const Config& config) const {
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      const Parameter& parameter = parameters()[i];
      const Value value = variables_[i].get(config);
      if (!(parameter.optional && value == parameter.standard)) config::check(parameter, value, "configuration");
    }
    for (const Check& condition : checks_) condition(config, Origins(nullptr));
  }

  /// One value per parameter, in the table's order.
  std::vector<Value> values(const Config& config) const {
    std::vector<Value> values;
    for (const Accessors& variable : variables_) values.push_back(variable.get(config));
    return values;
  }

 private:
  struct Accessors {
    std::function<Value(const Config&)> get;
    std::function<void(Config&, const Value&)> set;
  };
  template <class Variable>
  using Reader = std::function<const Variable&(const Config&)>;
  template <class Variable>
  using Writer = std::function<Variable&(Config&)>;

  /// Compiled once for all variables of a type, where there are as many types of `access` as variables.
  template <class Variable, class Read, class Write>
  void bind(const Entry& entry, Read read, Write write) {
    using Bound = detail::Binding<Variable>;
    Parameter parameter(description_.sections.back().name, entry);
    detail::describe<Variable>(parameter);
    parameter.standard = Bound::get(read(standard_));
    description_.parameters.push_back(std::move(parameter));
    variables_.push_back(
        {[read = std::move(read)](const Config& config) { return Bound::get(read(config)); },
         [write = std::move(write)](Config& config, const Value& value) { write(config) = Bound::set(value); }});
  }

  const Config standard_{};
  TableDescription description_;
  std::vector<Accessors> variables_;
  std::vector<Check> checks_;
};

}  // namespace tripartite::config
