#include <vector>

#include "benchmarks/rivals/rival.hpp"
#include "host/bench/problem.hpp"

// W4. Li-Rinzel astrocytes by the classical Runge-Kutta method, a block at a time.
namespace tripartite::rivals {
namespace {

constexpr int lanes = 64;

template <class Real>
struct alignas(64) Block {
  Real state[3][lanes];  // I, C, h
};

template <class Real>
inline void slopes(const Real (&y)[3][lanes], Real (&slope)[3][lanes]) {
  constexpr Real C_T = Real(2), I_0 = Real(0.16), K_1 = Real(0.13), K_2 = Real(0.9434), K_act = Real(0.08234),
                 K_inh = Real(1.049), K2 = Real(0.01), rate = Real(0.2), r_C = Real(6), r_L = Real(0.11), v = Real(0.9),
                 volume = Real(1.185), per_tau = Real(1 / 7.142);
  for (int k = 0; k < lanes; ++k) {
    const Real i = y[0][k], c = y[1][k], h = y[2][k];
    const Real open = i * c * h / ((i + K_1) * (c + K_act)), c2 = c * c;
    const Real q = K_inh * (i + K_1) / (i + K_2);
    slope[0][k] = (I_0 - i) * per_tau;
    slope[1][k] = (r_C * open * open * open + r_L) * (C_T - volume * c) - v * c2 / (c2 + K2);
    slope[2][k] = rate * (q - (q + c) * h);
  }
}

template <class Real>
inline void step(Block<Real>& block, Real dt) {
  Block<Real> slope, at, sum;
  constexpr int all = 3 * lanes;
  Real *y = &block.state[0][0], *k = &slope.state[0][0], *a = &at.state[0][0], *s = &sum.state[0][0];
  slopes(block.state, slope.state);
  for (int e = 0; e < all; ++e) s[e] = k[e], a[e] = y[e] + dt / 2 * k[e];
  slopes(at.state, slope.state);
  for (int e = 0; e < all; ++e) s[e] += 2 * k[e], a[e] = y[e] + dt / 2 * k[e];
  slopes(at.state, slope.state);
  for (int e = 0; e < all; ++e) s[e] += 2 * k[e], a[e] = y[e] + dt * k[e];
  slopes(at.state, slope.state);
  for (int e = 0; e < all; ++e) y[e] += dt / 6 * (s[e] + k[e]);
}

template <class Real>
Result run(const Case& what) {
  const long count = (what.n + lanes - 1) / lanes;
  std::vector<Block<Real>> blocks(static_cast<std::size_t>(count));
  for (long i = 0; i < count * lanes; ++i)
    for (int s = 0; s < 3; ++s)
      blocks[std::size_t(i / lanes)].state[s][i % lanes] = Real(bench::astrocyte_start(s, std::size_t(i)));
  const double begin = now();
#pragma omp parallel for schedule(static) num_threads(what.threads)
  for (long b = 0; b < count; ++b)
    for (long k = 0; k < what.steps; ++k) step(blocks[std::size_t(b)], Real(bench::astrocyte_step));
  const double seconds = now() - begin;
  double calcium = 0, open = 0;
  for (long i = 0; i < what.n; ++i) {
    calcium += double(blocks[std::size_t(i / lanes)].state[1][i % lanes]);
    open += double(blocks[std::size_t(i / lanes)].state[2][i % lanes]);
  }
  return {seconds, calcium / double(what.n) * (open / double(what.n))};
}

}  // namespace

Result astrocytes(const Case& what) { return what.is_double ? run<double>(what) : run<float>(what); }

}  // namespace tripartite::rivals
