#include "host/simulation/network_inputs.hpp"

#include <cmath>

#include "host/config/selection.hpp"
#include "host/simulation/population_setup.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::simulation {
namespace {

constexpr std::uint64_t seed_stream = 0x6001'0000'0000;

/// A seed of its own for every group, or all would draw the same trains.
std::uint64_t seed_of(std::int64_t seed, std::uint64_t group) {
  const auto words = random::Philox{static_cast<std::uint64_t>(seed)}.words(group, seed_stream);
  return std::uint64_t(words[0]) << 32 | words[1];
}

Schedule schedule_of(const std::vector<double>& values, const std::vector<double>& times, double dt) {
  std::vector<std::pair<std::int64_t, Signal>> pieces;
  for (std::size_t i = 0; i < times.size(); ++i) pieces.push_back({std::llround(times[i] / dt), {values[i], 0, 0, 0}});
  return Schedule(std::move(pieces));
}

}  // namespace

GroupInputs::GroupInputs(const config::NetworkConfig& config, const config::GroupInput& input, std::string name,
                         std::uint64_t group, std::uint64_t first, std::uint64_t count)
    : input_(input),
      name_(std::move(name)),
      dt_(config.stepping.dt),
      duration_(config.duration),
      seed_(seed_of(config.seed, group)),
      neurons_(config::select_elements(input.neurons, count).elements),
      current_(schedule_of(input.values, input.times, dt_)),
      rate_(schedule_of(input.rates, input.rate_times, dt_)) {
  for (std::uint64_t& neuron : neurons_) neuron += first;
}

/// One where the integral of the rate is a whole number.
std::vector<SpikeTrains::Spike> GroupInputs::regular_spikes() const {
  std::vector<SpikeTrains::Spike> spikes;
  double passed = 0;  // the integral up to the beginning of a piece
  for (std::size_t i = 0; i < input_.rates.size(); ++i) {
    const double rate = input_.rates[i], begin = input_.rate_times[i];
    const double end = i + 1 < input_.rates.size() ? std::min(input_.rate_times[i + 1], duration_) : duration_;
    if (!(end > begin)) break;
    const double whole = passed + rate * (end - begin);
    const auto first = std::int64_t(std::floor(passed)) + 1, last = std::int64_t(std::floor(whole));
    for (std::int64_t k = first; k <= last; ++k) spikes.push_back({begin + (double(k) - passed) / rate, 0});
    passed = whole;
  }
  return spikes;
}

std::shared_ptr<const SpikeSource> GroupInputs::source() const {
  switch (input_.spikes) {
    case config::SpikeInput::none: break;
    case config::SpikeInput::poisson:
      return std::make_shared<PoissonSpikes>(rate_, dt_, seed_, static_cast<std::uint64_t>(input_.trains),
                                             std::vector<double>());
    case config::SpikeInput::regular: return std::make_shared<SpikeTrains>(regular_spikes(), 1, dt_);
    case config::SpikeInput::file: return spikes_of_file(input_.file, input_.population, dt_);
  }
  return nullptr;
}

void GroupInputs::add_spikes(NetworkSetup& setup, std::size_t neurons) {
  auto spikes = source();
  if (spikes == nullptr || neurons_.empty()) return;
  filters_ = setup.add(model<SpikeFilter>(), neurons_.size(), population());
  setup[*filters_].parameters = input_.filter;
  setup[*filters_].spikes = std::move(spikes);
  setup.sum(*filters_, "s", neurons, "drive", std::vector<Index>(neurons_.begin(), neurons_.end()),
            std::vector<double>(neurons_.size(), input_.weight));
}

void GroupInputs::add_current(std::int64_t step, std::vector<double>& drive) const {
  const double current = current_.at(step).mean;
  for (const std::uint64_t neuron : neurons_) drive[neuron] += current;
}

}  // namespace tripartite::simulation
