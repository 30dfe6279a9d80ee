#pragma once

#include <memory>

#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::synapse::cuda {

/// Throws MemoryError before allocating what does not fit.
template <class Real>
std::unique_ptr<Ensemble<Real>> make_ensemble(EnsembleSetup setup);

}  // namespace tripartite::synapse::cuda
