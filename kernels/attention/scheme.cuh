#pragma once

#include "kernels/attention/scheme.hpp"

namespace tripartite::attention::cuda {

/// Values of y at the stages of a step whose drive is known at the stages.
template <class Real, int Stages>
__device__ __forceinline__ void at_stages(const Scheme<Real, Stages>& scheme, const Real (&drive)[Stages], Real y,
                                          Real (&value)[Stages]) {
#pragma unroll
  for (int s = 0; s < Stages; ++s) {
    value[s] = scheme.stage_decay[s] * y;
#pragma unroll
    for (int r = 0; r < Stages; ++r) value[s] += scheme.stage_weight[s][r] * drive[r];
  }
}

/// y at the end of the step. Its change is summed first: in float32 a decay close to 1 would lose the loss.
template <class Real, int Stages>
__device__ __forceinline__ Real after(const Scheme<Real, Stages>& scheme, const Real (&drive)[Stages], Real y) {
  Real change = -scheme.loss * y;
#pragma unroll
  for (int s = 0; s < Stages; ++s) change += scheme.weight[s] * drive[s];
  return y + change;
}

}  // namespace tripartite::attention::cuda
