#include "tripartite/synapse/spike_sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "tripartite/error.hpp"

namespace tripartite::synapse {

double Signal::operator()(double t) const {
  return mean + (amplitude == 0 ? 0 : amplitude * std::sin(2 * std::numbers::pi * frequency * t + phase));
}

Schedule::Schedule(std::vector<std::pair<std::int64_t, Signal>> pieces) : pieces_(std::move(pieces)) {
  bool is_ordered = !pieces_.empty() && pieces_.front().first == 0;
  for (std::size_t i = 1; i < pieces_.size(); ++i) is_ordered &= pieces_[i - 1].first < pieces_[i].first;
  if (!is_ordered) throw ConfigError("schedule: the first piece must begin at step 0, each other one after the last");
}

const Signal& Schedule::at(std::int64_t step) const {
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), step,
                                      [](std::int64_t value, const auto& piece) { return value < piece.first; });
  return after == pieces_.begin() ? pieces_.front().second : std::prev(after)->second;
}

std::int64_t Schedule::next_change(std::int64_t step) const {
  for (const auto& [begin, signal] : pieces_)
    if (begin > step) return begin;
  return std::numeric_limits<std::int64_t>::max();
}

double Schedule::bound(std::int64_t begin, std::int64_t end) const {
  double largest = 0;
  for (std::int64_t step = begin; step < end; step = next_change(step)) {
    const Signal& signal = at(step);
    largest = std::max(largest, signal.mean + std::abs(signal.amplitude));
  }
  return largest;
}

namespace {
constexpr std::int64_t bin_steps = 256;  // draws restart here, so that any stretch of time can be drawn by itself
constexpr std::uint64_t draws_per_bin = 1 << 20;
}  // namespace

PoissonSpikes::PoissonSpikes(Schedule rate, double dt, std::uint64_t seed, std::uint64_t trains,
                             std::vector<double> factor)
    : rate_(std::move(rate)), dt_(dt), philox_{seed}, trains_(trains), factor_(std::move(factor)) {
  if (trains_ != 0 && !factor_.empty())
    throw ConfigError("Poisson spikes: a rate of its own for each synapse needs a train of its own for each synapse");
}

void PoissonSpikes::collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
                            std::vector<Arrival>& arrivals) const {
  const std::int64_t end = begin + steps;
  for (std::uint64_t synapse = first; synapse < last; ++synapse) {
    const std::uint64_t train = trains_ == 0 ? synapse : synapse % trains_;
    const double factor = factor_.empty() ? 1.0 : factor_[std::min<std::size_t>(synapse, factor_.size() - 1)];
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
          arrivals.push_back({synapse, std::int32_t(step - begin)});
      }
    }
  }
}

SpikeTrains::SpikeTrains(const std::vector<Spike>& spikes, std::uint64_t trains, double dt)
    : steps_(std::max<std::uint64_t>(trains, 1)) {
  for (const Spike& spike : spikes) {
    const double end = std::round(spike.time / dt);
    if (spike.train >= steps_.size())
      throw ConfigError(fmt::format("spike of train {}: expected a train below {}", spike.train, steps_.size()));
    if (!(end >= 1 && end < 1e15))
      throw ConfigError(fmt::format(
          "spike of train {} at {} s: spikes act at ends of steps of {} s; expected a time nearer to one of "
          "them than to 0, or smaller steps (solver.dt)",
          spike.train, spike.time, dt));
    steps_[spike.train].push_back(std::int64_t(end) - 1);
  }
  for (auto& train : steps_) std::sort(train.begin(), train.end());
}

void SpikeTrains::collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
                          std::vector<Arrival>& arrivals) const {
  for (std::uint64_t synapse = first; synapse < last; ++synapse) {
    const auto& train = steps_[synapse % steps_.size()];
    for (auto at = std::lower_bound(train.begin(), train.end(), begin); at != train.end() && *at < begin + steps; ++at)
      arrivals.push_back({synapse, std::int32_t(*at - begin)});
  }
}

}  // namespace tripartite::synapse
