#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "kernels/network/step.hpp"

namespace tripartite::network::cuda {

/// Tripartite synapses, in the order of the device: by postsynaptic neuron, then astrocyte.
template <class Real>
struct Synapses {
  std::size_t count;
  States<Real, synapse::state_count> states;
  synapse::Options options;
  synapse::Parameters<Real> shared;
  synapse::Parameters<const Real*> varied;  // null where a parameter does not vary
  bool any_varied;
  Real highest[synapse::state_count];  // of the domains

  const std::uint32_t *pre, *astrocyte;  // astrocyte: or null
  const std::uint32_t* original;         // the user's index
  const Real* efficacy;
  const Real* seen_rate;    // of neurons
  const Real* seen_ip3[2];  // of somata
  Real* current;            // out: J r ν
  Real* calcium_before;     // at the beginning of a step; null where nothing but a launch's own knowledge is needed
  Real* receptor_sum;       // with two clocks: over the substeps since the last slow step
  Real receptor_weight;     // what makes it a mean
  std::uint32_t* released;  // bit k: gliotransmitter was released at the end of step k since the host looked
};

/// Bare synapses, by postsynaptic neuron.
template <class Real>
struct BareSynapses {
  std::size_t count;
  States<Real, 2> states;
  synapse::Parameters<Real> parameters;
  const std::uint32_t *pre, *original;
  const Real *efficacy, *seen_rate;
  Real* current;
};

template <class Real>
void launch_synapses(Scheme scheme, const Synapses<Real>& synapses, const Launch<Real>& launch, cudaStream_t stream);
template <class Real>
void launch_bare(Scheme scheme, const BareSynapses<Real>& synapses, const Launch<Real>& launch, cudaStream_t stream);

/// With two clocks (tripartite/synapse/two_clocks.hpp): the states of one of them. The slow ones take whole or single
/// stages of RK4.
template <class Real>
void launch_fast(Scheme scheme, const Synapses<Real>& synapses, const Launch<Real>& launch, cudaStream_t stream);
template <class Real>
void launch_slow(Scheme scheme, const Synapses<Real>& synapses, const Launch<Real>& launch, cudaStream_t stream);

}  // namespace tripartite::network::cuda
