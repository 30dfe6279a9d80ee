// Compiled once per instruction set (cmake/TripartiteSimd.cmake). One stage of a step of a network's synapses.
#include "host/network/cpu_kernels.hpp"
#include "host/synapse/cpu_pack.hpp"
#include "tripartite/synapse/two_clocks.hpp"

namespace tripartite::network::cpu::TRIPARTITE_ISA {
namespace {

using namespace synapse;
namespace packs = synapse::cpu::TRIPARTITE_ISA;
namespace wide = simd::TRIPARTITE_ISA;
template <class Real>
using Pack = wide::Pack<Real>;

template <class Real>
TRIPARTITE_INLINE Pack<Real> gathered(const Real* values, const std::uint32_t* index) {
  Pack<Real> result;
  for (int lane = 0; lane < wide::lanes<Real>; ++lane) result.value[lane] = values[index[lane]];
  return result;
}

/// Where calcium crossed its threshold at the end of a step. `has_released`: `next` has that state; else it is in
/// memory.
template <class Real, class Model>
TRIPARTITE_INLINE void release(StageRun<Real>& run, const Model& model, std::int64_t at, const Pack<Real>& before,
                               Pack<Real> (&next)[state_count], bool has_released) {
  const Pack<Real> threshold = model.template threshold<Pack<Real>>();
  const auto crossed = both(before <= threshold, next[Model::watched] > threshold);
  if (!any(crossed)) return;
  if (!has_released) next[released] = Pack<Real>(wide::load(run.tile.state[released] + at));
  model.crossed(next, crossed);
  packs::note_crossings(run.tile, at, crossed, 0);
  if (has_released) return;
  wide::store(run.tile.state[released] + at, next[released].value);
  wide::store(run.at[released] + at, next[released].value);
}

constexpr bool is_slow(int state) { return state >= slow_state(0) && state <= slow_state(slow_count - 1); }

/// Whether a state takes part in a stage of this clock.
template <Clock clock>
struct TakesPart {
  constexpr bool operator()(int state) const { return clock == Clock::one || is_slow(state) == (clock == Clock::slow); }
};

template <Clock clock, bool is_exponential, class Real, class Model>
TRIPARTITE_INLINE void advance_pack(StageRun<Real>& run, const Model& model, std::int64_t at) {
  constexpr TakesPart<clock> takes_part;
  const auto& stage = run.stage;
  Pack<Real> now[state_count], gain[state_count], loss[state_count], next[state_count];
  for (int i = 0; i < state_count; ++i)
    if (takes_part(i) || i == synapse::calcium) now[i] = Pack<Real>(wide::load(run.at[i] + at));
  Input<Pack<Real>> in{Pack<Real>(Real(0)), Pack<Real>(Real(0)), Pack<Real>(Real(0))};
  if constexpr (clock != Clock::slow) {
    in.rate = gathered(run.rate, run.pre + at);
    wide::store(run.flow + at, (model.release_probability(now) * in.rate).value);
  }
  if constexpr (clock != Clock::fast)
    if (run.astrocyte != nullptr) in.soma_ip3 = gathered(run.soma_ip3, run.astrocyte + at);
  if constexpr (clock == Clock::one) model.rates(now, in, gain, loss);
  if constexpr (clock == Clock::fast) model.fast_rates(now, in, gain, loss);
  if constexpr (clock == Clock::slow) {
    now[astrocytic] = Pack<Real>(wide::load(run.receptor_sum + at)) * run.receptor_weight;
    model.slow_rates(now, in, gain, loss);
  }
#pragma GCC unroll 16
  for (int i = 0; i < state_count; ++i) {
    if (!takes_part(i)) continue;
    if constexpr (is_exponential) {
      const Pack<Real> z = loss[i] * run.dt;
      const Pack<Real> share = relaxation(z);
      next[i] = now[i] * (Pack<Real>(Real(1)) - z * share) + gain[i] * run.dt * share;
      continue;
    }
    const Pack<Real> slope = gain[i] - loss[i] * now[i];
    const Pack<Real> y(wide::load(run.tile.state[i] + at));
    const Pack<Real> sum =
        stage.is_first ? stage.weight * slope : Pack<Real>(wide::load(run.sum[i] + at)) + stage.weight * slope;
    if (stage.is_last) {
      next[i] = y + stage.final * sum;
    } else {
      wide::store(run.sum[i] + at, sum.value);
      next[i] = y + stage.ahead * slope;
    }
  }
  if (stage.is_last) {
    if constexpr (clock == Clock::fast) {
      const Pack<Real> passed =
          Real(0.5) * (Pack<Real>(wide::load(run.tile.state[astrocytic] + at)) + next[astrocytic]);
      wide::store(run.receptor_sum + at, (Pack<Real>(wide::load(run.receptor_sum + at)) + passed).value);
    } else {
      if constexpr (clock == Clock::slow) wide::store(run.receptor_sum + at, Pack<Real>(Real(0)).value);
      if (run.is_step_end) {
        const Pack<Real> before =
            run.calcium_before == nullptr ? now[Model::watched] : Pack<Real>(wide::load(run.calcium_before + at));
        release(run, model, at, before, next, clock == Clock::one);
      }
    }
    packs::watch(run.tile, at, next, takes_part);
    for (int i = 0; i < state_count; ++i)
      if (takes_part(i)) wide::store(run.tile.state[i] + at, next[i].value);
    if (run.at[0] == run.tile.state[0]) return;
  }
  for (int i = 0; i < state_count; ++i)
    if (takes_part(i)) wide::store(run.at[i] + at, next[i].value);
}

template <Clock clock, bool is_exponential, class Real>
TRIPARTITE_INLINE void advance_tile(StageRun<Real>& run) {
  if (run.tile.any_varied) {
    for (std::int64_t at = run.tile.first; at < run.tile.last; at += wide::lanes<Real>)
      advance_pack<clock, is_exponential>(run, packs::own_model(run.tile, at), at);
  } else {
    const TripartiteSynapse<Real> model{run.tile.shared, run.tile.options};
    for (std::int64_t at = run.tile.first; at < run.tile.last; at += wide::lanes<Real>)
      advance_pack<clock, is_exponential>(run, model, at);
  }
}

template <Clock clock, class Real>
TRIPARTITE_INLINE void advance_clock(StageRun<Real>& run) {
  if (run.stage.is_exponential)
    advance_tile<clock, true>(run);
  else
    advance_tile<clock, false>(run);
}

template <class Real>
void advance(StageRun<Real>& run) {
  switch (run.stage.clock) {
    case Clock::one: return advance_clock<Clock::one>(run);
    case Clock::fast: return advance_clock<Clock::fast>(run);
    case Clock::slow: return advance_tile<Clock::slow, false>(run);  // RK4
  }
}

}  // namespace

StageKernel<float> stage_kernel(float) { return advance<float>; }
StageKernel<double> stage_kernel(double) { return advance<double>; }

}  // namespace tripartite::network::cpu::TRIPARTITE_ISA
