// Compiled once per instruction set (cmake/TripartiteSimd.cmake). One stage of a step of a network's synapses.
#include "host/network/cpu_kernels.hpp"
#include "host/synapse/cpu_pack.hpp"
#include "tripartite/integrate/fixed_steps.hpp"

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

template <class Real, class Model>
TRIPARTITE_INLINE void advance_pack(StageRun<Real>& run, const Model& model, std::int64_t at) {
  Pack<Real> now[state_count], gain[state_count], loss[state_count], next[state_count];
  for (int i = 0; i < state_count; ++i) now[i] = Pack<Real>(wide::load(run.at[i] + at));
  Input<Pack<Real>> in{gathered(run.rate, run.pre + at), Pack<Real>(Real(0)), Pack<Real>(Real(0))};
  if (run.astrocyte != nullptr) in.soma_ip3 = gathered(run.soma_ip3, run.astrocyte + at);
  wide::store(run.flow + at, (model.release_probability(now) * in.rate).value);
  model.rates(now, in, gain, loss);
  const auto& stage = run.stage;
  for (int i = 0; i < state_count; ++i) {
    if (stage.is_exponential) {
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
    if (run.is_step_end) {
      const Pack<Real> threshold = model.template threshold<Pack<Real>>();
      const auto crossed =
          both(Pack<Real>(wide::load(run.calcium_before + at)) <= threshold, next[Model::watched] > threshold);
      if (any(crossed)) {
        model.crossed(next, crossed);
        packs::note_crossings(run.tile, at, crossed, 0);
      }
    }
    packs::watch(run.tile, at, next);
    packs::store_states(run.tile, at, next);
  }
  for (int i = 0; i < state_count; ++i) wide::store(run.at[i] + at, next[i].value);
}

template <class Real>
void advance(StageRun<Real>& run) {
  if (run.tile.any_varied) {
    for (std::int64_t at = run.tile.first; at < run.tile.last; at += wide::lanes<Real>)
      advance_pack(run, packs::own_model(run.tile, at), at);
  } else {
    const TripartiteSynapse<Real> model{run.tile.shared, run.tile.options};
    for (std::int64_t at = run.tile.first; at < run.tile.last; at += wide::lanes<Real>) advance_pack(run, model, at);
  }
}

}  // namespace

StageKernel<float> stage_kernel(float) { return advance<float>; }
StageKernel<double> stage_kernel(double) { return advance<double>; }

}  // namespace tripartite::network::cpu::TRIPARTITE_ISA
