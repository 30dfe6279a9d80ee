#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "host/io/sonata_spikes.hpp"
#include "tripartite/simulation.hpp"

namespace tripartite::run {

/// Appends the events of one population to a SONATA spikes file; returns how many there were. Throws FileError.
std::size_t append_events(std::span<const Event> events, std::uint32_t population, io::SonataSpikes& file);

}  // namespace tripartite::run
