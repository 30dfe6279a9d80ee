#pragma once

// The loops of models, compiled once per instruction set: cmake/TripartiteModel.cmake writes a source file that
// includes this header, then the header of a model, whose last line says what to compile.
#include "host/population/simd_stage.hpp"
#include "host/population/simd_window.hpp"

namespace tripartite::population::TRIPARTITE_ISA {

template <class Family, class Real>
CpuLoops<Real> loops() {
  using Model = typename Family::template Of<Real>;
  CpuLoops<Real> all;
  all.fixed = fixed<Family, Real>;
  all.adaptive = adaptive<Family, Real>;
  all.stage = stage<Family, Real>;
  if constexpr (HasExchange<Model>) all.exchange = exchange<Family, Real>;
  if constexpr (HasEvent<Model>) {
    all.crossed = crossed<Family, Real>;
    all.threshold = threshold<Family, Real>;
  }
  return all;
}

}  // namespace tripartite::population::TRIPARTITE_ISA

#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

#define TRIPARTITE_LOOPS(...)                                                       \
  template CpuLoops<float> population::TRIPARTITE_ISA::loops<__VA_ARGS__, float>(); \
  template CpuLoops<double> population::TRIPARTITE_ISA::loops<__VA_ARGS__, double>();

#undef TRIPARTITE_MODEL
#define TRIPARTITE_MODEL(M) TRIPARTITE_LOOPS(Plain<M>)
#undef TRIPARTITE_CALCIUM_MODEL
#define TRIPARTITE_CALCIUM_MODEL(C)          \
  TRIPARTITE_LOOPS(On<TripartiteSynapse, C>) \
  TRIPARTITE_LOOPS(On<Astrocyte, C>)
