#pragma once

#include "kernels/attention/propagate.hpp"

namespace tripartite::attention::cuda {

/// Sums of one Chebyshev series at several x in [-1, 1] by Clenshaw's recurrence, side by side.
template <class Real, int Count>
__device__ __forceinline__ void chebyshev_sums(const Real* series, int terms, const Real (&x)[Count],
                                               Real (&sum)[Count]) {
  Real last[Count] = {}, before[Count] = {};
  for (int k = terms - 1; k > 0; --k) {
    const Real term = series[k];
#pragma unroll
    for (int c = 0; c < Count; ++c) {
      const Real next = term + 2 * x[c] * last[c] - before[c];
      before[c] = last[c];
      last[c] = next;
    }
  }
#pragma unroll
  for (int c = 0; c < Count; ++c) sum[c] = series[0] + x[c] * last[c] - before[c];
}

}  // namespace tripartite::attention::cuda
