#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "host/config/parameter_table.hpp"

namespace tripartite::config {

/// The complete configuration as TOML with comments; reading it gives the same configuration. `values` as of the table.
std::string render_toml(const TableDescription& table, std::span<const Value> values);

/// The same as an object of sections, for summary.json.
nlohmann::ordered_json render_json(const TableDescription& table, std::span<const Value> values);

/// Keys with default, range and meaning, for --help, in lines of at most `columns`: of one section, of one parameter,
/// or
/// (`wanted` empty) all. Empty if there is none of that name.
std::string render_help(const TableDescription& table, std::size_t columns, std::string_view wanted = {});

/// Words in lines of at most `columns`, the first of which begins at `column`, the others at `indent`.
std::string wrapped(std::string_view words, std::size_t indent, std::size_t columns, std::size_t column);

/// docs/parameters.md.
std::string render_markdown(std::span<const TableDescription> tables);

}  // namespace tripartite::config
