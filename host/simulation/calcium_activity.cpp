#include "host/simulation/calcium_activity.hpp"

#include <algorithm>
#include <cmath>

#include "host/simulation/drift.hpp"
#include "host/simulation/oscillation.hpp"

namespace tripartite::simulation {

void CalciumObservation::add(std::span<const double> calcium) {
  constexpr std::size_t least_cycles = 2;
  const Oscillation oscillation = oscillation_of(calcium, begin_, interval_);
  ++elements_;
  amplitudes_ += oscillation.amplitude;
  if (!(oscillation.amplitude >= least_)) return;
  if (oscillation.cycles() < least_cycles) {
    ++unresolved_;
    return;
  }
  ++oscillating_;
  const auto intervals = oscillation.intervals();
  for (std::size_t k = 0; k < intervals.size(); ++k)
    cycles_.push_back({oscillation.crossings[k + 1], intervals[k], oscillation.swings[k]});
}

double CalciumObservation::drift_over(const std::vector<Cycle>& cycles, double Cycle::*quantity, double least) const {
  std::vector<double> values;
  values.reserve(cycles.size());
  for (const Cycle& cycle : cycles) values.push_back(cycle.*quantity);
  return drift_of(values, least);
}

CalciumActivity CalciumObservation::summary() const {
  CalciumActivity result;
  if (elements_ == 0) return result;
  const double share = 1 / double(elements_);
  result.amplitude = share * amplitudes_;
  result.oscillating = share * double(oscillating_);
  result.unresolved = share * double(unresolved_);
  if (oscillating_ == 0) return result;
  const auto count = double(cycles_.size());
  double total = 0, squares = 0;
  for (const Cycle& cycle : cycles_) total += cycle.interval;
  const double mean = total / count;
  for (const Cycle& cycle : cycles_) squares += (cycle.interval - mean) * (cycle.interval - mean);
  result.frequency = 1 / mean;
  result.interval_deviation = std::sqrt(squares / std::max(1.0, count - 1));
  result.cycles = count / double(oscillating_);
  std::vector<Cycle> cycles = cycles_;
  std::stable_sort(cycles.begin(), cycles.end(), [](const Cycle& a, const Cycle& b) { return a.end < b.end; });
  result.drift = std::max(drift_over(cycles, &Cycle::interval, 0), drift_over(cycles, &Cycle::swing, least_));
  return result;
}

}  // namespace tripartite::simulation
