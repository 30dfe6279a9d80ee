#include "host/config/render.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

namespace tripartite::config {
namespace {

/// "[s], > 0", "cpu or cuda", ...: unit and what is allowed, as short as it can be said.
std::string domain(const Parameter& parameter) {
  std::vector<std::string> parts;
  if (!parameter.unit.empty()) parts.push_back(fmt::format("[{}]", parameter.unit));
  if (!parameter.choices.empty()) {
    parts.push_back(
        fmt::format("{}{}", parameter.type == Type::text_list ? "any of " : "", fmt::join(parameter.choices, " | ")));
  } else {
    Range range = parameter.range;
    // What an int holds is no bound that a reader looks for.
    if (range.high == std::numeric_limits<int>::max()) range.high = std::numeric_limits<double>::infinity();
    if (const std::string bounds = to_string(range); !bounds.empty()) parts.push_back(bounds);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

bool is_unset(const Parameter& parameter, const Value& value) {
  return parameter.optional && value == Value(std::string());
}

template <class Action>
void for_each_section(const TableDescription& table, Action action) {
  for (const Section& section : table.sections) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < table.parameters.size(); ++i)
      if (section_of(table.parameters[i].key) == section.name) members.push_back(i);
    action(section, members);
  }
}

std::string escaped(std::string text) {  // for a cell of a Markdown table
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
  return text;
}

std::string type_name(Type type) {
  switch (type) {
    case Type::real: return "number";
    case Type::integer: return "integer";
    case Type::boolean: return "true or false";
    case Type::text: return "text";
    case Type::choice: return "choice";
    case Type::real_list: return "list of numbers";
    case Type::integer_list: return "list of integers";
    case Type::text_list: return "list of texts";
  }
  return {};
}

}  // namespace

std::string wrapped(std::string_view words, std::size_t indent, std::size_t columns, std::size_t column) {
  std::string text;
  bool at_start = true;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (!at_start && column + 1 + word.size() > columns) {
      text += '\n' + std::string(indent, ' ');
      column = indent;
      at_start = true;
    }
    if (!at_start) text += ' ';
    text += word;
    column += word.size() + (at_start ? 0 : 1);
    at_start = false;
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return text;
}

std::string render_toml(const TableDescription& table, std::span<const Value> values) {
  std::string document = fmt::format("# {}\n", table.title);
  for_each_section(table, [&](const Section& section, const std::vector<std::size_t>& members) {
    std::string body;
    for (const std::size_t i : members) {
      const Parameter& parameter = table.parameters[i];
      if (parameter.transient) continue;
      const std::string allowed = domain(parameter);
      body += fmt::format("# {}{}{}\n", parameter.meaning, allowed.empty() ? "" : "; ", allowed);
      const bool unset = is_unset(parameter, values[i]);
      body += fmt::format("{}{} = {}{}\n", unset ? "# " : "", name_of(parameter.key), to_toml(values[i]),
                          unset ? "  (not set)" : "");
    }
    if (!body.empty()) document += fmt::format("\n[{}]  # {}\n{}", section.name, section.meaning, body);
  });
  return document;
}

nlohmann::ordered_json render_json(const TableDescription& table, std::span<const Value> values) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < table.parameters.size(); ++i) {
    const Parameter& parameter = table.parameters[i];
    if (parameter.transient) continue;
    nlohmann::ordered_json& field = object[std::string(section_of(parameter.key))][std::string(name_of(parameter.key))];
    if (!is_unset(parameter, values[i])) std::visit([&](const auto& held) { field = held; }, values[i]);
  }
  return object;
}

std::string render_help(const TableDescription& table, std::size_t columns, std::string_view wanted) {
  const std::size_t indent = columns >= 100 ? 40 : 34;
  std::string text;
  for_each_section(table, [&](const Section& section, const std::vector<std::size_t>& members) {
    std::string body;
    for (const std::size_t i : members) {
      const Parameter& parameter = table.parameters[i];
      if (!wanted.empty() && wanted != section.name && wanted != parameter.key) continue;
      const std::string allowed = domain(parameter);
      const std::string standard = is_unset(parameter, parameter.standard) ? "" : to_toml(parameter.standard);
      std::string line = fmt::format("    {}{}{}", parameter.key, standard.empty() ? "" : " = ", standard);
      if (line.size() + 2 > indent) {
        body += "    " + wrapped(std::string_view(line).substr(4), 8, columns, 4) + '\n';
        line.clear();
      }
      line.resize(indent, ' ');
      body += line;
      const std::string option = parameter.option.empty() ? "" : fmt::format("; {}", parameter.option);
      const std::string words =
          fmt::format("{}{}{}{}", parameter.meaning, allowed.empty() ? "" : "; ", allowed, option);
      body += wrapped(words, indent, columns, indent) + '\n';
    }
    if (body.empty()) return;
    const std::string heading = fmt::format("  [{}] ", section.name);
    text += '\n' + heading + wrapped(section.meaning, 4, columns, heading.size()) + '\n' + body;
  });
  return text;
}

std::string render_markdown(std::span<const TableDescription> tables) {
  std::string text =
      "# Parameters\n\n"
      "Everything that can be set, written by `tripartite info --parameters` from the tables in host/config that the "
      "program\n"
      "itself reads. A key `solver.dt` is set in TOML as `dt` in the section `[solver]`, on the command line as\n"
      "`--set solver.dt=…`, or by its own option where one is listed. Options win over the file. Symbols and "
      "equations:\n"
      "[models.md](models.md).\n";
  for (const TableDescription& table : tables) {
    text += fmt::format("\n## tripartite {}: {}\n", table.command, table.title);
    for_each_section(table, [&](const Section& section, const std::vector<std::size_t>& members) {
      text += fmt::format(
          "\n### [{}] {}\n\n| key | symbol | type | default | allowed | meaning | option "
          "|\n|---|---|---|---|---|---|---|\n",
          section.name, section.meaning);
      for (const std::size_t i : members) {
        const Parameter& parameter = table.parameters[i];
        text += fmt::format(
            "| `{}` | {} | {} | {} | {} | {} | {} |\n", parameter.key, parameter.symbol, type_name(parameter.type),
            is_unset(parameter, parameter.standard) ? "not set" : fmt::format("`{}`", to_toml(parameter.standard)),
            escaped(domain(parameter)), parameter.meaning,
            parameter.option.empty() ? "" : fmt::format("`{}`", parameter.option));
      }
    });
  }
  return text;
}

}  // namespace tripartite::config
