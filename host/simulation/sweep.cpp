#include "host/simulation/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>

#include "host/backend/require_memory.hpp"
#include "host/io/atomic_file.hpp"
#include "host/io/parse_number.hpp"
#include "host/simulation/population_setup.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

constexpr double sample_interval = 0.1;         // [s] between looks at calcium
constexpr double oscillation_amplitude = 0.05;  // [uM] below which calcium is at rest

/// Calcium and release of all synapses over the second half of a run.
class Observation {
 public:
  /// `watched`: the field of calcium.
  Observation(std::size_t synapses, std::size_t watched)
      : synapses_(synapses), watched_(watched), releases_(synapses), probability_(synapses) {}

  void look(const Network& network, const std::vector<double>& resting_star, const std::vector<double>& alpha) {
    const auto values = [&](const char* state) {
      std::vector<double> all(synapses_);
      network.read(network.field("synapses", state), 0, std::span(all));
      return all;
    };
    const auto& model_states = network.fields();
    const auto calcium = values(model_states.at(watched_).name.c_str());
    const auto u = values("u"), x = values("x"), bound = values("Gamma_S");
    samples_.emplace_back(calcium.begin(), calcium.end());
    for (std::size_t i = 0; i < synapses_; ++i) {
      const double resting = (1 - bound[i]) * resting_star[i] + alpha[i] * bound[i];
      probability_[i] += (u[i] + resting * (1 - u[i])) * x[i];
    }
  }
  void count(const std::vector<Event>& releases) {
    for (const Event& release : releases) releases_[release.index] += 1;
  }

  /// Means over groups of `members` neighbouring synapses.
  void summarise(std::size_t members, double duration, SweepResult& result) const {
    const std::size_t points = synapses_ / members;
    for (auto* values :
         {&result.frequency, &result.amplitude, &result.release, &result.probability, &result.oscillating})
      values->assign(points, 0);
    for (std::size_t i = 0; i < synapses_; ++i) {
      const std::size_t point = i / members;
      const auto [amplitude, cycles] = oscillation(i);
      const bool oscillates = amplitude > oscillation_amplitude && cycles >= 2;
      const double share = 1 / double(members);
      result.frequency[point] += share * (oscillates ? cycles / duration : 0);
      result.amplitude[point] += share * amplitude;
      result.release[point] += share * releases_[i] / duration;
      result.probability[point] += share * probability_[i] / double(std::max<std::size_t>(1, samples_.size()));
      result.oscillating[point] += share * (oscillates ? 1 : 0);
    }
  }

 private:
  /// Largest minus smallest calcium, and how often it crosses the middle upwards.
  std::pair<double, int> oscillation(std::size_t synapse) const {
    float lowest = samples_.front()[synapse], highest = lowest;
    for (const auto& sample : samples_) {
      lowest = std::min(lowest, sample[synapse]);
      highest = std::max(highest, sample[synapse]);
    }
    const float middle = (lowest + highest) / 2;
    int cycles = 0;
    for (std::size_t k = 1; k < samples_.size(); ++k)
      cycles += samples_[k - 1][synapse] <= middle && samples_[k][synapse] > middle ? 1 : 0;
    return {double(highest) - double(lowest), cycles};
  }

  std::size_t synapses_, watched_;
  std::vector<std::vector<float>> samples_;
  std::vector<double> releases_, probability_;
};

/// The value of each synapse on one axis: the last axis moves slowest, the members of a point are neighbours.
std::vector<double> along(const std::vector<SweepAxis>& axes, std::size_t axis, std::size_t members) {
  const std::size_t columns = axes[0].values.size(), rows = axes.size() > 1 ? axes[1].values.size() : 1;
  std::vector<double> values;
  values.reserve(columns * rows * members);
  for (std::size_t y = 0; y < rows; ++y)
    for (std::size_t x = 0; x < columns; ++x)
      values.insert(values.end(), members, axes[axis].values[axis == 0 ? x : y]);
  return values;
}

void run(const config::SynapseConfig& config, NetworkSetup setup, std::vector<double> factor, RunListener& listener,
         SweepResult& result) {
  const ModelDescription& model = setup[0].model->description;
  const auto all_values = [&](std::string_view name) {
    const int place = parameter_place(model, name);
    for (const Varied& varied : setup[0].varied)
      if (varied.parameter == place) return varied.values;
    return std::vector<double>(setup[0].size, setup[0].parameters[std::size_t(place)]);
  };
  const auto resting = all_values("U_0_star"), alpha = all_values("alpha");
  const auto members = static_cast<std::size_t>(config.synapses);
  const std::size_t synapses = setup[0].size;
  if (config.drive.kind == config::DriveKind::rate) setup[0].input("rate").factor = factor;
  setup[0].spikes = spike_source(config, std::move(factor));
  const auto rate = rate_schedule(config), bias = bias_schedule(config);
  const auto network = make_network(std::move(setup));
  network->stop_when([&listener] { return listener.cancelled(); });
  const double dt = config.stepping.dt;
  const std::int64_t steps = std::llround(config.duration / dt);
  const std::int64_t every = std::max<std::int64_t>(1, std::llround(sample_interval / dt));
  const std::int64_t half = steps / 2;
  listener.progress("sweep", 0);
  Observation observation(synapses, std::size_t(model.watched));
  while (network->steps() < steps) {
    if (listener.cancelled()) throw Cancelled("interrupted");
    const std::int64_t at = network->steps();
    const std::int64_t end = std::min(
        {steps, (at / every + 1) * every, rate.next_change(at), bias.next_change(at), at < half ? half : steps});
    if (config.drive.kind == config::DriveKind::rate) network->set_common(0, "rate", rate.at(at));
    network->set_common(0, "bias", {bias.at(at).mean, 0, 0, 0});
    network->advance_steps(end - at);
    const auto releases = network->take_events();
    if (at >= half) {
      observation.count(releases);
      if (end % every == 0 || end == steps) observation.look(*network, resting, alpha);
    }
    listener.progress("sweep", static_cast<double>(end) / static_cast<double>(steps));
  }
  observation.summarise(members, static_cast<double>(steps - half) * dt, result);
}

double number_in(const std::string& text, const std::string& word) {
  const auto value = io::parse_number<double>(word);
  if (!value || !std::isfinite(*value))
    throw ConfigError(fmt::format("sweep.over: {}: \"{}\" is no number", text, word));
  return *value;
}

SweepAxis read_axis(const std::string& text, const ModelDescription& model) {
  const auto equals = text.find('=');
  std::vector<std::string> words;
  std::istringstream rest(equals == std::string::npos ? "" : text.substr(equals + 1));
  for (std::string word; std::getline(rest, word, ':');) words.push_back(word);
  if (words.size() < 3 || words.size() > 4 || (words.size() == 4 && words[3] != "log"))
    throw ConfigError(fmt::format("sweep.over: {}: expected NAME=LOW:HIGH:POINTS or NAME=LOW:HIGH:POINTS:log", text));
  SweepAxis axis{text.substr(0, equals), {}, words.size() == 4};
  const double low = number_in(text, words[0]), high = number_in(text, words[1]), points = number_in(text, words[2]);
  constexpr double most = 10'000;
  if (!(low < high) || !(points >= 2 && points <= most && points == std::floor(points)) || (axis.is_log && !(low > 0)))
    throw ConfigError(
        fmt::format("sweep.over: {}: expected LOW < HIGH, from 2 to 10000 points, and LOW > 0 for log", text));
  bool is_known = axis.name == "rate";
  for (const ParameterInfo& info : model.parameters) {
    if (axis.name != info.name) continue;
    is_known = true;
    if (!(info.is_positive ? low > 0 : low >= 0))
      throw ConfigError(fmt::format("sweep.over: {}: {} must be {} 0", text, info.name, info.is_positive ? ">" : ">="));
  }
  if (!is_known || (axis.name == "rate" && low < 0))
    throw ConfigError(
        fmt::format("sweep.over: {}: expected a parameter of [synapse] or [astrocyte], or a rate >= 0", text));
  for (int i = 0; i < int(points); ++i) {
    const double share = i / (points - 1);
    axis.values.push_back(axis.is_log ? low * std::pow(high / low, share) : low + (high - low) * share);
  }
  return axis;
}

}  // namespace

std::vector<SweepAxis> sweep_axes(const config::SweepConfig& config) {
  std::vector<SweepAxis> axes;
  for (const std::string& each : config.over) axes.push_back(read_axis(each, config.synapse.description()));
  if (axes.empty() || axes.size() > 2)
    throw ConfigError(
        fmt::format("sweep.over: {} parameters: expected one or two, as --over O_delta=0.2:1.2:40", axes.size()));
  if (axes.size() == 2 && axes[0].name == axes[1].name)
    throw ConfigError(fmt::format("sweep.over: {} twice: the two parameters must differ", axes[0].name));
  if (!config.varied.empty()) throw ConfigError("population.varied: a sweep varies what --over says, nothing else");
  if (std::any_of(axes.begin(), axes.end(), [](const SweepAxis& axis) { return axis.name == "rate"; }) &&
      config.drive.rates.size() != 1)
    throw ConfigError("sweep.over: rate: drive.rates must be a single rate, which the sweep replaces");
  return axes;
}

SweepResult sweep(const config::SweepConfig& given, RunListener& listener) {
  config::SynapseConfig config = given;
  const std::vector<SweepAxis> axes = sweep_axes(given);
  SweepResult result;
  result.axes = axes;
  NetworkSetup setup = population_setup(config);
  const auto members = static_cast<std::size_t>(config.synapses);
  setup[0].size = members * axes[0].values.size() * (axes.size() > 1 ? axes[1].values.size() : 1);
  const double samples = config.duration / 2 / sample_interval;
  const double needed = double(setup[0].size) * (samples * sizeof(float) + 12 * sizeof(double));
  require_memory(fmt::format("sweep of {} synapses over {} s", setup[0].size, config.duration), needed,
                 double(available_host_memory()),
                 "fewer points (sweep.over), population.synapses or a shorter population.duration need less");
  std::vector<double> factor;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    std::vector<double> values = along(axes, a, members);
    if (axes[a].name == "rate") {
      double& base = config.drive.rates.front();
      if (base == 0) base = 1;
      for (double& value : values) value /= base;
      factor = std::move(values);
      continue;
    }
    setup[0].vary(axes[a].name, std::move(values));
  }
  const auto began = std::chrono::steady_clock::now();
  run(config, std::move(setup), std::move(factor), listener, result);
  result.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  result.seconds["integration"] = result.wall;
  return result;
}

void write_sweep(const std::filesystem::path& path, const SweepResult& result) {
  std::string text = result.axes[0].name;
  if (result.axes.size() > 1) text += "," + result.axes[1].name;
  text +=
      ",oscillation_frequency_per_s,calcium_amplitude_uM,release_rate_per_s,release_probability,fraction_oscillating\n";
  const std::size_t columns = result.axes[0].values.size();
  for (std::size_t i = 0; i < result.frequency.size(); ++i) {
    text += fmt::format("{:.9g}", result.axes[0].values[i % columns]);
    if (result.axes.size() > 1) text += fmt::format(",{:.9g}", result.axes[1].values[i / columns]);
    text += fmt::format(",{:.9g},{:.9g},{:.9g},{:.9g},{:.9g}\n", result.frequency[i], result.amplitude[i],
                        result.release[i], result.probability[i], result.oscillating[i]);
  }
  io::write_file(path, text);
}

}  // namespace tripartite::simulation
