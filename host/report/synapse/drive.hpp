#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/report/activity.hpp"

namespace tripartite::report::synapse {

/// What drives the synapses: rows with the presynaptic rate or spikes, and with the exogenous source of IP3 if there is
/// one. `ids`: the synapses that are drawn.
std::vector<TraceRow> drive_rows(const Run& run, std::span<const double> time, std::span<const std::uint64_t> ids);

}  // namespace tripartite::report::synapse
