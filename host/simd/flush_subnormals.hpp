#pragma once

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace tripartite::simd {

/// While it lives, its thread takes numbers below the smallest normal one (1.2e-38 in float32) for 0. Gliotransmitter
/// decays to such numbers within seconds of a release and, at a step of 1 ms, stays there: rounding to the nearest
/// leaves a number of some eight units as it is. On many processors arithmetic with them is several times as slow.
/// Infinities and NaN are what they were. Where the processor is not x86 nothing changes.
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
