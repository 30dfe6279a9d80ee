#include "kernels/network/step.cuh"
#include "kernels/network/synapses.hpp"
#include "kernels/synapse/advance.cuh"
#include "tripartite/synapse/two_clocks.hpp"

namespace tripartite::network::cuda {
namespace {

using namespace synapse;

template <class Real, bool any_varied>
__device__ __forceinline__ TripartiteSynapse<Real> model_of(const Synapses<Real>& all, std::size_t i) {
  return any_varied ? synapse::cuda::own_model<Real>(all, i) : TripartiteSynapse<Real>{all.shared, all.options};
}

/// The states of one clock among all: state s is the one of place(s).
template <int count, class Real, class Place>
__device__ __forceinline__ States<Real, count> picked(const States<Real, state_count>& all, const Place& place) {
  States<Real, count> some;
#pragma unroll
  for (int s = 0; s < count; ++s) {
    some.y[s] = all.y[place(s)];
    some.at[s] = all.at[place(s)];
    some.sum[s] = all.sum[place(s)];
  }
  return some;
}

template <class Real>
__device__ __forceinline__ void watch_synapse(const Synapses<Real>& all, const Launch<Real>& launch, std::size_t i,
                                              int state, Real value) {
  if (!(value >= Real(-0.01) && value <= all.highest[state]))
    tell_fault(launch, watched_synapse + state, all.original[i]);
}

/// Thread: what release moves in one synapse.
template <class Scheme, bool any_varied, class Real>
__global__ void __launch_bounds__(threads, 1) fast_kernel(Synapses<Real> all, Launch<Real> launch) {
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= all.count || has_stopped(launch)) return;
  const auto model = model_of<Real, any_varied>(all, i);
  const auto states = picked<fast_count>(all.states, [](int s) { return fast_state(s); });
  Real fast[fast_count], y[state_count];
  Scheme::load(states, launch, i, fast);
#pragma unroll
  for (int s = 0; s < fast_count; ++s) y[fast_state(s)] = fast[s];
  const Input<Real> input{all.seen_rate[all.pre[i]], Real(0), Real(0)};
  all.current[i] = all.efficacy[i] * (model.release_probability(y) * input.rate);

  Real before = launch.stage.is_first ? fast[astrocytic] : states.y[astrocytic][i], passed = 0;
  const FastPart<Real, Real> part{model, all.states.y[synapse::calcium][i]};
  Scheme::advance(part, states, launch, i, input, fast, [&](bool is_last) {
    passed += Real(0.5) * (before + fast[astrocytic]);
    before = fast[astrocytic];
    if (!is_last || !launch.ends_step) return;
#pragma unroll
    for (int s = 0; s < fast_count; ++s) watch_synapse(all, launch, i, fast_state(s), fast[s]);
  });
  Scheme::store(states, launch, i, fast);
  if (launch.stage.is_last) all.receptor_sum[i] += passed;
}

/// Thread: the astrocyte's own states in one process, under the mean of what the receptors were.
template <class Scheme, bool any_varied, class Real>
__global__ void __launch_bounds__(threads, 1) slow_kernel(Synapses<Real> all, Launch<Real> launch) {
  constexpr int calcium_place = synapse::calcium - slow_state(0),
                gliotransmitter_place = gliotransmitter - slow_state(0);
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= all.count || has_stopped(launch)) return;
  const auto model = model_of<Real, any_varied>(all, i);
  const auto states = picked<slow_count>(all.states, [](int s) { return slow_state(s); });
  Real slow[slow_count];
  Scheme::load(states, launch, i, slow);
  const Input<Real> input{Real(0), Real(0),
                          all.astrocyte != nullptr ? all.seen_ip3[launch.side][all.astrocyte[i]] : Real(0)};
  const Real before = launch.stage.is_first ? slow[calcium_place] : states.y[calcium_place][i];
  const SlowPart<Real, Real> part{model, all.receptor_sum[i] * all.receptor_weight};
  Scheme::advance(part, states, launch, i, input, slow, [&](bool) {
    all.receptor_sum[i] = Real(0);
    if (before <= model.p.C_Theta && slow[calcium_place] > model.p.C_Theta) {
      Real y[state_count];
      y[gliotransmitter] = slow[gliotransmitter_place];
      y[synapse::released] = all.states.y[synapse::released][i];
      model.crossed(y, true);
      slow[gliotransmitter_place] = y[gliotransmitter];
      all.states.y[synapse::released][i] = y[synapse::released];
      watch_synapse(all, launch, i, synapse::released, y[synapse::released]);
      all.released[i] |= 1U << step_of(launch);
    }
#pragma unroll
    for (int s = 0; s < slow_count; ++s) watch_synapse(all, launch, i, slow_state(s), slow[s]);
  });
  Scheme::store(states, launch, i, slow);
}

}  // namespace

template <class Real>
void launch_fast(Scheme scheme, const Synapses<Real>& synapses, const Launch<Real>& launch, cudaStream_t stream) {
  if (synapses.count == 0) return;
  const unsigned blocks = blocks_for(synapses.count, threads);
  with_scheme(scheme, [&]<class Chosen>(Chosen) {
    if (synapses.any_varied)
      fast_kernel<Chosen, true><<<blocks, threads, 0, stream>>>(synapses, launch);
    else
      fast_kernel<Chosen, false><<<blocks, threads, 0, stream>>>(synapses, launch);
  });
}

template <class Real>
void launch_slow(Scheme scheme, const Synapses<Real>& synapses, const Launch<Real>& launch, cudaStream_t stream) {
  if (synapses.count == 0) return;
  const unsigned blocks = blocks_for(synapses.count, threads);
  const auto call = [&]<class Chosen>(Chosen) {
    if (synapses.any_varied)
      slow_kernel<Chosen, true><<<blocks, threads, 0, stream>>>(synapses, launch);
    else
      slow_kernel<Chosen, false><<<blocks, threads, 0, stream>>>(synapses, launch);
  };
  if (scheme == Scheme::rk4_stage)
    call(OneStage());
  else
    call(WholeStep<integrate::RungeKutta4>());
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_fast(Scheme, const Synapses<float>&, const Launch<float>&, cudaStream_t);
template void launch_fast(Scheme, const Synapses<double>&, const Launch<double>&, cudaStream_t);
template void launch_slow(Scheme, const Synapses<float>&, const Launch<float>&, cudaStream_t);
template void launch_slow(Scheme, const Synapses<double>&, const Launch<double>&, cudaStream_t);

}  // namespace tripartite::network::cuda
