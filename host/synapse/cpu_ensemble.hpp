#pragma once

#include <memory>

#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::synapse {

/// Synapses are stored in groups of so many, the last one filled up with copies that count for nothing.
inline constexpr std::size_t padding = 16;

template <class Real>
std::unique_ptr<Ensemble<Real>> make_cpu_ensemble(EnsembleSetup setup);

}  // namespace tripartite::synapse
