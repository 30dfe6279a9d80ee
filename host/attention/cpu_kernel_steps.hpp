#pragma once

// What the kernels of one instruction set share.

#include "host/attention/cpu_kernels.hpp"
#include "host/simd/exponential.hpp"
#include "host/simd/wide.hpp"

namespace tripartite::attention::cpu::TRIPARTITE_ISA {

namespace wide = simd::TRIPARTITE_ISA;
using integrate::LinearMethod;
using integrate::max_stages;
using wide::broadcast;
using wide::lanes;
using wide::load;
using wide::store;

template <class Real>
using V = wide::Wide<Real>;

/// Stage values of one linear state whose drives at the stages are known.
template <int stages, class Real>
TRIPARTITE_INLINE void stage_values(const Scheme<Real>& scheme, V<Real> state, const V<Real>* drive, V<Real>* value) {
  for (int s = 0; s < stages; ++s) {
    V<Real> y = state * scheme.stage_decay[s];
    // Explicit methods need earlier stages only; collocation needs them all.
    const int used = stages == max_stages ? stages : s;
    for (int r = 0; r < used; ++r) y += drive[r] * scheme.stage_weight[s][r];
    value[s] = y;
  }
}

/// The same at the end of the step.
template <int stages, class Real>
TRIPARTITE_INLINE V<Real> step(const Scheme<Real>& scheme, V<Real> state, const V<Real>* drive) {
  V<Real> change = drive[0] * scheme.weight[0];
  for (int s = 1; s < stages; ++s) change += drive[s] * scheme.weight[s];
  return state + (change - state * scheme.loss);
}

}  // namespace tripartite::attention::cpu::TRIPARTITE_ISA
