#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "host/config/parameter_table.hpp"

namespace tripartite::report {

/// What every command's page has, as HTML, from summary.json.

/// Status, command, model of the machine and precision in one line.
std::string status_line(const nlohmann::json& summary);

/// When the run began, by which version and by which command, as a paragraph.
std::string provenance(const nlohmann::json& summary);

/// What went wrong, as a note; empty if nothing did.
std::string failure_note(const nlohmann::json& summary);

/// The effective configuration by section, with symbols, units and defaults from `table`, which may be nullptr. Values
/// that differ from their default are marked and say what it is.
std::string parameter_tables(const nlohmann::json& summary, const config::TableDescription* table);

/// Seconds of each phase and their share.
std::string timing_table(const nlohmann::json& summary);

/// What ran where: version, backend, device, instruction set, precision, threads, seed.
std::string machine_table(const nlohmann::json& summary);

}  // namespace tripartite::report
