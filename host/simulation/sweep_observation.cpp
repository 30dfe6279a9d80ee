#include "host/simulation/sweep_observation.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "host/simulation/drift.hpp"

namespace tripartite::simulation {
namespace {

std::vector<double> values_of(const PopulationSetup& population, std::string_view parameter) {
  const int place = parameter_place(population.model->description, parameter);
  for (const Varied& varied : population.varied)
    if (varied.parameter == place) return varied.values;
  return std::vector<double>(population.size, population.parameters[std::size_t(place)]);
}

}  // namespace

SweepObservation::SweepObservation(const PopulationSetup& population, double least)
    : synapses_(population.size),
      calcium_(population.model->description.states[std::size_t(population.model->description.watched)].name),
      resting_(values_of(population, "U_0_star")),
      potentiated_(values_of(population, "alpha")),
      least_(least) {}

double SweepObservation::bytes(double synapses, double samples) {
  return synapses * (samples * sizeof(float) + (stretches * 3 + 8) * sizeof(double));
}

void SweepObservation::begin(double time, double interval, std::int64_t samples) {
  begin_ = time;
  interval_ = interval;
  expected_ = std::size_t(samples);
  samples_.reserve(expected_);
}

SweepObservation::Stretch& SweepObservation::current() {
  const std::size_t number = std::min(stretches - 1, samples_.size() * stretches / std::max<std::size_t>(1, expected_));
  while (stretches_.size() <= number)
    stretches_.push_back(
        {std::vector<double>(synapses_), std::vector<double>(synapses_), std::vector<double>(synapses_), 0});
  return stretches_[number];
}

void SweepObservation::look(const Network& network) {
  const auto values = [&](std::string_view state) {
    std::vector<double> all(synapses_);
    network.read(network.field("synapses", state), 0, std::span(all));
    return all;
  };
  const auto calcium = values(calcium_), u = values("u"), x = values("x"), bound = values("Gamma_S");
  Stretch& stretch = current();
  for (std::size_t i = 0; i < synapses_; ++i) {
    const double resting = (1 - bound[i]) * resting_[i] + potentiated_[i] * bound[i];
    stretch.probability[i] += (u[i] + resting * (1 - u[i])) * x[i];
    stretch.calcium[i] += calcium[i];
  }
  stretch.samples += 1;
  samples_.emplace_back(calcium.begin(), calcium.end());
}

void SweepObservation::count(const std::vector<Event>& releases) {
  Stretch& stretch = current();
  for (const Event& release : releases) stretch.releases[release.index] += 1;
}

double SweepObservation::largest_drift(std::size_t first, std::size_t members) const {
  const auto drift = [&](std::vector<double> Stretch::*sums, double least) {
    std::vector<double> means;
    for (const Stretch& stretch : stretches_) {
      const auto begin = (stretch.*sums).begin() + std::ptrdiff_t(first);
      means.push_back(std::accumulate(begin, begin + std::ptrdiff_t(members), 0.0) /
                      std::max(1.0, stretch.samples * double(members)));
    }
    return drift_of(means, least);
  };
  return std::max({drift(&Stretch::calcium, least_), drift(&Stretch::probability, least_probability),
                   drift(&Stretch::releases, 0)});
}

PointActivity SweepObservation::point(std::size_t first, std::size_t members) const {
  PointActivity result;
  const double share = 1 / double(members);
  std::vector<double> calcium(samples_.size());
  CalciumObservation observation(begin_, interval_, least_);
  for (std::size_t i = first; i < first + members; ++i) {
    for (std::size_t k = 0; k < samples_.size(); ++k) calcium[k] = samples_[k][i];
    observation.add(calcium);
    for (const Stretch& stretch : stretches_) {
      result.release += share * stretch.releases[i] / (double(samples_.size()) * interval_);
      result.probability += share * stretch.probability[i] / double(samples_.size());
    }
  }
  static_cast<CalciumActivity&>(result) = observation.summary();
  result.drift = std::max(result.drift, beyond_a_cycle(largest_drift(first, members), result.cycles));
  return result;
}

std::vector<PointActivity> SweepObservation::summary(std::size_t members) const {
  std::vector<PointActivity> points;
  for (std::size_t first = 0; first + members <= synapses_; first += members) points.push_back(point(first, members));
  return points;
}

}  // namespace tripartite::simulation
