#pragma once

#include <cuda_runtime_api.h>

#include "kernels/memory/network.hpp"

namespace tripartite::memory::cuda {

/// Blocks per cue that sum the energy of its synapses.
int energy_blocks(int neurons);

/// energy[cue] at the present moment; `sides` [cues] says in which of the two states a cue is; part [cues x
/// energy_blocks].
template <class Real>
void sum_energy(const Network<Real>& network, const AssociativeMemory<double>& model, const int* sides, double* part,
                double* energy, cudaStream_t stream);

/// Warm start: p with psi(p) = -phi phi^T, and s with g(s) = kernel, both held inside +-bound; rows
/// [first, first + rows) of one cue, kernel [rows x stride].
template <class Real>
void fill_warm(const Network<Real>& network, int cue, int first, int rows, const Real* kernel, Real bound,
               cudaStream_t stream);

}  // namespace tripartite::memory::cuda
