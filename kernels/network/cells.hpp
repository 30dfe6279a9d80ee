#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "kernels/network/step.hpp"
#include "kernels/network/sums.hpp"
#include "tripartite/astrocyte/soma.hpp"
#include "tripartite/neuron/rate_neuron.hpp"

namespace tripartite::network::cuda {

template <class Real>
struct Neurons {
  std::size_t count;
  States<Real, 1> states;
  neuron::RateNeuron<Real> parameters;
  const double* input;         // external
  GroupSums bare, tripartite;  // currents
  Real* seen_rate;             // out: what the synapses of the next launch see
};

template <class Real>
struct Somata {
  std::size_t count;
  States<Real, astrocyte::soma_states> states;
  synapse::Parameters<Real> parameters;
  astrocyte::Flux flux;
  Real junction_flux;                               // F
  const std::uint32_t *junction_begin, *neighbour;  // of each astrocyte
  const std::uint32_t* processes;                   // of each astrocyte, or null: they exchange nothing
  GroupSums process_ip3[2];
  const Real* bias;   // or null
  Real* seen_ip3[2];  // what processes and neighbours see
  Real* exchanged;    // out: through gap junctions
};

/// Neurons and somata to the end of the launch.
template <class Real>
void launch_cells(Scheme scheme, const Neurons<Real>& neurons, const Somata<Real>& somata, const Launch<Real>& launch,
                  cudaStream_t stream);

}  // namespace tripartite::network::cuda
