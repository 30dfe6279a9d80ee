#include "host/cli/commands.hpp"

#include <algorithm>

#include "host/config/parameter_table.hpp"

namespace tripartite::cli {

std::string_view word_of(const Command& command) {
  const std::string_view name = command.name;
  return name.substr(0, name.find(' '));
}

std::string_view option_of(const Command& command) {
  const std::string_view name = command.name;
  const auto space = name.find(' ');
  return space == std::string_view::npos ? std::string_view() : name.substr(space + 1);
}

const Command& chosen_command(std::span<const Command> commands, std::string_view word,
                              std::span<const std::string> given) {
  const Command* chosen = nullptr;
  for (const Command& command : commands) {
    if (word_of(command) != word) continue;
    if (option_of(command).empty() ? chosen == nullptr
                                   : std::find(given.begin(), given.end(), option_of(command)) != given.end())
      chosen = &command;
  }
  return chosen != nullptr ? *chosen : commands.front();  // `word` is one of them
}

std::vector<report::CommandPage> report_pages() {
  std::vector<report::CommandPage> pages;
  for (const Command& command : all_commands())
    if (command.page.write != nullptr) pages.push_back({command.name, command.page, command.work.parameters});
  return pages;
}

std::vector<config::TableDescription> all_tables() {
  std::vector<config::TableDescription> tables;
  for (const Command& command : all_commands())
    if (command.work.parameters) tables.push_back(command.work.parameters());
  return tables;
}

}  // namespace tripartite::cli
