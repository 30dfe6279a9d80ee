#include "host/cli/config_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/config/render.hpp"

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
    default: return "LIST";
  }
}

std::string help_of(const Parameter& parameter) {
  constexpr std::size_t columns = 80;  // beside the names, under which the parser indents what follows a line break
  std::string help = parameter.meaning;
  if (parameter.type == Type::choice) help += fmt::format("; {}", fmt::join(parameter.choices, " | "));
  return config::wrapped(help, 0, columns, 0);
}

/// An option that takes a list may give its elements one by one.
std::vector<std::string> whole(const Parameter& parameter, const std::vector<std::string>& given) {
  const bool is_list =
      parameter.type == Type::real_list || parameter.type == Type::integer_list || parameter.type == Type::text_list;
  if (!is_list || given.size() < 2) return given;
  return {fmt::format("{}", fmt::join(given, ","))};
}

}  // namespace

ConfigOptions::ConfigOptions(CLI::App& app, const config::TableDescription& table, const std::string& examples)
    : table_(&table), given_(std::make_shared<Given>()) {
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
  app.footer(fmt::format("{}\n{}", examples, config::render_help(table)));
}

config::Settings ConfigOptions::settings() const {
  config::Settings settings(table_->parameters);
  if (!given_->file.empty()) settings.read_file(given_->file);
  for (std::size_t i = 0; i < table_->parameters.size(); ++i)
    for (const std::string& value : whole(table_->parameters[i], given_->values[i]))
      settings.set(table_->parameters[i].key, value, table_->parameters[i].option);
  for (const std::string& assignment : given_->assignments) settings.set(assignment, "--set");
  return settings;
}

}  // namespace tripartite::cli
