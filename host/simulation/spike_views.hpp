#pragma once

#include <cstdint>
#include <memory>

#include "tripartite/network/spikes.hpp"

namespace tripartite::simulation {

/// The same spikes for steps that are `parts` times shorter: each acts when it did. `parts` = 1: the source itself.
std::shared_ptr<const SpikeSource> at_finer_steps(std::shared_ptr<const SpikeSource> spikes, int parts);

/// The spikes of elements from `first` on, for a population that is a part of that of the source.
std::shared_ptr<const SpikeSource> from_element(std::shared_ptr<const SpikeSource> spikes, std::uint64_t first);

}  // namespace tripartite::simulation
