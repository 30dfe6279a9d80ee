#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace tripartite {

/// Independent normal numbers with mean 0, determined by the seed. All are distinct, so a wrong index cannot cancel
/// out.
template <class Real = double>
std::vector<Real> normal_numbers(std::size_t size, unsigned seed, double deviation = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> draw(0, deviation);
  std::vector<Real> numbers(size);
  for (Real& number : numbers) number = Real(draw(random));
  return numbers;
}

/// Converts numbers to another precision.
template <class To, class From>
std::vector<To> converted(const std::vector<From>& values) {
  return {values.begin(), values.end()};
}

/// Slope of the least-squares line through (x, y).
inline double slope(const std::vector<double>& x, const std::vector<double>& y) {
  double mean_x = 0, mean_y = 0, covariance = 0, variance = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mean_x += x[i] / double(x.size()), mean_y += y[i] / double(y.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    covariance += (x[i] - mean_x) * (y[i] - mean_y);
    variance += (x[i] - mean_x) * (x[i] - mean_x);
  }
  return covariance / variance;
}

}  // namespace tripartite
