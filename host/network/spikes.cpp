#include "tripartite/network/spikes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "host/network/poisson_round.hpp"
#include "tripartite/error.hpp"

namespace tripartite {
namespace network {
namespace {
int draw_gaps(InstructionSet set, PoissonRound& round) { return TRIPARTITE_CALL_FOR(set, draw_gaps(round)); }
}  // namespace
}  // namespace network

namespace {
constexpr std::int64_t bin_steps = SpikeSource::stretch_steps;  // draws restart here: any one can be drawn by itself
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

double PoissonSpikes::factor_of(std::uint64_t element) const {
  return factor_.empty() ? 1.0 : factor_[std::min<std::size_t>(element, factor_.size() - 1)];
}

/// Elements [first, first + count), at most `together`, and what was drawn for them.
struct PoissonSpikes::Draws {
  static constexpr std::size_t together = 512;
  struct Spike {
    std::uint32_t element;  // from `first` on
    std::int64_t step;      // of the run
  };
  std::uint64_t first = 0;
  std::size_t count = 0;
  std::vector<Spike> spikes;  // those of an element in the order of steps
  InstructionSet instruction_set = best_instruction_set();
  // Of draw_gaps: this round and the next one.
  alignas(64) std::array<std::uint64_t, together> stream{};
  alignas(64) std::array<double, together> gap{};
  alignas(64) std::array<std::uint16_t, together> train[2] = {};
  alignas(64) std::array<double, together> at[2] = {};
};

void PoissonSpikes::collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
                            std::vector<Arrival>& arrivals) const {
  const std::int64_t end = begin + steps;
  Draws draws;
  for (; first < last; first += Draws::together) {
    draws.first = first;
    draws.count = std::size_t(std::min<std::uint64_t>(last - first, Draws::together));
    draws.spikes.clear();
    for (std::int64_t bin = begin / bin_steps; bin * bin_steps < end; ++bin) {
      const std::size_t before = draws.spikes.size();
      const bool is_constant =
          rate_.at(bin * bin_steps).amplitude == 0 && rate_.next_change(bin * bin_steps) >= (bin + 1) * bin_steps;
      if (is_constant && draw_together(bin, draws)) {
        if (bin * bin_steps < begin || (bin + 1) * bin_steps > end)
          std::erase_if(draws.spikes, [&](const auto& spike) { return spike.step < begin || spike.step >= end; });
        continue;
      }
      draws.spikes.resize(before);
      for (std::size_t i = 0; i < draws.count; ++i) draw_alone(bin, begin, end, std::uint32_t(i), draws);
    }
    // By element: a counting sort, which keeps the order of steps.
    std::array<std::size_t, Draws::together + 1> next{};
    for (const auto& spike : draws.spikes) ++next[spike.element + 1];
    for (std::size_t i = 0; i < draws.count; ++i) next[i + 1] += next[i];
    const std::size_t known = arrivals.size();
    arrivals.resize(known + draws.spikes.size());
    for (const auto& spike : draws.spikes) {
      const std::uint64_t element = first + spike.element;
      arrivals[known + next[spike.element]++] = {element, std::int32_t(spike.step - begin),
                                                 weights_[element % weights_.size()]};
    }
  }
}

/// Many elements at once, in a bin whose rate is constant: then no candidate is thinned out. False if a spike is so
/// near to the end of a step that the scalar code has to say in which step it is.
bool PoissonSpikes::draw_together(std::int64_t bin, Draws& draws) const {
  const double rate = rate_.bound(bin * bin_steps, (bin + 1) * bin_steps);
  int count = 0;
  for (std::size_t i = 0; i < draws.count; ++i) {
    const double highest = factor_of(draws.first + i) * rate;
    if (!(highest > 0)) continue;
    draws.stream[i] = stream_of(draws.first + i);
    draws.gap[i] = 1 / (highest * dt_);
    draws.train[0][std::size_t(count++)] = std::uint16_t(i);
  }
  draws.at[0].fill(0);
  network::PoissonRound round{};
  round.seed = philox_.seed;
  round.bin_steps = bin_steps;
  round.stream = draws.stream.data();
  round.gap = draws.gap.data();
  for (int number = 0; count > 0; ++number) {
    if (number == network::PoissonRound::most_rounds) return false;
    const int now = number % 2, next = 1 - now;
    round.index = std::uint64_t(bin) * draws_per_bin + std::uint64_t(number);
    round.count = count;
    round.train = draws.train[now].data();
    round.at = draws.at[now].data();
    round.next_train = draws.train[next].data();
    round.next_at = draws.at[next].data();
    count = network::draw_gaps(draws.instruction_set, round);
    if (round.is_doubtful) return false;
    for (int k = 0; k < count; ++k)
      draws.spikes.push_back({round.next_train[k], bin * bin_steps + std::int64_t(round.next_at[k])});
  }
  return true;
}

/// One element, at any course of the rate.
void PoissonSpikes::draw_alone(std::int64_t bin, std::int64_t begin, std::int64_t end, std::uint32_t element,
                               Draws& draws) const {
  const double factor = factor_of(draws.first + element);
  const double highest = factor * rate_.bound(bin * bin_steps, (bin + 1) * bin_steps);
  if (!(highest > 0)) return;
  // Gaps of the highest rate; a candidate stays with the probability rate / highest (thinning).
  double at = 0;  // steps since the bin began
  for (std::uint64_t draw = 0; draw < draws_per_bin; ++draw) {
    const auto words = philox_.words(std::uint64_t(bin) * draws_per_bin + draw, stream_of(draws.first + element));
    at -= std::log(random::open_unit(words[0], words[1])) / (highest * dt_);
    if (at >= double(bin_steps)) break;
    const std::int64_t step = bin * bin_steps + std::int64_t(at);
    const double time = (double(bin * bin_steps) + at) * dt_;
    if (step < begin || step >= end) continue;
    if (random::open_unit(words[2], words[3]) * highest < factor * rate_.at(step)(time))
      draws.spikes.push_back({element, step});
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
