#pragma once

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "host/simd/wide.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {

/// Products of the lower halves of 64-bit lanes, whatever the upper halves are. A single instruction where available.
TRIPARTITE_INLINE Bits<double> multiply_halves(Bits<double> a, Bits<double> b) {
#if defined(__AVX512F__) && TRIPARTITE_VECTOR_BYTES == 64
  // Of all lanes: GCC 12 warns of _mm512_mul_epu32's own undefined operand.
  return (Bits<double>)_mm512_maskz_mul_epu32(0xFF, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__) && TRIPARTITE_VECTOR_BYTES == 32
  return (Bits<double>)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__) && TRIPARTITE_VECTOR_BYTES == 16
  return (Bits<double>)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  constexpr std::uint64_t half = 0xFFFFFFFF;
  return (a & half) * (b & half);
#endif
}

/// The first two words of random::Philox::words(index, stream) for `parts` registers of streams, as one number of 64
/// bits each: word 0 is its upper half. Registers side by side, since the ten rounds wait for one another.
template <int parts>
TRIPARTITE_INLINE void philox_words(std::uint64_t seed, std::uint64_t index, const Bits<double> (&stream)[parts],
                                    Bits<double> (&words)[parts]) {
  using B = Bits<double>;
  constexpr std::uint64_t half = 0xFFFFFFFF;
  // Only the lower halves count until the end.
  B c0[parts], c1[parts], c2[parts], c3[parts];
  for (int k = 0; k < parts; ++k) {
    c0[k] = B{} + index;
    c1[k] = B{} + (index >> 32);
    c2[k] = stream[k];
    c3[k] = stream[k] >> 32;
  }
  std::uint64_t k0 = seed & half, k1 = seed >> 32;
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
#pragma GCC unroll 8
    for (int k = 0; k < parts; ++k) {
      const B product0 = multiply_halves(c0[k], B{} + 0xD2511F53U),
              product1 = multiply_halves(c2[k], B{} + 0xCD9E8D57U);
      c0[k] = product1 >> 32 ^ c1[k] ^ k0;
      c2[k] = product0 >> 32 ^ c3[k] ^ k1;
      c1[k] = product1;
      c3[k] = product0;
    }
    k0 = (k0 + 0x9E3779B9U) & half;
    k1 = (k1 + 0xBB67AE85U) & half;
  }
  for (int k = 0; k < parts; ++k) words[k] = c0[k] << 32 | (c1[k] & half);
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
