#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "host/simulation/attend.hpp"

namespace tripartite::simulation {

/// The `results` object of summary.json.
nlohmann::ordered_json results_of(const AttendResult& result);

/// attention.h5: tensors, attention map, studies and phases, as docs/formats.md describes. What a run that was stopped
/// does not have is left out.
void write_attention_file(const std::filesystem::path& path, const AttendResult& result,
                          const attention::Parameters& parameters);

/// recordings.h5: one SONATA report population per recorded field. Writes nothing if nothing was recorded.
void write_recordings_file(const std::filesystem::path& path, const AttendResult& result);

}  // namespace tripartite::simulation
