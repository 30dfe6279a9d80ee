#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "host/config/parameter.hpp"

namespace tripartite::config {

/// What a TOML document says, one call per value, in no particular order.
struct TomlVisitor {
  /// The parameter of a dotted key. Throws ConfigError beginning with `source` if there is none.
  std::function<const Parameter&(std::string_view key, const std::string& source)> find;
  /// Throws ConfigError beginning with `source` if no parameter lies in a section that the document opens.
  std::function<void(std::string_view section, const std::string& source)> enter;
  /// A value of the parameter's type, not yet checked for its range. `source` is "file:line".
  std::function<void(const Parameter&, Value, const std::string& source)> take;
};

/// `name` is how errors call the document, usually the file's path. Throws ConfigError on bad TOML or a wrong type.
void read_toml(std::string_view document, std::string_view name, const TomlVisitor& visitor);

/// One TOML literal. Throws ConfigError that begins with `source`.
Value parse_toml(const Parameter& parameter, std::string_view literal, std::string_view source);

}  // namespace tripartite::config
