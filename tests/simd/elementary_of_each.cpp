// Compiled once per instruction set.
#include "host/simd/hyperbolic.hpp"
#include "host/simd/pack.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {
namespace {

template <int root, class Real>
void inverse_root_each(const Real* x, Real* result, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes<Real>)
    store(result + i, inverse_root_estimate<root>(Pack<Real>(load(x + i))).value);
}
template <class Real>
void inverse_root_each(const Real* x, int root, Real* result, std::size_t count) {
  root == 3 ? inverse_root_each<3>(x, result, count) : inverse_root_each<5>(x, result, count);
}
template <class Real>
void sine_cosine_each(const Real* half_turns, Real* sine, Real* cosine, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes<Real>) {
    Wide<Real> s, c;
    sine_cosine<Real>(load(half_turns + i), s, c);
    store(sine + i, s);
    store(cosine + i, c);
  }
}
template <class Real>
void logarithm_each(const Real* x, Real* result, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes<Real>) store(result + i, logarithm<Real>(load(x + i)));
}

}  // namespace

void inverse_root_of_each(const float* x, int root, float* result, std::size_t count) {
  inverse_root_each(x, root, result, count);
}
void inverse_root_of_each(const double* x, int root, double* result, std::size_t count) {
  inverse_root_each(x, root, result, count);
}
void sine_cosine_of_each(const float* half_turns, float* sine, float* cosine, std::size_t count) {
  sine_cosine_each(half_turns, sine, cosine, count);
}
void sine_cosine_of_each(const double* half_turns, double* sine, double* cosine, std::size_t count) {
  sine_cosine_each(half_turns, sine, cosine, count);
}
void logarithm_of_each(const float* x, float* result, std::size_t count) { logarithm_each(x, result, count); }
void logarithm_of_each(const double* x, double* result, std::size_t count) { logarithm_each(x, result, count); }

}  // namespace tripartite::simd::TRIPARTITE_ISA
