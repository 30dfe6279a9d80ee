#pragma once

// Compiled once per instruction set: what the loops over packs of synapses share.
#include "host/simd/pack.hpp"
#include "host/synapse/cpu_kernels.hpp"

namespace tripartite::synapse::cpu::TRIPARTITE_ISA {
namespace {

namespace wide = tripartite::simd::TRIPARTITE_ISA;
template <class Real>
using Pack = wide::Pack<Real>;
template <class Real>
inline constexpr int lanes = wide::lanes<Real>;

/// The pack's values of parameters that vary, the common value of the others.
template <class Real>
TRIPARTITE_INLINE TripartiteSynapse<Pack<Real>> own_model(const TileRun<Real>& run, std::int64_t at) {
  TripartiteSynapse<Pack<Real>> model;
  for (int i = 0; i < parameter_count; ++i)
    model.p.*parameter_members<Pack<Real>>[i] = run.varied[i] != nullptr
                                                    ? Pack<Real>(wide::load(run.varied[i] + at))
                                                    : Pack<Real>(run.shared.*parameter_members<Real>[i]);
  model.options = run.options;
  return model;
}

template <class Real>
TRIPARTITE_INLINE void load_states(const TileRun<Real>& run, std::int64_t at, Pack<Real> (&y)[state_count]) {
  for (int i = 0; i < state_count; ++i) y[i] = Pack<Real>(wide::load(run.state[i] + at));
}

template <class Real>
TRIPARTITE_INLINE void store_states(const TileRun<Real>& run, std::int64_t at, const Pack<Real> (&y)[state_count]) {
  for (int i = 0; i < state_count; ++i) wide::store(run.state[i] + at, y[i].value);
}

template <class Real>
TRIPARTITE_INLINE void note_crossings(TileRun<Real>& run, std::int64_t at, wide::PackMask<Real> here, double time) {
  for (int lane = 0; lane < lanes<Real>; ++lane)
    if (here.bits[lane] != 0 && run.crossings < run.capacity) run.crossing[run.crossings++] = {time, at + lane};
}

constexpr bool always(int) { return true; }

/// Domains of the states that are there, with room for the overshoot of a method of fixed order; NaN is outside of any.
template <class Real, class IsThere = bool (*)(int)>
TRIPARTITE_INLINE void watch(TileRun<Real>& run, std::int64_t at, const Pack<Real> (&y)[state_count],
                             const IsThere& is_there = always) {
  const auto is_inside = [](int i, Pack<Real> value) {
    const Real highest = Real(state_infos[i].highest) > 0 ? Real(state_infos[i].highest) + Real(0.01) : Real(1e30);
    return both(value <= Pack<Real>(highest), Pack<Real>(Real(-0.01)) <= value);
  };
  auto inside = Pack<Real>(Real(0)) <= Pack<Real>(Real(0));
#pragma GCC unroll 16
  for (int i = 0; i < state_count; ++i)
    if (is_there(i)) inside = both(inside, is_inside(i, y[i]));
  if (!any(opposite(inside))) return;
  for (int i = 0; i < state_count; ++i) {
    if (!is_there(i)) continue;
    const auto each = is_inside(i, y[i]);
    for (int lane = 0; lane < lanes<Real>; ++lane)
      if (each.bits[lane] == 0 && run.fault.synapse < 0) run.fault = {at + lane, i};
  }
}

}  // namespace
}  // namespace tripartite::synapse::cpu::TRIPARTITE_ISA
