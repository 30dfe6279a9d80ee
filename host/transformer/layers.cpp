#include "host/transformer/layers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tripartite::transformer {

template <class Real>
void Linear<Real>::apply(int rows, const Real* x, Real* y) const {
  if (bias)
    for (int row = 0; row < rows; ++row) std::copy_n(bias, out, y + std::size_t(row) * out);
  linear_algebra::multiply(rows, out, in, Real(1), x, in, stored, weight, leading, bias ? Real(1) : Real(0), y, out);
}

template <class Real>
void Linear<Real>::add(int rows, const Real* x, Real* y) const {
  if (bias)
    for (int row = 0; row < rows; ++row)
      for (int i = 0; i < out; ++i) y[std::size_t(row) * out + i] += bias[i];
  linear_algebra::multiply(rows, out, in, Real(1), x, in, stored, weight, leading, Real(1), y, out);
}

template <class Real>
void Norm<Real>::apply(int rows, const Real* x, Real* y) const {
  for (int row = 0; row < rows; ++row, x += size, y += size) {
    // Two passes, summed in double: the mean may be large compared with the spread.
    double mean = 0;
    for (int i = 0; i < size; ++i) mean += x[i];
    mean /= size;
    double variance = 0;
    for (int i = 0; i < size; ++i) variance += (x[i] - mean) * (x[i] - mean);
    const double scale = 1 / std::sqrt(variance / size + epsilon);
    for (int i = 0; i < size; ++i) y[i] = Real((x[i] - mean) * scale) * weight[i] + bias[i];
  }
}

template struct Linear<float>;
template struct Linear<double>;
template struct Norm<float>;
template struct Norm<double>;

}  // namespace tripartite::transformer
