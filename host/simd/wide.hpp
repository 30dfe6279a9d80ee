#pragma once

// Wide types: one vector register of float or double, with the operators of the scalar (GCC/Clang vector extensions,
// portable). Files that include this are compiled once per instruction set, each time into a namespace of its own
// (TRIPARTITE_ISA), and use no templates of the standard library: a shared out-of-line copy of one, compiled for
// AVX-512, could be linked into code that runs on a machine without it. tests/simd/object_test checks the object files
// for such symbols.

#include <cstddef>
#include <cstdint>

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
  typedef std::int32_t Integers __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
};

template <>
struct Types<double> {
  typedef double Wide __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
  typedef std::int64_t Integers __attribute__((vector_size(TRIPARTITE_VECTOR_BYTES), may_alias));
};

template <class Real>
using Wide = typename Types<Real>::Wide;
template <class Real>
using Integers = typename Types<Real>::Integers;

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
  Wide<Real> result;
  for (int lane = 0; lane < lanes<Real>; ++lane) result[lane] = value;
  return result;
}

/// The larger of two; `a` if it is not a number, so that max(z, 0) keeps what went wrong in z.
template <class Real>
TRIPARTITE_INLINE Wide<Real> larger(Wide<Real> a, Wide<Real> b) {
  return a < b ? b : a;
}

/// Sum over the lanes in a fixed order: halves, quarters, … — the same result on every call.
template <class Real>
TRIPARTITE_INLINE Real sum(Wide<Real> value) {
  Real part[lanes<Real>];
  for (int lane = 0; lane < lanes<Real>; ++lane) part[lane] = value[lane];
  for (int width = lanes<Real> / 2; width > 0; width /= 2)
    for (int lane = 0; lane < width; ++lane) part[lane] += part[lane + width];
  return part[0];
}

template <class Real>
TRIPARTITE_INLINE Real largest(Wide<Real> value) {
  Real result = value[0];
  for (int lane = 1; lane < lanes<Real>; ++lane) result = value[lane] > result ? value[lane] : result;
  return result;
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
