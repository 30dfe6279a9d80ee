#include "tripartite/network/spikes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tripartite/error.hpp"

namespace tripartite {

namespace {
constexpr std::int64_t bin_steps = 256;  // draws restart here, so that any stretch of time can be drawn by itself
constexpr std::uint64_t draws_per_bin = 1 << 20;
}  // namespace

PoissonSpikes::PoissonSpikes(Schedule rate, double dt, std::uint64_t seed, std::uint64_t trains,
                             std::vector<double> factor, std::vector<double> weights)
    : rate_(std::move(rate)),
      dt_(dt),
      philox_{seed},
      trains_(trains),
      factor_(std::move(factor)),
      weights_(weights.begin(), weights.end()) {
  if (weights_.empty()) throw ConfigError("Poisson spikes: expected at least one weight");
  if (trains_ != 0 && !factor_.empty())
    throw ConfigError("Poisson spikes: a rate of its own for each element needs a train of its own for each element");
}

void PoissonSpikes::collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
                            std::vector<Arrival>& arrivals) const {
  const std::int64_t end = begin + steps;
  for (std::uint64_t element = first; element < last; ++element) {
    const std::uint64_t train = trains_ == 0 ? element : element % trains_;
    const double factor = factor_.empty() ? 1.0 : factor_[std::min<std::size_t>(element, factor_.size() - 1)];
    for (std::int64_t bin = begin / bin_steps; bin * bin_steps < end; ++bin) {
      const double highest = factor * rate_.bound(bin * bin_steps, (bin + 1) * bin_steps);
      if (!(highest > 0)) continue;
      // Gaps of the highest rate; a candidate stays with the probability rate / highest (thinning).
      double at = 0;  // steps since the bin began
      for (std::uint64_t draw = 0; draw < draws_per_bin; ++draw) {
        const auto words = philox_.words(std::uint64_t(bin) * draws_per_bin + draw, train);
        at -= std::log(random::open_unit(words[0], words[1])) / (highest * dt_);
        if (at >= double(bin_steps)) break;
        const std::int64_t step = bin * bin_steps + std::int64_t(at);
        const double time = (double(bin * bin_steps) + at) * dt_;
        if (step < begin || step >= end) continue;
        if (random::open_unit(words[2], words[3]) * highest < factor * rate_.at(step)(time))
          arrivals.push_back({element, std::int32_t(step - begin), weights_[element % weights_.size()]});
      }
    }
  }
}

SpikeTrains::SpikeTrains(const std::vector<Spike>& spikes, std::uint64_t trains, double dt)
    : trains_(std::max<std::uint64_t>(trains, 1)), dt_(dt) {
  for (const Spike& spike : spikes) {
    const double end = std::round(spike.time / dt);
    if (spike.train >= trains_.size())
      throw ConfigError(fmt::format("spike of train {}: expected a train below {}", spike.train, trains_.size()));
    if (!(end >= 1 && end < 1e15))
      throw ConfigError(fmt::format(
          "spike of train {} at {} s: spikes act at ends of steps of {} s; expected a time nearer to one of "
          "them than to 0, or smaller steps (solver.dt)",
          spike.train, spike.time, dt));
    trains_[spike.train].push_back({std::int64_t(end) - 1, float(spike.weight)});
  }
  for (auto& train : trains_)
    std::stable_sort(train.begin(), train.end(), [](const Placed& a, const Placed& b) { return a.step < b.step; });
}

void SpikeTrains::collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
                          std::vector<Arrival>& arrivals) const {
  for (std::uint64_t element = first; element < last; ++element) {
    const auto& train = trains_[element % trains_.size()];
    auto at = std::lower_bound(train.begin(), train.end(), begin,
                               [](const Placed& placed, std::int64_t step) { return placed.step < step; });
    for (; at != train.end() && at->step < begin + steps; ++at)
      arrivals.push_back({element, std::int32_t(at->step - begin), at->weight});
  }
}

}  // namespace tripartite
