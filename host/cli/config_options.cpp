#include "host/cli/config_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>

namespace tripartite::cli {
namespace {

using config::Parameter;
using config::Type;

const char* placeholder(const Parameter& parameter) {
  switch (parameter.type) {
    case Type::real: return "NUMBER";
    case Type::integer: return "INTEGER";
    case Type::choice: return "NAME";
    case Type::boolean: return "";
    case Type::text: return "TEXT";
    case Type::real_list:
    case Type::integer_list:
    case Type::text_list: return "LIST";
  }
  return "";
}

std::string help_of(const Parameter& parameter) {
  std::string help = parameter.meaning;
  if (parameter.type == Type::choice) help += fmt::format("; {}", fmt::join(parameter.choices, " | "));
  return help;
}

bool is_list(const Parameter& parameter) {
  return parameter.type == Type::real_list || parameter.type == Type::integer_list || parameter.type == Type::text_list;
}

/// An option that takes a list may give its elements one by one.
std::vector<std::string> whole(const Parameter& parameter, const std::vector<std::string>& given) {
  if (!is_list(parameter) || given.size() < 2) return given;
  return {fmt::format("{}", fmt::join(given, ","))};
}

const Parameter& parameter_of(const config::TableDescription& table, std::string_view key) {
  const auto found = std::find_if(table.parameters.begin(), table.parameters.end(),
                                  [&](const Parameter& each) { return each.key == key; });
  if (found == table.parameters.end()) throw std::logic_error(fmt::format("no parameter {}", key));
  return *found;
}

}  // namespace

ConfigOptions::ConfigOptions(CLI::App& app, const config::TableDescription& table, const Positional& positional)
    : table_(&table), positional_(positional), given_(std::make_shared<Given>()) {
  given_->values.resize(table.parameters.size());
  for (std::size_t i = 0; i < table.parameters.size(); ++i) {
    const Parameter& parameter = table.parameters[i];
    if (parameter.option.empty()) continue;
    if (parameter.type == Type::boolean) {
      app.add_flag_callback(
          parameter.option, [values = &given_->values[i]] { values->emplace_back("true"); }, help_of(parameter));
    } else {
      // Kept as text: the table reads and judges the value, and names the option when it refuses.
      app.add_option(parameter.option, given_->values[i], help_of(parameter))
          ->type_name(placeholder(parameter))
          ->expected(1)
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
  app.add_option("--config", given_->file, "read parameters from a TOML file")->type_name("FILE");
  app.add_option("--set", given_->assignments, "set any parameter; may be repeated")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  if (positional.key != nullptr) {
    auto* words = app.add_option(positional.name, given_->words, positional.meaning);
    words->type_name(positional.placeholder);
    if (!is_list(parameter_of(table, positional.key))) words->expected(1)->allow_extra_args(false);
  }
}

config::Settings ConfigOptions::settings() const {
  config::Settings settings(table_->parameters);
  if (!given_->file.empty()) settings.read_file(given_->file);
  for (std::size_t i = 0; i < table_->parameters.size(); ++i)
    for (const std::string& value : whole(table_->parameters[i], given_->values[i]))
      settings.set(table_->parameters[i].key, value, table_->parameters[i].option);
  for (const std::string& assignment : given_->assignments) settings.set(assignment, "--set");
  if (!given_->words.empty()) {
    const bool takes_several = is_list(parameter_of(*table_, positional_.key));
    settings.set(positional_.key, takes_several ? config::to_toml(given_->words) : given_->words.front(),
                 positional_.source);
  }
  return settings;
}

}  // namespace tripartite::cli
