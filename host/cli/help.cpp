#include "host/cli/help.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "host/config/nearest.hpp"
#include "host/config/render.hpp"
#include "host/io/parse_number.hpp"
#include "tripartite/error.hpp"

namespace tripartite::cli {
namespace {

constexpr std::size_t least_columns = 60, usual_columns = 80, most_columns = 120;

/// A name or an example with what it means, each entry in a line where it fits: the meanings in one column, those of
/// longer names below.
struct Entry {
  std::string name, meaning;
};

std::string listed(const std::vector<Entry>& entries, std::size_t widest, std::size_t columns) {
  std::size_t column = 0;
  for (const Entry& entry : entries)
    if (!entry.meaning.empty() && entry.name.size() <= widest) column = std::max(column, entry.name.size());
  column += 4;  // two before the name, two behind it
  std::string text;
  for (const Entry& entry : entries) {
    std::string line = "  " + entry.name;
    if (entry.meaning.empty()) {
      text += line + '\n';
      continue;
    }
    if (line.size() + 2 > column) {
      text += line + '\n';
      line.clear();
    }
    line.resize(column, ' ');
    text += line + config::wrapped(entry.meaning, column, columns, column) + '\n';
  }
  return text;
}

std::string options_of(const CLI::App& app, std::size_t columns) {
  std::vector<Entry> positionals, options;
  for (const CLI::Option* option : app.get_options()) {
    const bool is_positional = option->get_positional();
    Entry entry{is_positional ? option->get_name(true, false) : option->get_name(false, true),
                option->get_description()};
    if (is_positional && !option->get_type_name().empty())
      entry.name = option->get_type_name();
    else if (!option->get_type_name().empty())
      entry.name += " " + option->get_type_name();
    if (option->get_required()) entry.meaning += "; required";
    (is_positional ? positionals : options).push_back(std::move(entry));
  }
  const std::size_t widest = columns / 3;
  std::string text;
  if (!positionals.empty()) text += "\nArguments:\n" + listed(positionals, widest, columns);
  return text + "\nOptions:\n" + listed(options, widest, columns);
}

std::string usage_of(const Command& command, const CLI::App& app) {
  std::string text = fmt::format("Usage: tripartite {} [OPTIONS]", command.name);
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional()) {
      const std::string type = option->get_type_name();
      const std::string name =
          (type.empty() ? option->get_name(true, false) : type) + (option->get_items_expected_max() > 1 ? "..." : "");
      text += option->get_required() ? " " + name : fmt::format(" [{}]", name);
    }
  return text + '\n';
}

std::string beginning(const Command& command, const CLI::App& app, std::size_t columns) {
  return config::wrapped(command.summary, 0, columns, 0) + '\n' + usage_of(command, app) + options_of(app, columns) +
         '\n' + fitted(command.examples, columns);
}

std::string sections_of(const Command& command, std::size_t columns) {
  std::string text = config::wrapped(
      fmt::format("Parameters, set by `--set SECTION.NAME=VALUE` or in a TOML file (--config). `tripartite {0} --help "
                  "SECTION` explains those of a section, `tripartite {0} --help-all` all:",
                  command.name),
      0, columns, 0);
  std::vector<Entry> sections;
  for (const config::Section& section : command.work.parameters().sections)
    sections.push_back({section.name, section.meaning});
  return text + '\n' + listed(sections, columns / 3, columns);
}

/// Words of an example that are longer than a line go on in the next, as a shell reads it.
std::string broken(std::string example, std::size_t columns) {
  std::string text;
  while (example.size() > columns) {
    const auto at = example.rfind(" --", columns - 2);
    if (at == std::string::npos || example.find_first_not_of(' ') >= at) break;
    text += example.substr(0, at) + " \\\n";
    example = "      " + example.substr(at + 1);
  }
  return text + example;
}

}  // namespace

std::size_t help_columns() {
  std::size_t columns = usual_columns;
  winsize window{};
  if (::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
    columns = window.ws_col;
  else if (const char* given = std::getenv("COLUMNS"))
    columns = std::size_t(std::max(io::parse_number<int>(given).value_or(int(usual_columns)), 0));
  return std::clamp(columns, least_columns, most_columns);
}

std::string fitted(std::string_view examples, std::size_t columns) {
  std::string text, paragraph;
  std::vector<Entry> list;
  const auto flush = [&] {
    if (!paragraph.empty()) text += config::wrapped(paragraph, 0, columns, 0) + '\n';
    paragraph.clear();
    // What an example does stands beside it where all of its words fit.
    std::size_t column = 0;
    for (const Entry& entry : list)
      if (!entry.meaning.empty() && entry.name.size() <= columns * 3 / 5)
        column = std::max(column, 2 + entry.name.size() + 2);
    for (const Entry& entry : list) {
      std::string line = "  " + entry.name;
      if (entry.meaning.empty()) {
        text += broken(line, columns) + '\n';
      } else if (const std::size_t at = std::max(column, line.size() + 2); at + entry.meaning.size() <= columns) {
        line.resize(at, ' ');
        text += line + entry.meaning + '\n';
      } else if (line.size() + 2 + entry.meaning.size() <= columns) {
        text += line + "  " + entry.meaning + '\n';
      } else {
        text += broken(line, columns) + "\n      " + config::wrapped(entry.meaning, 6, columns, 6) + '\n';
      }
    }
    list.clear();
  };
  while (!examples.empty()) {
    const std::string_view line = examples.substr(0, examples.find('\n'));
    examples.remove_prefix(std::min(examples.size(), line.size() + 1));
    if (line.starts_with("  ")) {
      if (!paragraph.empty()) flush();
      const auto gap = line.find("  ", 2);
      const auto meaning = gap == std::string_view::npos ? gap : line.find_first_not_of(' ', gap);
      list.push_back({std::string(line.substr(2, gap == std::string_view::npos ? gap : gap - 2)),
                      std::string(meaning == std::string_view::npos ? "" : line.substr(meaning))});
    } else if (line.empty()) {
      flush();
      text += '\n';
    } else {
      if (!list.empty()) flush();
      paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
    }
  }
  flush();
  return text;
}

std::string overview_help(const CLI::App& app, std::span<const Command> commands, std::size_t columns) {
  std::vector<Entry> list;
  for (const Command& command : commands) list.push_back({command.name, command.summary});
  return config::wrapped(app.get_description(), 0, columns, 0) + "\nUsage: tripartite COMMAND [OPTIONS]\n" +
         options_of(app, columns) + "\nCommands:\n" + listed(list, columns / 3, columns) + '\n' +
         fitted(app.get_footer(), columns);
}

std::string short_help(const Command& command, const CLI::App& app, std::size_t columns) {
  std::string text = beginning(command, app, columns);
  if (command.work.parameters) text += '\n' + sections_of(command, columns);
  return text;
}

std::string full_help(const Command& command, const CLI::App& app, std::size_t columns) {
  std::string text = beginning(command, app, columns);
  if (command.work.parameters)
    text += '\n' +
            config::wrapped("Parameters, set by `--set KEY=VALUE` or in the sections of a TOML file (--config):", 0,
                            columns, 0) +
            '\n' + config::render_help(command.work.parameters(), columns);
  return text;
}

std::string section_help(const Command& command, std::string_view section, std::size_t columns) {
  std::string known;
  if (command.work.parameters) {
    const config::TableDescription& table = command.work.parameters();
    if (std::string text = config::render_help(table, columns, section); !text.empty()) return text;
    std::vector<std::string> names;
    for (const config::Section& each : table.sections) names.push_back(each.name);
    known = fmt::format("; expected one of {}", fmt::join(names, ", "));
  }
  throw ConfigError(fmt::format("--help {}: {} has no such section of parameters{}", section, command.name, known));
}

}  // namespace tripartite::cli
