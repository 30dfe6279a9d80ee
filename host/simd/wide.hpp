#pragma once

// Wide types: one vector register of float or double, with the operators of the scalar (GCC/Clang vector extensions,
// portable). Files that include this header are compiled once per instruction set, each time into a separate namespace
// (TRIPARTITE_ISA), and use no templates of the standard library: a shared out-of-line instantiation, compiled for
// AVX-512, could be linked into code that runs on a machine without AVX-512. tests/simd/symbols_test.cmake checks the
// object files for such symbols.

#include <cstddef>
#include <cstdint>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#ifndef TRIPARTITE_ISA
#error "compile through tripartite_add_simd_sources (cmake/TripartiteSimd.cmake), which defines TRIPARTITE_ISA"
#endif

#define TRIPARTITE_INLINE static inline __attribute__((always_inline))

namespace tripartite::simd::TRIPARTITE_ISA {

template <class Real>
struct Types;

template <>
struct Types<float> {
  typedef float Wide __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
  typedef std::int32_t Integer;
  typedef Integer Integers __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
  typedef std::uint32_t Bits __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
};

template <>
struct Types<double> {
  typedef double Wide __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
  typedef std::int64_t Integer;
  typedef Integer Integers __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
  typedef std::uint64_t Bits __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
};

template <class Real>
using Wide = typename Types<Real>::Wide;
template <class Real>
using Integer = typename Types<Real>::Integer;  // signed, same width as Real
template <class Real>
using Integers = typename Types<Real>::Integers;
template <class Real>
using Bits = typename Types<Real>::Bits;  // unsigned, same width as Real

template <class Real>
inline constexpr int lanes = TRIPARTITE_VECTOR_BYTES / int(sizeof(Real));

/// `from` is aligned to 64 bytes plus a multiple of the register.
template <class Real>
TRIPARTITE_INLINE Wide<Real> load(const Real* from) {
  return *reinterpret_cast<const Wide<Real>*>(from);
}

template <class Real>
TRIPARTITE_INLINE void store(Real* to, Wide<Real> value) {
  *reinterpret_cast<Wide<Real>*>(to) = value;
}

template <class Real>
TRIPARTITE_INLINE Wide<Real> broadcast(Real value) {
  return value - Wide<Real>{};  // one instruction; a loop over the lanes compiles to a masked move per lane on AVX-512
}

/// a > b ? a : b and a < b ? a : b, b if either is NaN: a single instruction, where compilers make a comparison and a
/// choice of the expression. With a mask of all lanes: GCC 12 warns of its own header otherwise.
template <class Real>
TRIPARTITE_INLINE Wide<Real> maximum(Wide<Real> a, Wide<Real> b) {
  constexpr bool single = sizeof(Real) == 4;
#if defined(__AVX512F__) && TRIPARTITE_VECTOR_BYTES == 64
  if constexpr (single) return (Wide<Real>)_mm512_maskz_max_ps(__mmask16(-1), (__m512)a, (__m512)b);
  if constexpr (!single) return (Wide<Real>)_mm512_maskz_max_pd(__mmask8(-1), (__m512d)a, (__m512d)b);
#elif defined(__AVX__) && TRIPARTITE_VECTOR_BYTES == 32
  if constexpr (single) return (Wide<Real>)_mm256_max_ps((__m256)a, (__m256)b);
  if constexpr (!single) return (Wide<Real>)_mm256_max_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__) && TRIPARTITE_VECTOR_BYTES == 16
  if constexpr (single) return (Wide<Real>)_mm_max_ps((__m128)a, (__m128)b);
  if constexpr (!single) return (Wide<Real>)_mm_max_pd((__m128d)a, (__m128d)b);
#else
  return a > b ? a : b;
#endif
}
template <class Real>
TRIPARTITE_INLINE Wide<Real> minimum(Wide<Real> a, Wide<Real> b) {
  constexpr bool single = sizeof(Real) == 4;
#if defined(__AVX512F__) && TRIPARTITE_VECTOR_BYTES == 64
  if constexpr (single) return (Wide<Real>)_mm512_maskz_min_ps(__mmask16(-1), (__m512)a, (__m512)b);
  if constexpr (!single) return (Wide<Real>)_mm512_maskz_min_pd(__mmask8(-1), (__m512d)a, (__m512d)b);
#elif defined(__AVX__) && TRIPARTITE_VECTOR_BYTES == 32
  if constexpr (single) return (Wide<Real>)_mm256_min_ps((__m256)a, (__m256)b);
  if constexpr (!single) return (Wide<Real>)_mm256_min_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__) && TRIPARTITE_VECTOR_BYTES == 16
  if constexpr (single) return (Wide<Real>)_mm_min_ps((__m128)a, (__m128)b);
  if constexpr (!single) return (Wide<Real>)_mm_min_pd((__m128d)a, (__m128d)b);
#else
  return a < b ? a : b;
#endif
}

/// The larger of a and b; `a` if it is NaN, so that max(z, 0) propagates NaN in z.
template <class Real>
TRIPARTITE_INLINE Wide<Real> larger(Wide<Real> a, Wide<Real> b) {
  return maximum<Real>(b, a);
}

/// Expands to the list of lanes 0 … count - 1.
template <int... lane>
struct Lanes {};
template <int count, int... lane>
struct UpTo : UpTo<count - 1, count - 1, lane...> {};
template <int... lane>
struct UpTo<0, lane...> {
  using List = Lanes<lane...>;
};

/// In every block of 2 half lanes: the sum of both halves of a's block, then that of b's block.
template <class Real, int half, int... lane>
TRIPARTITE_INLINE Wide<Real> fold(Wide<Real> a, Wide<Real> b, Lanes<lane...>) {
  constexpr auto source = [](int at) {
    const int block = at / (2 * half) * (2 * half), within = at % (2 * half);
    return within < half ? block + within : lanes<Real> + block + within - half;
  };
  return __builtin_shufflevector(a, b, source(lane)...) + __builtin_shufflevector(a, b, (source(lane) + half)...);
}

constexpr int reversed_bits(int value, int count) {
  int result = 0;
  for (; count > 1; count /= 2, value /= 2) result = 2 * result + value % 2;
  return result;
}

/// Lane sums of as many registers as a register has lanes: lane i of the result is the sum of values[i]. Adds halves
/// first, then quarters, …: always in the same order. Destroys its input.
template <class Real, int half = lanes<Real> / 2>
TRIPARTITE_INLINE Wide<Real> sums(Wide<Real>* values) {
  constexpr int count = 2 * half;  // remaining registers, in bit-reversed order
  if constexpr (count == lanes<Real>) {
    Wide<Real> ordered[count];
    for (int i = 0; i < count; ++i) ordered[i] = values[reversed_bits(i, count)];
    for (int i = 0; i < count; ++i) values[i] = ordered[i];
  }
  for (int i = 0; i < half; ++i)
    values[i] = fold<Real, half>(values[2 * i], values[2 * i + 1], typename UpTo<lanes<Real>>::List{});
  if constexpr (half > 1) return sums<Real, half / 2>(values);
  return values[0];
}

/// Sum over the lanes, in the same order.
template <class Real, int half = lanes<Real> / 2>
TRIPARTITE_INLINE Real sum(Wide<Real> value) {
  const Wide<Real> folded = fold<Real, half>(value, value, typename UpTo<lanes<Real>>::List{});
  if constexpr (half > 1)
    return sum<Real, half / 2>(folded);
  else
    return folded[0];
}

template <class Real>
TRIPARTITE_INLINE Real largest(Wide<Real> value) {
  Real result = value[0];
  for (int lane = 1; lane < lanes<Real>; ++lane) result = value[lane] > result ? value[lane] : result;
  return result;
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
