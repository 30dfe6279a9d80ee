#pragma once

#include <vector>

#include "tripartite/model/loops.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::network::cuda {

/// A launch of every population that takes part: a whole step or substep with the state in registers, or one stage of
/// it, between which the parts of a network see each other.
template <class Real>
struct Pass {
  StageClock clock{};
  integrate::Stage<Real> stage;  // of a whole step the first and the last
  bool is_whole = false;
  int substeps = 1;     // of a whole step
  Real dt = 0;          // of a substep
  bool couples = true;  // with a new look at projections
  bool begins_step = true, ends_step = true;
  int common_at = 0;  // its time, in half substeps since the step began
};

/// The passes of one step; those of the slow clock belong to the steps in which slow states advance.
template <class Real>
std::vector<Pass<Real>> passes_of(const NetworkSetup& setup);

}  // namespace tripartite::network::cuda
