#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "host/simulation/recall.hpp"

namespace tripartite::simulation {

/// The `results` object of summary.json.
nlohmann::ordered_json results_of(const RecallResult& result);

/// recall.h5: patterns, cues and where they came to, and the traces, as docs/formats.md describes.
void write_recall_file(const std::filesystem::path& path, const RecallResult& result);

}  // namespace tripartite::simulation
