#pragma once

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace tripartite::simd {

/// During its lifetime, its thread treats subnormal numbers (below 1.2e-38 in float32) as 0. Gliotransmitter
/// decays to subnormal numbers within seconds of a release and, at a step of 1 ms, stays there: rounding to nearest
/// does not decrease a number of about eight units. On many processors subnormal arithmetic is several times slower.
/// Infinities and NaN are not affected. Has no effect on processors other than x86.
class FlushSubnormals {
 public:
#ifdef __SSE__
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | flush_to_zero | subnormals_are_zero); }
  ~FlushSubnormals() { _mm_setcsr(before_); }
#else
  FlushSubnormals() = default;
#endif
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

#ifdef __SSE__
 private:
  static constexpr unsigned flush_to_zero = 0x8000, subnormals_are_zero = 0x0040;
  unsigned before_;
#endif
};

}  // namespace tripartite::simd
