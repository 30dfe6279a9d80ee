// Compiled once per instruction set.
#include "host/simd/hyperbolic.hpp"
#include "host/simd/logarithm.hpp"
#include "host/simd/pack.hpp"
#include "host/simd/philox.hpp"
#include "tripartite/integrate/exponential_midpoint.hpp"

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

/// What steps of loss * dt = z leave of a state of 1 without gain.
template <class Real>
void left_of_each(const Real* z, Real* exact, Real* estimated, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes<Real>) {
    const Pack<Real> loss(load(z + i)), one(Real(1)), none(Real(0));
    store(exact + i, integrate::exponential_step(one, none, loss, Real(1)).value);
    store(estimated + i, integrate::estimated_step(one, none, loss, Real(1)).value);
  }
}

}  // namespace

void log_of_each(const double* x, double* result, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes<double>) store(result + i, log(load(x + i)));
}
void philox_of_each(std::uint64_t seed, std::uint64_t index, const std::uint64_t* stream, std::uint64_t* words,
                    std::size_t count) {
  constexpr int parts = 2;
  for (std::size_t i = 0; i < count; i += parts * lanes<double>) {
    Bits<double> streams[parts], found[parts];
    for (int k = 0; k < parts; ++k) streams[k] = *reinterpret_cast<const Bits<double>*>(stream + i + k * lanes<double>);
    philox_words(seed, index, streams, found);
    for (int k = 0; k < parts; ++k) *reinterpret_cast<Bits<double>*>(words + i + k * lanes<double>) = found[k];
  }
}
void left_of_each(const float* z, float* exact, float* estimated, std::size_t count) {
  left_of_each<float>(z, exact, estimated, count);
}
void left_of_each(const double* z, double* exact, double* estimated, std::size_t count) {
  left_of_each<double>(z, exact, estimated, count);
}
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
