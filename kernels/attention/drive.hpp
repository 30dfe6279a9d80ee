#pragma once

#include <cuda_runtime_api.h>

#include "kernels/attention/scheme.hpp"
#include "kernels/attention/shape.hpp"
#include "tripartite/attention/kinked_drive.hpp"

namespace tripartite::attention::cuda {

/// A filtered input of all heads [heads * width] while a token is held: x(t) = target + rho(t) (start - target).
template <class Real>
struct Input {
  const Real* start = nullptr;
  const Real* target = nullptr;  // null: no input, 0
};

/// One side of the feature maps of all heads (attention::FeatureSide), on the device. Null stands for zero.
template <class Real>
struct FeatureView {
  const Real* projection = nullptr;  // [heads][width][hidden]: transposed, so that neighbouring threads read neighbours
  const Real* offset = nullptr;      // [heads][hidden]
  const Real* norm = nullptr;        // [heads][width][width], transposed
  const Real* norm_offset = nullptr;  // [heads][width]
  const Real* linear = nullptr;       // [heads][width]
  const Real* constant = nullptr;     // [heads]
};

/// What drives the hidden neurons, as functions of rho: z_j = level_j + rho change_j, and for exponential features
/// s = score[0] + rho score[1] + rho^2 score[2].
template <class Real>
struct Drive {
  Real* level = nullptr;   // [heads][hidden]
  Real* change = nullptr;  // [heads][hidden]
  Real* score = nullptr;   // [heads][3]
};

/// level and change of every hidden neuron.
template <class Real>
void launch_logits(const Shape& shape, const FeatureView<Real>& side, const Input<Real>& input,
                   const Drive<Real>& drive, cudaStream_t stream);

/// score of every head.
template <class Real>
void launch_scores(const Shape& shape, const FeatureView<Real>& side, const Input<Real>& input,
                   const Drive<Real>& drive, cudaStream_t stream);

/// shift[stage][head] = largest logit over neurons j < stored at that stage; 0 if nothing is stored.
template <class Real>
void launch_shift(const Shape& shape, const Drive<Real>& drive, int stored, const Real* rho, int stages, Real* shift,
                  cudaStream_t stream);

/// Where the largest logit changes hands inside a panel of the exact solver, replaces the shifts of its stages by those
/// of the projection (tripartite/attention/kinked_drive.hpp). After launch_shift.
template <class Real>
void launch_shift_kinks(const Shape& shape, const Drive<Real>& drive, int stored, const Panels<Real>& panels,
                        const PanelMoments<Real>& moments, Real* shift, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
