#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "benchmarks/rivals/rival.hpp"
#include "host/bench/problem.hpp"

extern "C" void openblas_set_num_threads(int) __attribute__((weak));

// W3. The associative memory in the cold regime, Euler: elements in vectorised loops, the memory term by two products.
namespace tripartite::rivals {
namespace {

void product(bool transposed, int rows, int columns, int inner, const float* a, const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, rows, columns, inner, 1, a, inner, b,
              transposed ? inner : columns, 0, c, columns);
}
void product(bool transposed, int rows, int columns, int inner, const double* a, const double* b, double* c) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, rows, columns, inner, 1, a, inner, b,
              transposed ? inner : columns, 0, c, columns);
}

template <class Real>
Result run(const Case& what) {
  // Each thread multiplies its own rows: a second pool of threads would fight with the first.
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
  const int n = int(what.n), patterns = int(what.second);
  const std::size_t pairs = std::size_t(n) * std::size_t(n), projections = std::size_t(n) * std::size_t(patterns);
  std::vector<Real> signs(projections), x(static_cast<std::size_t>(n)), phi(x), current(x), s(pairs), p(pairs),
      psi(pairs), coupling(pairs), projected(projections), scaled(projections);
  for (int i = 0; i < n; ++i) {
    for (int mu = 0; mu < patterns; ++mu)
      signs[std::size_t(i) * std::size_t(patterns) + std::size_t(mu)] = Real(bench::pattern_sign(i, mu));
    x[std::size_t(i)] = Real(bench::memory_cue(i));
  }
  std::vector<double> overlap(static_cast<std::size_t>(patterns));
  const Real beta = 5, dt = Real(bench::memory_step), weight = 2;
  const double scale = 3.0 * n / (double(n) * n * n);
  const double begin = now();
  for (long k = 0; k < what.steps; ++k) {
    for (int i = 0; i < n; ++i) phi[std::size_t(i)] = std::tanh(beta * x[std::size_t(i)]);
    std::fill(overlap.begin(), overlap.end(), 0.0);
#pragma omp parallel num_threads(what.threads)
    {
      const long threads = omp_get_num_threads(), self = omp_get_thread_num();
      const int first = int(n * self / threads), rows = int(n * (self + 1) / threads) - first;
      const std::size_t row = std::size_t(first) * std::size_t(n), own = std::size_t(first) * std::size_t(patterns);
      for (std::size_t e = row; e < row + std::size_t(rows) * std::size_t(n); ++e) psi[e] = std::tanh(beta * p[e]);
      product(false, rows, patterns, n, &psi[row], signs.data(), &projected[own]);
      std::vector<double> partial(static_cast<std::size_t>(patterns));
      for (int i = 0; i < rows; ++i)
        for (int mu = 0; mu < patterns; ++mu) {
          const std::size_t at = own + std::size_t(i) * std::size_t(patterns) + std::size_t(mu);
          partial[std::size_t(mu)] += double(signs[at] * projected[at]);
        }
#pragma omp critical
      for (int mu = 0; mu < patterns; ++mu) overlap[std::size_t(mu)] += partial[std::size_t(mu)];
#pragma omp barrier
      for (int i = 0; i < rows; ++i)
        for (int mu = 0; mu < patterns; ++mu) {
          const std::size_t at = own + std::size_t(i) * std::size_t(patterns) + std::size_t(mu);
          scaled[at] = signs[at] * Real(overlap[std::size_t(mu)] * scale);
        }
      product(true, rows, n, patterns, &scaled[own], signs.data(), &coupling[row]);
      for (int i = first; i < first + rows; ++i) {
        Real *si = &s[std::size_t(i) * std::size_t(n)], *pi = &p[std::size_t(i) * std::size_t(n)];
        const Real *qi = &psi[std::size_t(i) * std::size_t(n)], *ti = &coupling[std::size_t(i) * std::size_t(n)];
        const Real* f = phi.data();
        const Real fi = phi[std::size_t(i)];
        Real sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int j = 0; j < n; ++j) {
          const Real g = std::tanh(beta * si[j]);
          sum += g * f[j];
          si[j] += dt * (fi * f[j] + weight * qi[j] - si[j]);
          pi[j] += dt * (ti[j] + weight * g - pi[j]);
        }
        current[std::size_t(i)] = sum;
      }
    }
    for (int i = 0; i < n; ++i) x[std::size_t(i)] += dt * (current[std::size_t(i)] - x[std::size_t(i)]);
  }
  const double seconds = now() - begin;
  double mean = 0;
  for (int i = 0; i < n; ++i) mean += std::tanh(double(beta * x[std::size_t(i)])) * bench::pattern_sign(i, 0) / n;
  return {seconds, mean};
}

}  // namespace

Result memory(const Case& what) { return what.is_double ? run<double>(what) : run<float>(what); }

}  // namespace tripartite::rivals
