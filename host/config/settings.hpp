#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "host/config/parameter.hpp"
#include "tripartite/error.hpp"

namespace tripartite::config {

/// A key or section that there is not. It may be one of another command.
struct UnknownKey : ConfigError {
  using ConfigError::ConfigError;
};

/// Values that were given, each with the place where it was given: a file's line or a command-line option. An option
/// wins over a file; the same key twice in one of the two is an error. Everything throws ConfigError.
class Settings {
 public:
  struct Given {
    Value value;
    std::string source;
  };

  /// `parameters` outlives this object.
  explicit Settings(std::span<const Parameter> parameters) : parameters_(parameters) {}

  /// Also throws FileError if the file cannot be read.
  void read_file(const std::filesystem::path& path);
  void read_document(std::string_view document, std::string_view name);
  /// A value as it is typed on a command line; `source` is the option that carried it.
  void set(std::string_view key, std::string_view text, const std::string& source);
  /// "key=value", as --set takes it.
  void set(std::string_view assignment, const std::string& source);

  /// nullptr if the key was not given.
  const Given* find(std::string_view key) const;
  /// Whether a key was given by an option, not by a file.
  bool is_option(std::string_view key) const { return from_options_.find(key) != from_options_.end(); }
  /// Whether a key was given another value than its default.
  bool differs(std::string_view key) const;
  /// The first key of a section whose value differs; empty if none does.
  std::string first_within(std::string_view section) const;

 private:
  const Parameter& parameter(std::string_view key, const std::string& source) const;
  void enter(std::string_view section, const std::string& source) const;

  using Layer = std::map<std::string, Given, std::less<>>;
  std::span<const Parameter> parameters_;
  Layer from_file_;
  Layer from_options_;
};

}  // namespace tripartite::config
