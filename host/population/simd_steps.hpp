#pragma once

// Compiled once per instruction set: steps of explicit methods for the loops over many steps.
#include "host/population/simd_elements.hpp"
#include "tripartite/integrate/fixed_steps.hpp"

namespace tripartite::population::TRIPARTITE_ISA {
namespace {

/// A step of an ExplicitMethod, to the same bits as `Method::step`, for speed:
/// - Registers that go side by side take each stage one after the other. If they took each operation in turn, what is
///   between operations would fill several times as many registers; a processor finds what it can do at once by itself.
/// - Stages are written out, so that the first sets its sum, products by 1 vanish, and the last looks no further.
template <class Method, class Model, class P, class Real, class StepInputs>
TRIPARTITE_INLINE void explicit_step(const Model& model, P (&y)[Model::states], Real dt, const StepInputs& inputs) {
  constexpr int n = Model::states, parts = wide::parts_of<P>, ports = input_count_of<Model>;
  Pack<Real> at[parts][n], sum[parts][n];
  for (int k = 0; k < parts; ++k)
    for (int i = 0; i < n; ++i) at[k][i] = wide::part_of(y[i], k);
#pragma GCC unroll 8
  for (int stage = 0; stage < Method::stages; ++stage) {
    const bool is_last = stage + 1 == Method::stages;
    const Real weight = Real(Method::weight(stage));
    const Real factor = is_last ? dt / Real(Method::divisor) : Real(Method::ahead(stage)) * dt;
    const auto in = inputs(Method::half(stage));
#pragma GCC unroll 8
    for (int k = 0; k < parts; ++k) {
      Inputs<Pack<Real>, ports> own;
      for (int p = 0; p < ports; ++p) own.value[p] = wide::part_of(in.value[p], k);
      Pack<Real> slope[n];
      slopes_of(model, at[k], own.value, slope);
      for (int i = 0; i < n; ++i) {
        Pack<Real>& total = sum[k][i];
        total = stage == 0 ? weight * slope[i] : total + weight * slope[i];
        Pack<Real>& state = wide::part_of(y[i], k);
        if (is_last)
          state = state + factor * total;
        else
          at[k][i] = state + factor * slope[i];
      }
    }
  }
}

}  // namespace
}  // namespace tripartite::population::TRIPARTITE_ISA
