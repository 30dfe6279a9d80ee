#pragma once

#include <cmath>

#include "tripartite/host_device.hpp"

namespace tripartite::memory::cuda {

/// One number per thread, for the equations; tanh of the CUDA library errs by 1 unit in the last place at most.
template <class Real>
struct Scalar {
  using Value = Real;
  static __device__ __forceinline__ Real tanh(Real z) { return ::tanh(z); }
};

}  // namespace tripartite::memory::cuda
