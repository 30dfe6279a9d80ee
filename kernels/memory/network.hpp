#pragma once

#include <cstddef>
#include <cstdint>

#include "tripartite/memory/equations.hpp"
#include "tripartite/memory/step_scheme.hpp"

namespace tripartite::memory::cuda {

/// Edge of the tiles that a block works on.
constexpr int tile = 32;

/// A batch of networks in device memory, as kernels take it. Rows have `stride` values, a multiple of `tile`; those
/// beyond the neurons are 0 and stay 0. A moment is what couples the synapses of a cue: those of the known stages of a
/// step, and the one after the last for its end.
template <class Real>
struct Network {
  int neurons, stride, cues, patterns;
  int words;           // 64-bit words of signs per neuron
  int pattern_stride;  // patterns rounded up to whole words
  AssociativeMemory<Real> model;
  const std::uint64_t* bits;  // [neurons x words]
  Real* synapse[2];           // [cues x neurons x stride]; both the same unless the solver is adaptive
  Real* process[2];
  const Real* neuron_bias;   // [stride]
  const Real* synapse_bias;  // [neurons x stride], or null: 0
  const Real* process_bias;
  Real* moment_neurons;  // x [moments x cues x stride]
  Real* moment_phi;
  Real* moment_current;
  double* moment_projection;  // [moments x cues x pattern_stride]

  TRIPARTITE_HD std::ptrdiff_t pairs() const { return std::ptrdiff_t(neurons) * stride; }
  TRIPARTITE_HD std::ptrdiff_t row(int moment, int cue) const { return (std::ptrdiff_t(moment) * cues + cue) * stride; }
  TRIPARTITE_HD double* projection(int moment, int cue) const {
    return moment_projection + (std::ptrdiff_t(moment) * cues + cue) * pattern_stride;
  }
};

/// A cue that takes a step.
template <class Real>
struct CueTask {
  int cue;
  int side;  // which of the two states it starts from
  StepScheme<Real> scheme;
};

}  // namespace tripartite::memory::cuda
