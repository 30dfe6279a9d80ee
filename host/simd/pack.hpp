#pragma once

#include "host/simd/exponential.hpp"
#include "host/simd/sine_cosine.hpp"
#include "tripartite/elementary.hpp"

// A SIMD register that acts as one number: the equations (include/tripartite) are written for any type with the
// operators and functions of include/tripartite/elementary.hpp. A scalar converts implicitly to a pack.

namespace tripartite::simd::TRIPARTITE_ISA {

#define TRIPARTITE_PACK inline __attribute__((always_inline))

template <class Real>
struct PackMask {
  Integers<Real> bits;  // per lane: all bits set or none

  TRIPARTITE_PACK friend PackMask operator&&(PackMask a, PackMask b) { return {a.bits & b.bits}; }
  TRIPARTITE_PACK friend PackMask operator||(PackMask a, PackMask b) { return {a.bits | b.bits}; }
  TRIPARTITE_PACK friend PackMask operator!(PackMask a) { return {~a.bits}; }
};

template <class Real>
struct Pack {
  Wide<Real> value;

  Pack() = default;
  TRIPARTITE_PACK Pack(Wide<Real> wide) : value(wide) {}
  TRIPARTITE_PACK Pack(Real scalar) : value(broadcast<Real>(scalar)) {}
  template <class Number>
  requires(__is_same(Number, int) || (__is_same(Number, double) && !__is_same(Real, double))) TRIPARTITE_PACK
      explicit Pack(Number scalar)
      : value(broadcast<Real>(Real(scalar))) {}

  TRIPARTITE_PACK friend Pack operator+(Pack a, Pack b) { return a.value + b.value; }
  TRIPARTITE_PACK friend Pack operator-(Pack a, Pack b) { return a.value - b.value; }
  TRIPARTITE_PACK friend Pack operator*(Pack a, Pack b) { return a.value * b.value; }
  TRIPARTITE_PACK friend Pack operator/(Pack a, Pack b) { return a.value / b.value; }
  TRIPARTITE_PACK friend Pack operator-(Pack a) { return -a.value; }
  TRIPARTITE_PACK friend PackMask<Real> operator<(Pack a, Pack b) { return {(Integers<Real>)(a.value < b.value)}; }
  TRIPARTITE_PACK friend PackMask<Real> operator<=(Pack a, Pack b) { return {(Integers<Real>)(a.value <= b.value)}; }
  TRIPARTITE_PACK friend PackMask<Real> operator>(Pack a, Pack b) { return {(Integers<Real>)(a.value > b.value)}; }

  TRIPARTITE_PACK friend Pack exp(Pack x) { return TRIPARTITE_ISA::exp(x.value); }
  TRIPARTITE_PACK friend Pack abs(Pack x) { return (Wide<Real>)((Bits<Real>)x.value << 1 >> 1); }  // without its sign
  TRIPARTITE_PACK friend void sine_cosine(Pack half_turns, Pack& sine, Pack& cosine) {
    TRIPARTITE_ISA::sine_cosine<Real>(half_turns.value, sine.value, cosine.value);
  }
};

template <int root, class Real>
TRIPARTITE_PACK Pack<Real> inverse_root_estimate(Pack<Real> x) {
  return (Wide<Real>)inverse_root_bits<root, Integer<Real>>((Integers<Real>)x.value);
}

template <class Real>
TRIPARTITE_PACK Pack<Real> select(PackMask<Real> mask, Pack<Real> yes, Pack<Real> no) {
  return mask.bits ? yes.value : no.value;
}
/// The larger or smaller of both; b if either is NaN.
TRIPARTITE_PACK Pack<float> larger(Pack<float> a, Pack<float> b) { return maximum<float>(a.value, b.value); }
TRIPARTITE_PACK Pack<double> larger(Pack<double> a, Pack<double> b) { return maximum<double>(a.value, b.value); }
TRIPARTITE_PACK Pack<float> smaller(Pack<float> a, Pack<float> b) { return minimum<float>(a.value, b.value); }
TRIPARTITE_PACK Pack<double> smaller(Pack<double> a, Pack<double> b) { return minimum<double>(a.value, b.value); }
/// A single instruction where available; compilers would extract the lanes one by one.
template <class Real>
TRIPARTITE_PACK bool any(PackMask<Real> mask) {
#if defined(__AVX512F__) && TRIPARTITE_VECTOR_BYTES == 64
  return _mm512_test_epi32_mask((__m512i)mask.bits, (__m512i)mask.bits) != 0;
#elif defined(__AVX__) && TRIPARTITE_VECTOR_BYTES == 32
  return _mm256_testz_si256((__m256i)mask.bits, (__m256i)mask.bits) == 0;
#elif defined(__SSE4_1__) && TRIPARTITE_VECTOR_BYTES == 16
  return _mm_testz_si128((__m128i)mask.bits, (__m128i)mask.bits) == 0;
#else
  bool result = false;
  for (int lane = 0; lane < lanes<Real>; ++lane) result |= mask.bits[lane] != 0;
  return result;
#endif
}
/// Bit i: the mask holds in lane i.
template <class Real>
TRIPARTITE_PACK unsigned lane_bits(PackMask<Real> mask) {
  constexpr bool single = sizeof(Real) == 4;
#if defined(__AVX512DQ__) && TRIPARTITE_VECTOR_BYTES == 64
  return single ? unsigned(_mm512_movepi32_mask((__m512i)mask.bits))
                : unsigned(_mm512_movepi64_mask((__m512i)mask.bits));
#elif defined(__AVX__) && TRIPARTITE_VECTOR_BYTES == 32
  return unsigned(single ? _mm256_movemask_ps((__m256)mask.bits) : _mm256_movemask_pd((__m256d)mask.bits));
#elif defined(__SSE2__) && TRIPARTITE_VECTOR_BYTES == 16
  return unsigned(single ? _mm_movemask_ps((__m128)mask.bits) : _mm_movemask_pd((__m128d)mask.bits));
#else
  unsigned bits = 0;
  for (int lane = 0; lane < lanes<Real>; ++lane) bits |= mask.bits[lane] != 0 ? 1U << lane : 0U;
  return bits;
#endif
}
/// Calls use(lane) where the mask holds, in the order of lanes.
template <class Real, class Use>
TRIPARTITE_PACK void each_lane(PackMask<Real> mask, const Use& use) {
  for (unsigned bits = lane_bits(mask); bits != 0; bits &= bits - 1) use(__builtin_ctz(bits));
}
#undef TRIPARTITE_PACK

}  // namespace tripartite::simd::TRIPARTITE_ISA
