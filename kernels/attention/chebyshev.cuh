#pragma once

#include "kernels/attention/propagate.hpp"

namespace tripartite::attention::cuda {

/// Sum of a Chebyshev series at x in [-1, 1] by Clenshaw's recurrence.
template <class Real>
__device__ __forceinline__ Real chebyshev_sum(const Real* series, int count, Real x) {
  Real last = 0, before = 0;
  for (int k = count - 1; k > 0; --k) {
    const Real next = series[k] + 2 * x * last - before;
    before = last;
    last = next;
  }
  return series[0] + x * last - before;
}

}  // namespace tripartite::attention::cuda
