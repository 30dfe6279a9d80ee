#include "kernels/network/cells.hpp"
#include "kernels/network/step.cuh"
#include "kernels/reduction.cuh"

namespace tripartite::network::cuda {
namespace {

/// This lane's share of group i.
__device__ __forceinline__ double share(const GroupSums& group, std::size_t i, unsigned lane) {
  double sum = 0;
#pragma unroll 4
  for (std::uint32_t chunk = group.begin[i] + lane; chunk < group.begin[i + 1]; chunk += 32) sum += group.sum[chunk];
  return sum;
}

/// A rate neuron, whose input does not depend on its rate within a launch.
template <class Real>
struct RateModel {
  static constexpr int states = 1;
  Real gain_rate, loss_rate;
  __device__ __forceinline__ void rates(const Real (&)[states], int, Real (&gain)[states], Real (&loss)[states]) const {
    gain[0] = gain_rate;
    loss[0] = loss_rate;
  }
};

/// What a soma sees during a launch.
template <class Real>
struct SomaInput {
  Real exchanged;   // through gap junctions [uM/s]
  Real processes;   // mean IP3 of its processes [uM]
  Real coupling;    // to them [1/s]
  bool has_source;  // of IP3 from outside
  Real source;      // its concentration [uM]
};

template <class Real>
struct SomaModel {
  static constexpr int states = astrocyte::soma_states;
  const synapse::Parameters<Real>& p;
  astrocyte::Flux flux;
  __device__ __forceinline__ void rates(const Real (&y)[states], const SomaInput<Real>& in, Real (&gain)[states],
                                        Real (&loss)[states]) const {
    Real from_outside = in.exchanged;
    if (in.has_source)
      from_outside -= p.F_ex * astrocyte::ip3_flux(flux, y[astrocyte::soma_ip3] - in.source, p.I_Theta, p.omega_I);
    astrocyte::soma_rates(p, y, from_outside, in.processes, in.coupling, gain, loss);
  }
};

template <class Scheme, class Real>
__device__ __forceinline__ void advance_neuron(const Neurons<Real>& all, const Launch<Real>& launch, std::size_t i,
                                               unsigned lane) {
  double drive = warp_sum(share(all.bare, i, lane) + share(all.tripartite, i, lane));
  if (lane != 0) return;
  drive += all.input[i] + (i < launch.window->stimulated ? launch.window->added_input : 0);
  const Real tau = all.parameters.tau;
  const RateModel<Real> model{all.parameters.response(Real(drive)) / tau, Real(1) / tau};
  Real y[1];
  Scheme::load(all.states, launch, i, y);
  Scheme::advance(model, all.states, launch, i, 0, y, [&](bool is_last) {
    if (is_last && launch.ends_step) watch(launch, watched_rate, std::uint32_t(i), y, Real(1e30));
  });
  Scheme::store(all.states, launch, i, y);
  all.seen_rate[i] = y[0];
}

template <class Scheme, class Real>
__device__ __forceinline__ void advance_soma(const Somata<Real>& all, const Launch<Real>& launch, std::size_t a,
                                             unsigned lane) {
  const synapse::Parameters<Real>& p = all.parameters;
  const Real* seen = all.seen_ip3[launch.side];
  double sum = 0;
  for (std::uint32_t k = all.junction_begin[a] + lane; k < all.junction_begin[a + 1]; k += 32)
    sum -= double(all.junction_flux *
                  astrocyte::ip3_flux(all.flux, seen[a] - seen[all.neighbour[k]], p.I_Theta, p.omega_I));
  SomaInput<Real> input{Real(warp_sum(sum)), Real(0), Real(0), all.bias != nullptr, Real(0)};
  if (all.processes != nullptr) {
    const double total = warp_sum(share(all.process_ip3[launch.side], a, lane));
    if (all.processes[a] > 0) {
      input.processes = Real(total / double(all.processes[a]));
      input.coupling = p.D_p;
    }
  }
  if (lane != 0) return;
  if (input.has_source && launch.window->has_bias) input.source = all.bias[a];
  all.exchanged[a] = input.exchanged;
  Real y[astrocyte::soma_states];
  Scheme::load(all.states, launch, a, y);
  Scheme::advance(SomaModel<Real>{p, all.flux}, all.states, launch, a, input, y, [&](bool is_last) {
    if (is_last && launch.ends_step) watch(launch, watched_soma, std::uint32_t(a), y, Real(1e30));
  });
  Scheme::store(all.states, launch, a, y);
  all.seen_ip3[1 - launch.side][a] = y[astrocyte::soma_ip3];
}

/// Warp: a neuron, or the soma of an astrocyte; its lanes share the sums.
template <class Scheme, class Real>
__global__ void __launch_bounds__(threads, 1)
    cell_kernel(Neurons<Real> neurons, Somata<Real> somata, Launch<Real> launch) {
  const std::size_t cell = std::size_t(blockIdx.x) * (threads / 32) + threadIdx.x / 32;
  const unsigned lane = threadIdx.x % 32;
  if (cell >= neurons.count + somata.count || has_stopped(launch)) return;
  if (cell < neurons.count)
    advance_neuron<Scheme>(neurons, launch, cell, lane);
  else
    advance_soma<Scheme>(somata, launch, cell - neurons.count, lane);
}

}  // namespace

template <class Real>
void launch_cells(Scheme scheme, const Neurons<Real>& neurons, const Somata<Real>& somata, const Launch<Real>& launch,
                  cudaStream_t stream) {
  const std::size_t cells = neurons.count + somata.count;
  if (cells == 0) return;
  with_scheme(scheme, [&]<class Chosen>(Chosen) {
    cell_kernel<Chosen><<<blocks_for(cells, threads / 32), threads, 0, stream>>>(neurons, somata, launch);
  });
}

template void launch_cells(Scheme, const Neurons<float>&, const Somata<float>&, const Launch<float>&, cudaStream_t);
template void launch_cells(Scheme, const Neurons<double>&, const Somata<double>&, const Launch<double>&, cudaStream_t);

}  // namespace tripartite::network::cuda
