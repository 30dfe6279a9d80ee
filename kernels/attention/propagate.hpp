#pragma once

#include <cuda_runtime_api.h>

#include "kernels/attention/calcium.hpp"
#include "kernels/attention/scheme.hpp"
#include "kernels/attention/shape.hpp"

namespace tripartite::attention::cuda {

/// Calcium of synapses with rates of their own by the exact solver: p(t) = exp(-kappa t) p(0) + F_a(t, kappa), t from
/// the start of the chunk. The response F to the global calcium of astrocyte a, zero at t = 0, is advanced for a few
/// rates kappa, the nodes of a Chebyshev series on [low, high]; a synapse sums the series at its rate.
template <class Real>
struct Nodes {
  int count = 1;
  Real log_center = 0;          // (ln low + ln high) / 2 of the rates in 1/s
  Real inverse_half_width = 0;  // 2 / ln(high / low); 0 with one node
};

template <class Real>
struct ResponseRun {
  Shape shape;
  Nodes<Real> nodes;
  Panels<Real> panels;
  int kinds = 0;
  int first_panel = 0;                   // responses at the stages of the panels before it are not wanted
  const Real* schemes = nullptr;         // [nodes][kinds] Scheme of 12 stages
  const Real* transform = nullptr;       // [nodes][nodes] from values at the nodes to the series
  const Real* global_calcium = nullptr;  // [panels * 12][heads][astrocytes]
  Real* values = nullptr;                // scratch: [times][nodes][heads][astrocytes]
  Real* series = nullptr;  // out [heads][astrocytes][nodes][series_stride]: wanted stages, the end of the chunk, zeros
};
/// Number of times of a run: the wanted stages and the end of the chunk.
inline int response_times(int panels, int first_panel) { return (panels - first_panel) * 12 + 1; }
/// Times of one coefficient, with room to load eight at once.
inline int series_stride(int times) { return (times + 7) / 8 * 8; }
template <class Real>
void launch_response(const ResponseRun<Real>& run, cudaStream_t stream);

/// p of every synapse at the end of the chunk.
template <class Real>
struct CalciumEnd {
  Calcium<Real> state;
  Nodes<Real> nodes;
  Real duration = 0;             // of the chunk [s]
  const Real* series = nullptr;  // [heads][astrocytes][nodes], `stride` apart, at the end of the chunk
  int stride = 0;
};
template <class Real>
void launch_calcium_end(const Shape& shape, const CalciumEnd<Real>& run, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
