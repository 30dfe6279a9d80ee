#pragma once

#include "host/simd/pack.hpp"

// Several registers that act as one number. A small model is a short chain of operations that wait for one another: one
// register of elements keeps the arithmetic units waiting, several side by side keep them busy.

namespace tripartite::simd::TRIPARTITE_ISA {

#define TRIPARTITE_PACKS inline __attribute__((always_inline))
#define TRIPARTITE_EACH_PART _Pragma("GCC unroll 8") for (int k = 0; k < parts; ++k)

template <class Real, int parts>
struct PacksMask {
  PackMask<Real> part[parts];

#define TRIPARTITE_OPERATOR(sign)                                             \
  TRIPARTITE_PACKS friend PacksMask operator sign(PacksMask a, PacksMask b) { \
    TRIPARTITE_EACH_PART a.part[k] = a.part[k] sign b.part[k];                \
    return a;                                                                 \
  }
  TRIPARTITE_OPERATOR(&&)
  TRIPARTITE_OPERATOR(||)
#undef TRIPARTITE_OPERATOR
  TRIPARTITE_PACKS friend PacksMask operator!(PacksMask a) {
    TRIPARTITE_EACH_PART a.part[k] = !a.part[k];
    return a;
  }
};

template <class Real, int parts>
struct Packs {
  Pack<Real> part[parts];

  Packs() = default;
  TRIPARTITE_PACKS Packs(Pack<Real> same) { TRIPARTITE_EACH_PART part[k] = same; }
  TRIPARTITE_PACKS Packs(Real scalar) : Packs(Pack<Real>(scalar)) {}
  template <class Number>
  requires(__is_same(Number, int) || (__is_same(Number, double) && !__is_same(Real, double))) TRIPARTITE_PACKS
      explicit Packs(Number scalar)
      : Packs(Pack<Real>(Real(scalar))) {}

#define TRIPARTITE_OPERATOR(sign)                                 \
  TRIPARTITE_PACKS friend Packs operator sign(Packs a, Packs b) { \
    TRIPARTITE_EACH_PART a.part[k] = a.part[k] sign b.part[k];    \
    return a;                                                     \
  }
  TRIPARTITE_OPERATOR(+)
  TRIPARTITE_OPERATOR(-)
  TRIPARTITE_OPERATOR(*)
  TRIPARTITE_OPERATOR(/)
#undef TRIPARTITE_OPERATOR
#define TRIPARTITE_OPERATOR(sign)                                                  \
  TRIPARTITE_PACKS friend PacksMask<Real, parts> operator sign(Packs a, Packs b) { \
    PacksMask<Real, parts> mask;                                                   \
    TRIPARTITE_EACH_PART mask.part[k] = a.part[k] sign b.part[k];                  \
    return mask;                                                                   \
  }
  TRIPARTITE_OPERATOR(<)
  TRIPARTITE_OPERATOR(<=)
  TRIPARTITE_OPERATOR(>)
#undef TRIPARTITE_OPERATOR
  TRIPARTITE_PACKS friend Packs operator-(Packs a) {
    TRIPARTITE_EACH_PART a.part[k] = -a.part[k];
    return a;
  }
  TRIPARTITE_PACKS friend Packs exp(Packs x) {
    TRIPARTITE_EACH_PART x.part[k] = exp(x.part[k]);
    return x;
  }
  TRIPARTITE_PACKS friend Packs abs(Packs x) {
    TRIPARTITE_EACH_PART x.part[k] = abs(x.part[k]);
    return x;
  }
  TRIPARTITE_PACKS friend Packs larger(Packs a, Packs b) {
    TRIPARTITE_EACH_PART a.part[k] = larger(a.part[k], b.part[k]);
    return a;
  }
  TRIPARTITE_PACKS friend Packs smaller(Packs a, Packs b) {
    TRIPARTITE_EACH_PART a.part[k] = smaller(a.part[k], b.part[k]);
    return a;
  }
};

template <class Real, int parts>
TRIPARTITE_PACKS Packs<Real, parts> select(PacksMask<Real, parts> mask, Packs<Real, parts> yes, Packs<Real, parts> no) {
  TRIPARTITE_EACH_PART no.part[k] = select(mask.part[k], yes.part[k], no.part[k]);
  return no;
}
template <class Real, int parts>
TRIPARTITE_PACKS bool any(PacksMask<Real, parts> mask) {
  PackMask<Real> all = mask.part[0];
  TRIPARTITE_EACH_PART all = all || mask.part[k];
  return any(all);
}

// What loops ask of either kind.

template <class P>
inline constexpr int parts_of = 1;
template <class Real, int parts>
inline constexpr int parts_of<Packs<Real, parts>> = parts;

template <class Real, int parts>
struct GroupOf {
  using Type = Packs<Real, parts>;
  using Mask = PacksMask<Real, parts>;
};
template <class Real>
struct GroupOf<Real, 1> {
  using Type = Pack<Real>;
  using Mask = PackMask<Real>;
};
/// `parts` registers that act as one number.
template <class Real, int parts>
using Group = typename GroupOf<Real, parts>::Type;
template <class Real, int parts>
using GroupMask = typename GroupOf<Real, parts>::Mask;

template <class Real>
TRIPARTITE_PACKS Pack<Real>& part_of(Pack<Real>& pack, int) {
  return pack;
}
template <class Real>
TRIPARTITE_PACKS const Pack<Real>& part_of(const Pack<Real>& pack, int) {
  return pack;
}
template <class Real>
TRIPARTITE_PACKS PackMask<Real>& part_of(PackMask<Real>& mask, int) {
  return mask;
}
template <class Real, int parts>
TRIPARTITE_PACKS Pack<Real>& part_of(Packs<Real, parts>& packs, int k) {
  return packs.part[k];
}
template <class Real, int parts>
TRIPARTITE_PACKS const Pack<Real>& part_of(const Packs<Real, parts>& packs, int k) {
  return packs.part[k];
}
template <class Real, int parts>
TRIPARTITE_PACKS PackMask<Real>& part_of(PacksMask<Real, parts>& mask, int k) {
  return mask.part[k];
}

/// `from` is aligned as for one register.
template <class P, class Real>
TRIPARTITE_PACKS P load_group(const Real* from) {
  P result;
  for (int k = 0; k < parts_of<P>; ++k) part_of(result, k) = Pack<Real>(load(from + k * lanes<Real>));
  return result;
}
template <class P, class Real>
TRIPARTITE_PACKS void store_group(Real* to, const P& value) {
  for (int k = 0; k < parts_of<P>; ++k) store(to + k * lanes<Real>, part_of(value, k).value);
}

#undef TRIPARTITE_EACH_PART
#undef TRIPARTITE_PACKS

}  // namespace tripartite::simd::TRIPARTITE_ISA
