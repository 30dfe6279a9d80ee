#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "host/config/parameter_table.hpp"
#include "host/config/settings.hpp"

namespace tripartite::cli {

/// --config, --set and the dedicated options of a table, declared on a command; and the end of its help text.
class ConfigOptions {
 public:
  /// `examples` is shown by --help before the parameters. The table outlives this object.
  ConfigOptions(CLI::App& app, const config::TableDescription& table, const std::string& examples);

  /// What was given, file first. Throws ConfigError, FileError.
  config::Settings settings() const;

 private:
  struct Given {
    std::string file;
    std::vector<std::string> assignments;
    std::vector<std::vector<std::string>> values;  // of the dedicated options, by parameter
  };
  const config::TableDescription* table_;
  std::shared_ptr<Given> given_;  // the parser keeps references into it
};

}  // namespace tripartite::cli
