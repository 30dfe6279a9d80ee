#pragma once

#include <span>

#include "host/io/sonata_spikes.hpp"
#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::simulation {

/// Appends events to a SONATA file as spikes of their synapses (or astrocytes). Throws FileError.
void append_releases(std::span<const synapse::Release> releases, io::SonataSpikes& file);

}  // namespace tripartite::simulation
