#pragma once

#include <cuda_runtime_api.h>

#include "kernels/memory/network.hpp"

namespace tripartite::memory::cuda {

/// Tiles along the edge of the square that one block walks through: large squares leave fewer partial sums behind,
/// small ones occupy the device where there are few.
inline int squares_span(int neurons) { return neurons <= 2048 ? 1 : 4; }
inline int squares(int neurons) {
  const int edge = tile * squares_span(neurons);
  return (neurons + edge - 1) / edge;
}

/// What a square says about a finished step.
struct SquareNorms {
  double rate, synapse_error, process_error;
};

/// A panel of whole squares: rows [first, first + rows), columns from `first` on. What lies left of the diagonal
/// squares is reached as the mirror image of what lies right of them.
template <class Real>
struct Pass {
  Network<Real> network;
  const CueTask<Real>* tasks;
  int count;  // of tasks
  int known;  // stages
  bool is_last;
  int first, rows;
  const Real* drive[max_stages];  // memory kernel at the known stages [tasks x panel rows x stride], or null: 0
  std::ptrdiff_t drive_stride;    // between tasks
  Real* psi;      // out, in the same layout: psi(p) + its transpose at the new stage; may be drive[0]; null: unwanted
  Real* current;  // out [tasks x squares x stride]: sums of g(s) phi over the columns of a square
  SquareNorms* norms;  // out, if is_last [tasks x squares x squares]
};

template <class Real>
void advance_panel(const Pass<Real>& pass, cudaStream_t stream);

}  // namespace tripartite::memory::cuda
