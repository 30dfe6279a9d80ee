#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/cli/command.hpp"
#include "host/config/parameter_table.hpp"
#include "host/config/settings.hpp"

namespace tripartite::cli {

/// Words of the command line without an option before them: the value of a parameter of text, or of a list of texts.
struct Positional {
  const char* key = nullptr;  // of the parameter; nullptr: the command takes none
  const char* name = "";
  const char* meaning = "";
  const char* placeholder = "";
  const char* source = name;  // how errors call it
};

/// --config, --set, the dedicated options of a table and its positional arguments, declared on a command.
class ConfigOptions {
 public:
  /// The table outlives this object.
  ConfigOptions(CLI::App& app, const config::TableDescription& table, const Positional& positional = {});

  /// What was given, file first. Throws ConfigError, FileError.
  config::Settings settings() const;

 private:
  struct Given {
    std::string file;
    std::vector<std::string> assignments;
    std::vector<std::vector<std::string>> values;  // of the dedicated options, by parameter
    std::vector<std::string> words;                // of the positional arguments
  };
  const config::TableDescription* table_;
  Positional positional_;
  std::shared_ptr<Given> given_;  // the parser keeps references into it
};

/// A command that takes its configuration from a table of parameters.
template <class Config>
struct ConfiguredCommand {
  const config::ParameterTable<Config>& (*parameters)();
  Positional positional{};
  Status (*run)(const Config&, Session&);
};

template <class Config>
Work configured(const ConfiguredCommand<Config>& command) {
  const auto declare = [command](CLI::App& app) -> Action {
    const ConfigOptions options(app, command.parameters().description(), command.positional);
    return [command, options](Session& session) {
      return command.run(command.parameters().resolve(options.settings()), session);
    };
  };
  return {[command]() -> const auto& {return command.parameters().description();
}
, declare
};  // namespace tripartite::cli
}

}  // namespace tripartite::cli
