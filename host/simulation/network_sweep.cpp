#include "host/simulation/network_sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "host/io/atomic_file.hpp"
#include "host/simulation/do_all.hpp"
#include "host/simulation/network_crew.hpp"
#include "host/simulation/network_grid.hpp"
#include "host/simulation/sweep.hpp"
#include "host/simulation/sweep_window.hpp"

namespace tripartite::simulation {
namespace {

NetworkWindow window_of(const config::NetworkSweepConfig& config, double transient) {
  const SweepSamples samples = sweep_samples(config.stepping.dt, config.recording.interval, transient, config.duration);
  return {double(samples.discarded) * samples.interval, samples.interval, std::size_t(samples.observed)};
}

/// Time constants are parameters: the slowest of a grid is at a corner of it.
std::optional<TimeConstant> slowest_of(const NetworkGrid& grid, NetworkCrew& crew) {
  const std::size_t columns = grid.axes().front().values.size();
  std::optional<TimeConstant> slowest;
  for (const std::size_t point : std::set{std::size_t(0), columns - 1, grid.points() - columns, grid.points() - 1}) {
    const auto found = crew.prepare(grid.at(point * grid.seeds())).slowest;
    if (found && (!slowest || found->seconds > slowest->seconds)) slowest = found;
  }
  return slowest;
}

std::vector<StepDifference> compare(const NetworkSweepResult& result,
                                    const std::vector<std::optional<NetworkActivity>>& finer) {
  std::vector<StepDifference> all;
  for (const NetworkQuantity& quantity : network_quantities()) {
    if (quantity.member == &NetworkActivity::drift) continue;
    std::vector<double> values, finer_values;
    for (std::size_t i = 0; i < finer.size(); ++i) {
      const auto value_of = [&](const std::optional<NetworkActivity>& activity) {
        const double value = (*activity).*quantity.member;
        return std::isfinite(value) ? value : 0;
      };
      values.push_back(value_of(result.networks[i]));
      finer_values.push_back(value_of(finer[i]));
    }
    const auto is_zero = [](double value) { return value == 0; };
    if (std::all_of(values.begin(), values.end(), is_zero) &&
        std::all_of(finer_values.begin(), finer_values.end(), is_zero))
      continue;
    all.push_back(difference_over_points(
        quantity.words, quantity.unit == std::string("1/s") ? "/s" : quantity.unit, values, finer_values,
        [&](std::size_t network) { return words_of_point(result.axes, network / result.seeds); }));
  }
  return all;
}

/// When what enters the network changes for the last time [s]; 0: never.
double last_change(const config::NetworkConfig& c) {
  double last = c.cue != 0 && c.cue_end > c.cue_begin ? c.cue_end : 0;
  for (const config::GroupInput* input : {&c.excitatory_input, &c.inhibitory_input}) {
    last = std::max(last, input->times.back());
    if (input->spikes != config::SpikeInput::none) last = std::max(last, input->rate_times.back());
  }
  return last;
}

void tell_of_unused(const config::NetworkRecording& given, RunListener& listener) {
  const config::NetworkRecording standard;
  std::string unused;
  const auto add = [&](const char* key, bool is_given) {
    if (is_given) unused += fmt::format("{}recording.{}", unused.empty() ? "" : ", ", key);
  };
  add("fields", given.fields != standard.fields);
  add("neurons", !given.neurons.empty());
  add("bare_synapses", !given.bare_synapses.empty());
  if (!unused.empty()) listener.message(unused + ": not used, as a sweep leaves no recordings");
}

}  // namespace

std::size_t NetworkSweepResult::finished() const {
  return std::size_t(
      std::count_if(networks.begin(), networks.end(), [](const auto& each) { return each.has_value(); }));
}

double NetworkSweepResult::mean(std::size_t point, double NetworkActivity::*quantity) const {
  double sum = 0, count = 0;
  for (std::size_t i = point * seeds; i < (point + 1) * seeds; ++i)
    if (networks[i] && std::isfinite((*networks[i]).*quantity)) sum += (*networks[i]).*quantity, count += 1;
  return count > 0 ? sum / count : NetworkActivity::none;
}

double NetworkSweepResult::deviation(std::size_t point, double NetworkActivity::*quantity) const {
  const double centre = mean(point, quantity);
  double squares = 0, count = 0;
  for (std::size_t i = point * seeds; i < (point + 1) * seeds; ++i)
    if (networks[i] && std::isfinite((*networks[i]).*quantity))
      squares += std::pow((*networks[i]).*quantity - centre, 2), count += 1;
  return count > 1 ? std::sqrt(squares / (count - 1)) : NetworkActivity::none;
}

double NetworkSweepResult::drift(std::size_t point) const {
  double largest = NetworkActivity::none;
  for (std::size_t i = point * seeds; i < (point + 1) * seeds; ++i)
    if (networks[i]) largest = std::fmax(largest, networks[i]->drift);
  return largest;
}

void network_sweep(const config::NetworkSweepConfig& config, RunListener& listener, NetworkSweepResult& result,
                   const std::function<void()>& finished) {
  const NetworkGrid grid(config);
  grid.check();
  result.axes = grid.axes();
  result.seeds = std::size_t(config.seeds);
  result.networks.resize(grid.networks());
  tell_of_unused(config.recording, listener);
  NetworkCrew crew(config.execution, config.least_amplitude, listener);
  const auto slowest = slowest_of(grid, crew);
  listener.prepared();
  if (config.transient == 0) result.slowest = slowest;
  const Transient transient = transient_of(config.transient, slowest);
  result.window = window_of(config, transient.seconds);
  listener.message(fmt::format("of each network the first {} are discarded{}, then {} observed",
                               seconds_as_words(result.window.transient), transient.why,
                               seconds_as_words(config.duration)));
  const auto began = std::chrono::steady_clock::now();
  const auto note_time = [&] {
    result.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result.seconds["integration"] = result.wall;
    if (finished) finished();
  };
  do_all({[&] {
            crew.run("sweep", grid, result.window, false, result.networks, finished);
            if (!config.stepping.check_step) return;
            const auto finer = config.stepping.finer();
            listener.message("once more with " + how_fine(finer));
            std::vector<std::optional<NetworkActivity>> networks(grid.networks());
            crew.run("sweep, finer step", grid, result.window, true, networks, {});
            result.check = {how_fine(finer), compare(result, networks)};
          },
          note_time});
  for (const std::string& caution : cautions(config, result)) listener.message(caution);
}

std::vector<std::string> cautions(const config::NetworkSweepConfig& config, const NetworkSweepResult& result) {
  std::size_t drifting = 0, unresolved = 0, worst = 0, longest = 0;
  const auto drift_at = [&](std::size_t i) { return result.networks[i] ? result.networks[i]->drift : 0; };
  const auto unresolved_at = [&](std::size_t i) { return result.networks[i] ? result.networks[i]->unresolved : 0; };
  for (std::size_t i = 0; i < result.networks.size(); ++i) {
    drifting += drift_at(i) > largest_drift ? 1 : 0;
    unresolved += unresolved_at(i) > 0 ? 1 : 0;
    if (drift_at(i) > drift_at(worst)) worst = i;
    if (unresolved_at(i) > unresolved_at(longest)) longest = i;
  }
  const auto place = [&](std::size_t network) { return words_of_point(result.axes, network / result.seeds); };
  const std::string observed = seconds_as_words(config.duration);
  std::vector<std::string> all;
  if (drifting > 0)
    all.push_back(fmt::format(
        "{} of {} networks still drift: from the first to the second half of the observed {} a mean changes by more "
        "than {:g} %; most at {} ({:.3g} %). A longer --transient or --duration settles them",
        drifting, result.finished(), observed, 100 * largest_drift, place(worst), 100 * drift_at(worst)));
  if (unresolved > 0)
    all.push_back(
        fmt::format("in {} of {} networks calcium of some cells moves by {:g} uM or more with fewer than two complete "
                    "cycles in {}, "
                    "as at {}: a longer --duration shows whether it oscillates",
                    unresolved, result.finished(), config.least_amplitude, observed, place(longest)));
  if (const double last = last_change(config); last > 0 && last <= result.window.transient)
    all.push_back(
        fmt::format("what enters the network changes for the last time at {}, before it is observed; a shorter "
                    "--transient shows it",
                    seconds_as_words(last)));
  return all;
}

void write_network_sweep(const std::filesystem::path& path, const config::NetworkSweepConfig& config,
                         const NetworkSweepResult& result) {
  std::string text;
  for (const SweepAxis& axis : result.axes) text += axis.name + ",";
  text += "seed";
  for (const NetworkQuantity& quantity : network_quantities()) text += fmt::format(",{}", quantity.key);
  text += '\n';
  for (std::size_t i = 0; i < result.networks.size(); ++i) {
    if (!result.networks[i]) continue;
    for (std::size_t a = 0; a < result.axes.size(); ++a)
      text += fmt::format("{:.9g},", value_at(result.axes, a, i / result.seeds));
    text += fmt::format("{}", config.seed + std::int64_t(i % result.seeds));
    for (const NetworkQuantity& quantity : network_quantities()) {
      const double value = (*result.networks[i]).*quantity.member;
      text += std::isfinite(value) ? fmt::format(",{:.9g}", value) : ",";
    }
    text += '\n';
  }
  io::write_file(path, text);
}

}  // namespace tripartite::simulation
