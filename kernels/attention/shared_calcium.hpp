#pragma once

#include <cuda_runtime_api.h>

#include "kernels/attention/scheme.hpp"
#include "kernels/attention/shape.hpp"

namespace tripartite::attention::cuda {

/// Modulatory calcium where all synapses of an astrocyte have one rate: they began alike and have the same drive, so
/// that p is one number per astrocyte, and the division by it comes before the sum over synapses:
///   l_i += sum_j H_ij response_aj,   response_aj = sum_stages gain_a(stage) h_j(stage),
///   gain_a(stage) = weight(stage) / (p_a(stage) + floor)
template <class Real>
struct SharedCalcium {
  Shape shape;
  Panels<Real> panels;
  const Real* schemes = nullptr;         // [kinds] of p
  const Real* global_calcium = nullptr;  // [panels * stages][heads][astrocytes]
  Real* calcium = nullptr;               // p [heads][astrocytes] in and out
  int first_panel = 0;                   // gains at the stages of the panels before it are not wanted
  const Real* weight = nullptr;          // [wanted stages]; null: no gains are wanted
  Real floor = 0;                        // calcium_floor
  Real* gain = nullptr;                  // out [wanted stages][heads][astrocytes]
};
template <class Real>
void launch_shared_calcium(const SharedCalcium<Real>& run, int stages_per_panel, cudaStream_t stream);

/// The same from values of p that are known, those of processes with a calcium model.
template <class Real>
struct KnownCalcium {
  Shape shape;
  int stages = 0;                // wanted
  const Real* values = nullptr;  // p [stages, then the end of the chunk][heads][astrocytes]
  Real* calcium = nullptr;       // p at the end, out [heads][astrocytes]
  const Real* weight = nullptr;  // as above
  Real floor = 0;
  Real* gain = nullptr;
};
template <class Real>
void launch_known_calcium(const KnownCalcium<Real>& run, cudaStream_t stream);

template <class Real>
struct ResponseSums {
  Shape shape;
  int stages = 0;
  const Real* gain = nullptr;           // [stages][heads][astrocytes]
  const Real* hidden_stages = nullptr;  // [stages][heads][hidden]
  Real* responses = nullptr;            // out [heads][astrocytes][hidden]
};
template <class Real>
void launch_response_sums(const ResponseSums<Real>& run, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
