#include "host/simulation/drift.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tripartite::simulation {
namespace {

struct Mean {
  double value = 0, squared_error = 0;
};

Mean mean_of(std::span<const double> values) {
  const auto count = double(values.size());
  Mean mean{std::accumulate(values.begin(), values.end(), 0.0) / count, 0};
  for (const double value : values) mean.squared_error += (value - mean.value) * (value - mean.value);
  mean.squared_error /= std::max(1.0, count - 1) * count;
  return mean;
}

}  // namespace

double drift_of(std::span<const double> values, double least) {
  if (values.size() < 2) return 0;
  const std::size_t half = values.size() / 2;
  const Mean first = mean_of(values.first(half)), second = mean_of(values.last(half));
  const double change = std::abs(second.value - first.value);
  constexpr double errors = 3;
  if (!(change > errors * std::sqrt(first.squared_error + second.squared_error))) return 0;
  const double scale = std::max({std::abs(first.value), std::abs(second.value), least});
  return scale > 0 ? change / scale : 0;
}

}  // namespace tripartite::simulation
