#include "kernels/network/step.cuh"
#include "kernels/network/synapses.hpp"
#include "kernels/synapse/advance.cuh"

namespace tripartite::network::cuda {
namespace {

using synapse::state_count;

/// Thread: one tripartite synapse.
template <class Scheme, bool any_varied, class Real>
__global__ void __launch_bounds__(threads, 1) synapse_kernel(Synapses<Real> all, Launch<Real> launch) {
  using Model = synapse::TripartiteSynapse<Real>;
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= all.count || has_stopped(launch)) return;
  const Model model = any_varied ? synapse::cuda::own_model<Real>(all, i) : Model{all.shared, all.options};
  Real y[state_count];
  Scheme::load(all.states, launch, i, y);
  const synapse::Input<Real> input{all.seen_rate[all.pre[i]], Real(0),
                                   all.astrocyte != nullptr ? all.seen_ip3[launch.side][all.astrocyte[i]] : Real(0)};
  all.current[i] = all.efficacy[i] * (model.release_probability(y) * input.rate);

  // A step that is one launch begins with y; one of single stages has kept y in the states until the last of them.
  Real before = y[Model::watched];
  if (all.calcium_before != nullptr) {
    if (launch.begins_step)
      all.calcium_before[i] = before;
    else if (launch.ends_step)
      before = all.calcium_before[i];
  } else if (!launch.begins_step) {
    before = all.states.y[Model::watched][i];
  }

  Scheme::advance(model, all.states, launch, i, input, y, [&](bool is_last) {
    if (!is_last || !launch.ends_step) return;
    if (before <= model.p.C_Theta && y[Model::watched] > model.p.C_Theta) {
      model.crossed(y, true);
      all.released[i] |= 1U << step_of(launch);
    }
    const int fault = synapse::cuda::outside_domain(y, all.highest);
    if (fault >= 0) tell_fault(launch, watched_synapse + fault, all.original[i]);
  });
  Scheme::store(all.states, launch, i, y);
}

template <class Real>
struct BareSynapse {
  static constexpr int states = 2;
  const synapse::Parameters<Real>& p;
  __device__ __forceinline__ void rates(const Real (&y)[states], Real rate, Real (&gain)[states],
                                        Real (&loss)[states]) const {
    const auto release = synapse::release_rates(p, p.U_0_star, y[0], rate);
    gain[0] = release.utilisation_gain;
    loss[0] = release.utilisation_loss;
    gain[1] = release.resources_gain;
    loss[1] = release.resources_loss;
  }
};

/// Thread: one bare synapse.
template <class Scheme, class Real>
__global__ void __launch_bounds__(threads, 1) bare_kernel(BareSynapses<Real> all, Launch<Real> launch) {
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= all.count || has_stopped(launch)) return;
  Real y[2];
  Scheme::load(all.states, launch, i, y);
  const Real rate = all.seen_rate[all.pre[i]];
  const auto release = synapse::release_rates(all.parameters, all.parameters.U_0_star, y[0], rate);
  all.current[i] = all.efficacy[i] * (release.used * y[1] * rate);
  Scheme::advance(BareSynapse<Real>{all.parameters}, all.states, launch, i, rate, y, [&](bool is_last) {
    if (is_last && launch.ends_step) watch(launch, watched_bare, all.original[i], y, Real(1.01));
  });
  Scheme::store(all.states, launch, i, y);
}

}  // namespace

template <class Real>
void launch_synapses(Scheme scheme, const Synapses<Real>& synapses, const Launch<Real>& launch, cudaStream_t stream) {
  if (synapses.count == 0) return;
  const unsigned blocks = blocks_for(synapses.count, threads);
  with_scheme(scheme, [&]<class Chosen>(Chosen) {
    if (synapses.any_varied)
      synapse_kernel<Chosen, true><<<blocks, threads, 0, stream>>>(synapses, launch);
    else
      synapse_kernel<Chosen, false><<<blocks, threads, 0, stream>>>(synapses, launch);
  });
}

template <class Real>
void launch_bare(Scheme scheme, const BareSynapses<Real>& synapses, const Launch<Real>& launch, cudaStream_t stream) {
  if (synapses.count == 0) return;
  with_scheme(scheme, [&]<class Chosen>(Chosen) {
    bare_kernel<Chosen><<<blocks_for(synapses.count, threads), threads, 0, stream>>>(synapses, launch);
  });
}

template void launch_synapses(Scheme, const Synapses<float>&, const Launch<float>&, cudaStream_t);
template void launch_synapses(Scheme, const Synapses<double>&, const Launch<double>&, cudaStream_t);
template void launch_bare(Scheme, const BareSynapses<float>&, const Launch<float>&, cudaStream_t);
template void launch_bare(Scheme, const BareSynapses<double>&, const Launch<double>&, cudaStream_t);

}  // namespace tripartite::network::cuda
