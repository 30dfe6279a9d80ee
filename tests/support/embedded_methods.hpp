#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "support/scalar_methods.hpp"

/// One step of the methods that estimate their error, typed anew: nothing here is shared with the library.
namespace tripartite::oracle {

struct Attempt {
  Values end, error;  // the latter is the difference of the two solutions
};

/// Dormand & Prince 1980: the difference of the solutions of order 5 and 4.
inline Attempt dormand_prince(const RightHandSide& f, double t, double h, const Values& y) {
  const std::vector<std::vector<double>> a{{},
                                           {1.0 / 5},
                                           {3.0 / 40, 9.0 / 40},
                                           {44.0 / 45, -56.0 / 15, 32.0 / 9},
                                           {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
                                           {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
                                           {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
  const Values fifth{35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0};
  const Values fourth{5179.0 / 57600, 0, 7571.0 / 16695, 393.0 / 640, -92097.0 / 339200, 187.0 / 2100, 1.0 / 40};
  std::vector<Values> k;
  for (const auto& row : a) {
    Values at = y;
    double c = 0;
    for (std::size_t r = 0; r < row.size(); ++r) at = sum(at, h * row[r], k[r]), c += row[r];
    k.push_back(slope(f, t + c * h, at));
  }
  Attempt attempt{y, Values(y.size())};
  for (std::size_t r = 0; r < k.size(); ++r) {
    attempt.end = sum(attempt.end, h * fifth[r], k[r]);
    attempt.error = sum(attempt.error, h * (fifth[r] - fourth[r]), k[r]);
  }
  return attempt;
}

/// x of matrix x = right, by elimination with exchange of rows.
inline Values solved(std::vector<Values> matrix, Values right) {
  const std::size_t n = right.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i)
      if (std::abs(matrix[i][k]) > std::abs(matrix[pivot][k])) pivot = i;
    std::swap(matrix[k], matrix[pivot]), std::swap(right[k], right[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = matrix[i][k] / matrix[k][k];
      for (std::size_t j = k; j < n; ++j) matrix[i][j] -= factor * matrix[k][j];
      right[i] -= factor * right[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) right[k] -= matrix[k][j] * right[j];
    right[k] /= matrix[k][k];
  }
  return right;
}

/// RODAS3 (Sandu et al. 1997) of equations that do not depend on time; the Jacobian by differences of order 4. The
/// error is the last increment.
inline Attempt rodas3(const RightHandSide& f, double h, const Values& y) {
  const std::size_t n = y.size();
  std::vector<Values> shifted(n, Values(n));
  for (std::size_t j = 0; j < n; ++j) {
    const double step = 1e-3 * std::max(std::abs(y[j]), 1e-2);
    const auto moved = [&](double by) {
      Values at = y;
      at[j] += by * step;
      return slope(f, 0, at);
    };
    const Values far = moved(2), near = moved(1), behind = moved(-1), far_behind = moved(-2);
    for (std::size_t i = 0; i < n; ++i)
      shifted[i][j] =
          (i == j ? 1 / (h * 0.5) : 0) - (8 * (near[i] - behind[i]) - (far[i] - far_behind[i])) / (12 * step);
  }
  const double a[4][3] = {{}, {0}, {2, 0}, {2, 0, 1}}, c[4][3] = {{}, {4}, {1, -1}, {1, -1, -8.0 / 3}};
  const double m[4] = {2, 0, 1, 1};
  std::vector<Values> k;
  for (std::size_t stage = 0; stage < 4; ++stage) {
    Values at = y, right(n);
    for (std::size_t r = 0; r < stage; ++r) at = sum(at, a[stage][r], k[r]), right = sum(right, c[stage][r] / h, k[r]);
    k.push_back(solved(shifted, sum(right, 1, slope(f, 0, at))));
  }
  Attempt attempt{y, k.back()};
  for (std::size_t r = 0; r < 4; ++r) attempt.end = sum(attempt.end, m[r], k[r]);
  return attempt;
}

/// The largest error of a step, in units of what is tolerated.
inline double error_ratio(const Attempt& attempt, const Values& y, double relative, double absolute) {
  double largest = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    largest = std::max(largest, std::abs(attempt.error[i]) /
                                    (absolute + relative * std::max(std::abs(y[i]), std::abs(attempt.end[i]))));
  return largest;
}

}  // namespace tripartite::oracle
