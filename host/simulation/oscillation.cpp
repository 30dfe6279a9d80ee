#include "host/simulation/oscillation.hpp"

#include <algorithm>

namespace tripartite::simulation {

std::vector<double> Oscillation::intervals() const {
  std::vector<double> all;
  for (std::size_t k = 1; k < crossings.size(); ++k) all.push_back(crossings[k] - crossings[k - 1]);
  return all;
}

Oscillation oscillation_of(std::span<const double> values, double begin, double interval) {
  Oscillation result;
  if (values.empty()) return result;
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  result.amplitude = *highest - *lowest;
  if (!(result.amplitude > 0)) return result;
  const double middle = (*lowest + *highest) / 2, armed_below = middle - result.amplitude / 10;
  bool is_armed = values.front() <= armed_below;
  double low = middle, high = middle;  // since the last crossing
  for (std::size_t k = 1; k < values.size(); ++k) {
    const double before = values[k - 1], after = values[k];
    if (is_armed && before <= middle && after > middle) {
      if (!result.crossings.empty()) result.swings.push_back(high - low);
      const double part = (middle - before) / (after - before);
      result.crossings.push_back(begin + interval * (double(k - 1) + part));
      low = high = middle;
      is_armed = false;
    }
    low = std::min(low, after);
    high = std::max(high, after);
    is_armed = is_armed || after <= armed_below;
  }
  return result;
}

}  // namespace tripartite::simulation
