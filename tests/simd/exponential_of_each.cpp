// Compiled once per instruction set.
#include "host/simd/exponential.hpp"

namespace tripartite::simd::TRIPARTITE_ISA {
namespace {

template <class Real>
void each(const Real* x, Real* result, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes<Real>) store(result + i, exp(load(x + i)));
}

}  // namespace

void exponential_of_each(const float* x, float* result, std::size_t count) { each(x, result, count); }
void exponential_of_each(const double* x, double* result, std::size_t count) { each(x, result, count); }

}  // namespace tripartite::simd::TRIPARTITE_ISA
