#pragma once

#include <cuda_runtime_api.h>

#include "kernels/memory/advance.hpp"
#include "kernels/memory/network.hpp"

namespace tripartite::memory::cuda {

/// Neurons per block of the kernels below.
constexpr int neuron_block = 256;

/// What a block of neurons says about a step.
struct NeuronNorms {
  double rate, error;
};

/// The neurons of every task at the stage after `known` ones, and phi there. `norms` [tasks x blocks of neurons].
template <class Real>
void advance_neurons(const Network<Real>& network, const CueTask<Real>* tasks, int count, int known, bool is_last,
                     NeuronNorms* norms, cudaStream_t stream);

/// phi of the present moment of every cue.
template <class Real>
void activate_neurons(const Network<Real>& network, cudaStream_t stream);

/// Sums of what the squares and panels left behind into moment `moment`: currents [tasks x squares x stride],
/// projections [panels x tasks x pattern_stride].
template <class Real>
void gather_moment(const Network<Real>& network, const CueTask<Real>* tasks, int count, int moment,
                   const Real* currents, const double* projections, int panels, cudaStream_t stream);

/// Largest rate and error of each task's step: {rate, root mean square of the scaled error}.
template <class Real>
void gather_norms(const Network<Real>& network, int count, const SquareNorms* squares, const NeuronNorms* neurons,
                  double2* to, cudaStream_t stream);

/// Makes moment `from` of the tasks' cues their present moment, where `is_accepted` [tasks]; null: all.
template <class Real>
void accept_moment(const Network<Real>& network, const CueTask<Real>* tasks, int count, int from,
                   const unsigned char* is_accepted, cudaStream_t stream);

/// first[cue]: the first neuron whose state or current is not finite, or network.neurons.
template <class Real>
void find_not_finite(const Network<Real>& network, int* first, cudaStream_t stream);

}  // namespace tripartite::memory::cuda
