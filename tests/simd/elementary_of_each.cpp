// Compiled once per instruction set.
#include "host/simd/logarithm.hpp"
#include "host/simd/sine_cosine.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {
namespace {

template <class Real>
void log_each(const Real* x, Real* result, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes<Real>) store(result + i, log<Real>(load(x + i)));
}
template <class Real>
void pow_each(const Real* x, Real exponent, Real* result, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes<Real>) store(result + i, pow<Real>(load(x + i), exponent));
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

}  // namespace

void log_of_each(const float* x, float* result, std::size_t count) { log_each(x, result, count); }
void log_of_each(const double* x, double* result, std::size_t count) { log_each(x, result, count); }
void pow_of_each(const float* x, float exponent, float* result, std::size_t count) {
  pow_each(x, exponent, result, count);
}
void pow_of_each(const double* x, double exponent, double* result, std::size_t count) {
  pow_each(x, exponent, result, count);
}
void sine_cosine_of_each(const float* half_turns, float* sine, float* cosine, std::size_t count) {
  sine_cosine_each(half_turns, sine, cosine, count);
}
void sine_cosine_of_each(const double* half_turns, double* sine, double* cosine, std::size_t count) {
  sine_cosine_each(half_turns, sine, cosine, count);
}

}  // namespace tripartite::simd::TRIPARTITE_ISA
