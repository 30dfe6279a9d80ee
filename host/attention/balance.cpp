#include "host/attention/balance.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite::attention {
namespace {

using Matrix = std::vector<double>;

Matrix multiply(const Matrix& left, const Matrix& right, int n) {
  Matrix result(left.size(), 0.0);
  for (int r = 0; r < n; ++r)
    for (int k = 0; k < n; ++k)
      for (int c = 0; c < n; ++c) result[r * n + c] += left[r * n + k] * right[k * n + c];
  return result;
}

/// f of a symmetric positive matrix through its eigenvalues, by cyclic Jacobi rotations: small, robust, and exact to
/// rounding.
template <class Function>
Matrix spectral(Matrix a, int n, Function f) {
  Matrix vectors(a.size(), 0.0);
  for (int i = 0; i < n; ++i) vectors[i * n + i] = 1;
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off = 0, diagonal = 0;
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) (i == j ? diagonal : off) += a[i * n + j] * a[i * n + j];
    if (off <= 1e-30 * diagonal) break;
    for (int p = 0; p < n; ++p)
      for (int q = p + 1; q < n; ++q) {
        if (a[p * n + q] == 0) continue;
        const double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double cosine = 1 / std::sqrt(t * t + 1), sine = t * cosine;
        for (int k = 0; k < n; ++k) {
          const double left = a[k * n + p], right = a[k * n + q];
          a[k * n + p] = cosine * left - sine * right;
          a[k * n + q] = sine * left + cosine * right;
        }
        for (int k = 0; k < n; ++k) {
          const double upper = a[p * n + k], lower = a[q * n + k];
          a[p * n + k] = cosine * upper - sine * lower;
          a[q * n + k] = sine * upper + cosine * lower;
          const double left = vectors[k * n + p], right = vectors[k * n + q];
          vectors[k * n + p] = cosine * left - sine * right;
          vectors[k * n + q] = sine * left + cosine * right;
        }
      }
  }
  Matrix result(a.size(), 0.0);
  for (int e = 0; e < n; ++e) {
    const double value = f(std::max(a[e * n + e], 0.0));
    for (int r = 0; r < n; ++r)
      for (int c = 0; c < n; ++c) result[r * n + c] += value * vectors[r * n + e] * vectors[c * n + e];
  }
  return result;
}

struct Moments {
  std::vector<double> mean;
  Matrix covariance;
};

Moments moments(std::span<const double> rows, int tokens, int width, double scale) {
  Moments result{std::vector<double>(width, 0.0), Matrix(std::size_t(width) * width, 0.0)};
  for (int t = 0; t < tokens; ++t)
    for (int i = 0; i < width; ++i) result.mean[i] += scale * rows[t * width + i] / tokens;
  for (int t = 0; t < tokens; ++t)
    for (int i = 0; i < width; ++i)
      for (int j = 0; j < width; ++j)
        result.covariance[i * width + j] +=
            (scale * rows[t * width + i] - result.mean[i]) * (scale * rows[t * width + j] - result.mean[j]) / tokens;
  double trace = 0;
  for (int i = 0; i < width; ++i) trace += result.covariance[i * width + i];
  // Fewer tokens than dimensions leave directions without variance; a constant head has none at all.
  const double ridge = std::max(1e-3 * trace / width, 1e-12);
  for (int i = 0; i < width; ++i) result.covariance[i * width + i] += ridge;
  return result;
}

}  // namespace

Balance balance_queries_and_keys(std::span<const double> query, std::span<const double> key, int tokens, int width,
                                 double scale) {
  const Moments q = moments(query, tokens, width, scale);
  const Moments k = moments(key, tokens, width, scale);
  const auto root = [](double x) { return std::sqrt(x); };
  const auto inverse_root = [](double x) { return 1 / std::sqrt(std::max(x, 1e-300)); };
  const Matrix key_root = spectral(k.covariance, width, root);
  const Matrix middle =
      spectral(multiply(multiply(key_root, q.covariance, width), key_root, width), width, inverse_root);
  const Matrix s = multiply(multiply(key_root, middle, width), key_root, width);
  return {spectral(s, width, root), spectral(s, width, inverse_root), q.mean, k.mean};
}

}  // namespace tripartite::attention
