#include "host/report/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tripartite::report {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> finite(std::span<const double> values) {
  std::vector<double> kept;
  std::copy_if(values.begin(), values.end(), std::back_inserter(kept),
               [](double value) { return std::isfinite(value); });
  return kept;
}

double quantile(std::span<const double> sorted, double fraction) {
  const double place = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Quartiles quartiles(std::span<const double> values) {
  std::vector<double> sorted = finite(values);
  if (sorted.empty()) return {nan, nan, nan};
  std::sort(sorted.begin(), sorted.end());
  return {quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)};
}

double largest(std::span<const double> values) {
  const std::vector<double> kept = finite(values);
  return kept.empty() ? nan : *std::max_element(kept.begin(), kept.end());
}

std::vector<Quartiles> row_quartiles(std::span<const double> values, std::size_t columns) {
  std::vector<Quartiles> rows;
  for (std::size_t first = 0; columns > 0 && first + columns <= values.size(); first += columns)
    rows.push_back(quartiles(values.subspan(first, columns)));
  return rows;
}

}  // namespace tripartite::report
