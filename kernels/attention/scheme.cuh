#pragma once

#include <type_traits>

#include "kernels/attention/scheme.hpp"

namespace tripartite::attention::cuda {

/// Numbers of a scheme, 16 bytes at a time where they fill them: the compiler does not join the loads of its own
/// accord.
template <class Real, int Count>
__device__ __forceinline__ void load_numbers(const Real* from, Real (&to)[Count]) {
  if constexpr (Count * sizeof(Real) % 16 == 0) {
    using Quad = std::conditional_t<sizeof(Real) == 4, float4, double2>;
    constexpr int each = 16 / sizeof(Real);
#pragma unroll
    for (int i = 0; i < Count; i += each) {
      const Quad quad = *reinterpret_cast<const Quad*>(from + i);
      to[i] = quad.x;
      to[i + 1] = quad.y;
      if constexpr (each == 4) {
        to[i + 2] = quad.z;
        to[i + 3] = quad.w;
      }
    }
  } else {
#pragma unroll
    for (int i = 0; i < Count; ++i) to[i] = from[i];
  }
}

/// Values of y at the stages of a step whose drive is known at the stages.
template <class Real, int Stages>
__device__ __forceinline__ void at_stages(const Scheme<Real, Stages>& scheme, const Real (&drive)[Stages], Real y,
                                          Real (&value)[Stages]) {
  Real decay[Stages];
  load_numbers(scheme.stage_decay, decay);
#pragma unroll
  for (int s = 0; s < Stages; ++s) {
    Real weight[Stages];
    load_numbers(scheme.stage_weight[s], weight);
    value[s] = decay[s] * y;
#pragma unroll
    for (int r = 0; r < Stages; ++r) value[s] += weight[r] * drive[r];
  }
}

/// y at the end of the step. Its change is summed first: in float32 a decay close to 1 would lose the loss.
template <class Real, int Stages>
__device__ __forceinline__ Real after(const Scheme<Real, Stages>& scheme, const Real (&drive)[Stages], Real y) {
  Real weight[Stages];
  load_numbers(scheme.weight, weight);
  Real change = -scheme.loss * y;
#pragma unroll
  for (int s = 0; s < Stages; ++s) change += weight[s] * drive[s];
  return y + change;
}

}  // namespace tripartite::attention::cuda
