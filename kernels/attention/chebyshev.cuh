#pragma once

#include <cstddef>

#include "kernels/attention/scheme.cuh"

namespace tripartite::attention::cuda {

/// Sums of one Chebyshev series, whose coefficients are `stride` apart, at several x in [-1, 1] by Clenshaw's
/// recurrence, side by side.
template <class Real, int Count>
__device__ __forceinline__ void chebyshev_sums(const Real* series, int stride, int terms, const Real (&x)[Count],
                                               Real (&sum)[Count]) {
  Real last[Count] = {}, before[Count] = {};
  for (int k = terms - 1; k > 0; --k) {
    const Real term = series[std::size_t(k) * stride];
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

/// Adds to sum[c][t] the series of time t at x[c]: coefficient k of time t is series[k * stride + t], aligned to 16
/// bytes at t = 0. The polynomials are made once for all times, and each coefficient is loaded once for all x.
template <class Real, int Count, int Times>
__device__ __forceinline__ void add_chebyshev_sums(const Real* series, int stride, int terms, const Real (&x)[Count],
                                                   Real (&sum)[Count][Times]) {
  Real polynomial[Count], before[Count];
#pragma unroll
  for (int c = 0; c < Count; ++c) {
    polynomial[c] = 1;
    before[c] = x[c];
  }
  for (int k = 0; k < terms; ++k, series += stride) {
    Real coefficient[Times];
    load_numbers(series, coefficient);
#pragma unroll
    for (int c = 0; c < Count; ++c) {
#pragma unroll
      for (int t = 0; t < Times; ++t) sum[c][t] += polynomial[c] * coefficient[t];
      const Real next = 2 * x[c] * polynomial[c] - before[c];
      before[c] = polynomial[c];
      polynomial[c] = next;
    }
  }
}

}  // namespace tripartite::attention::cuda
