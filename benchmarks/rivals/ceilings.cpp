#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "benchmarks/rivals/rival.hpp"

extern "C" void openblas_set_num_threads(int) __attribute__((weak));

namespace tripartite::rivals {
namespace {

#if defined(__AVX512F__)
constexpr int register_bytes = 64;
#elif defined(__AVX__)
constexpr int register_bytes = 32;
#else
constexpr int register_bytes = 16;
#endif

/// The least time of some tries.
template <class Work>
double best_of(int tries, const Work& work) {
  double best = 1e300;
  for (int i = 0; i < tries; ++i) {
    const double begin = now();
    work();
    best = std::min(best, now() - begin);
  }
  return best;
}

template <class Real>
double multiply_add(int threads) {
  typedef Real Wide __attribute__((vector_size(register_bytes)));
  constexpr int chains = 12;  // more than latency times throughput of any processor so far
  constexpr long rounds = 20'000'000;
  Real sink = 0;
  const double seconds = best_of(3, [&] {
#pragma omp parallel num_threads(threads) reduction(+ : sink)
    {
      const Wide factor = Wide{} + Real(0.999), add = Wide{} + Real(0.001);
      Wide a = add, b = add, c = add, d = add, e = add, f = add, g = add, h = add, i = add, j = add, k = add, l = add;
      for (long r = 0; r < rounds; ++r) {
        a = a * factor + add, b = b * factor + add, c = c * factor + add, d = d * factor + add;
        e = e * factor + add, f = f * factor + add, g = g * factor + add, h = h * factor + add;
        i = i * factor + add, j = j * factor + add, k = k * factor + add, l = l * factor + add;
        asm volatile("" : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e), "+x"(f));  // keeps every round
        asm volatile("" : "+x"(g), "+x"(h), "+x"(i), "+x"(j), "+x"(k), "+x"(l));
      }
      const Wide all = a + b + c + d + e + f + g + h + i + j + k + l;
      sink += all[0];
    }
  });
  const double lanes = double(register_bytes) / double(sizeof(Real));
  return sink > 0 ? 2 * lanes * chains * double(rounds) * threads / seconds : 0;
}

}  // namespace

double peak_multiply_add(int threads, bool is_double) {
  return is_double ? multiply_add<double>(threads) : multiply_add<float>(threads);
}

double peak_product(int threads) {
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(threads);
  constexpr int n = 1024;
  std::vector<float> a(n * n, 0.5F), b(n * n, 0.25F), c(n * n);
  const double seconds = best_of(6, [&] {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0, c.data(), n);
  });
  return 2.0 * n * n * n / seconds;
}

double peak_bandwidth(int threads) {
  constexpr std::size_t n = std::size_t(1) << 25;
  const auto a = std::make_unique<double[]>(n), b = std::make_unique<double[]>(n), c = std::make_unique<double[]>(n);
#pragma omp parallel for schedule(static) num_threads(threads)
  for (std::size_t i = 0; i < n; ++i) b[i] = 1, c[i] = 2;
  const double seconds = best_of(4, [&] {
#pragma omp parallel for simd schedule(static) num_threads(threads)
    for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + 3 * c[i];
  });
  return 24.0 * double(n) / seconds;
}

}  // namespace tripartite::rivals
