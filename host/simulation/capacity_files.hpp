#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "tripartite/memory/capacity.hpp"

namespace tripartite::simulation {

/// The `results` object of summary.json: cells, critical loads and fitted laws.
nlohmann::ordered_json results_of(const std::vector<memory::CapacityCell>& cells);

/// capacity.csv, as docs/formats.md describes: one line per network that was asked.
void write_cells(const std::filesystem::path& path, const std::vector<memory::CapacityCell>& cells);

/// Throws FileError with path, line and what was expected. A file that does not exist holds no cells.
std::vector<memory::CapacityCell> read_cells(const std::filesystem::path& path);

}  // namespace tripartite::simulation
