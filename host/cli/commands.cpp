#include "host/cli/commands.hpp"

#include "host/config/parameter_table.hpp"

namespace tripartite::cli {

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
