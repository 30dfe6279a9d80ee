#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "tripartite/network/spikes.hpp"

namespace tripartite::simulation {

/// Writes the spikes that arrive at `elements` in the first `steps` steps as a SONATA file; node ids are those of the
/// elements. Throws FileError.
void write_drive_spikes(const std::filesystem::path& path, const SpikeSource& source,
                        std::span<const std::uint64_t> elements, std::int64_t steps);

}  // namespace tripartite::simulation
