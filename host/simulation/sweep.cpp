#include "host/simulation/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <thread>

#include "host/backend/require_memory.hpp"
#include "host/io/atomic_file.hpp"
#include "host/run/pieces.hpp"
#include "host/simulation/do_all.hpp"
#include "host/simulation/population_setup.hpp"
#include "host/simulation/spike_views.hpp"
#include "host/simulation/sweep_window.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

/// The whole grid as one population, of which parts are run one after the other.
struct Grid {
  config::SynapseConfig config;
  NetworkSetup setup;          // of all points
  std::vector<double> factor;  // of the presynaptic rate [synapses]
  std::shared_ptr<const SpikeSource> spikes;
  std::optional<SpikeDelivery> delivery;  // of spikes of a file, over the whole time
};

/// `duration` [s] of a run, the transient included.
Grid grid_of(const config::SweepConfig& given, const std::vector<SweepAxis>& axes, double duration) {
  Grid grid{given, population_setup(given), {}, nullptr, {}};
  const auto members = std::size_t(given.synapses);
  grid.setup[0].size = members * points_of(axes);
  for (std::size_t a = 0; a < axes.size(); ++a) {
    std::vector<double> values;
    values.reserve(grid.setup[0].size);
    for (std::size_t point = 0; point < points_of(axes); ++point)
      values.insert(values.end(), members, value_at(axes, a, point));
    if (axes[a].name == "rate") {
      double& base = grid.config.drive.rates.front();
      if (base == 0) base = 1;
      for (double& value : values) value /= base;
      grid.factor = std::move(values);
    } else {
      grid.setup[0].vary(axes[a].name, std::move(values));
    }
  }
  const SpikeTargets targets{grid.setup[0].size, duration, grid.delivery};
  grid.spikes = spike_source(grid.config, grid.factor, &targets);
  return grid;
}

/// Synapses [first, last) of the grid.
NetworkSetup part_of(const Grid& grid, std::size_t first, std::size_t last) {
  const auto cut = [&](std::vector<double>& values) {
    if (!values.empty()) values = {values.begin() + std::ptrdiff_t(first), values.begin() + std::ptrdiff_t(last)};
  };
  NetworkSetup part = grid.setup;
  part[0].size = last - first;
  for (Varied& varied : part[0].varied) cut(varied.values);
  if (grid.config.drive.kind == config::DriveKind::rate) {
    part[0].input("rate").factor = grid.factor;
    cut(part[0].input("rate").factor);
  }
  part[0].spikes = from_element(grid.spikes, first);
  return part;
}

/// Points that are run together: enough for every thread, few enough that an interrupted sweep has something to keep.
std::size_t points_at_once(const config::SweepConfig& config) {
  constexpr std::size_t per_thread = 1024, on_device = 262'144;
  const std::size_t threads = config.execution.threads > 0 ? std::size_t(config.execution.threads)
                                                           : std::max(1U, std::thread::hardware_concurrency());
  const std::size_t synapses = config.execution.backend == Backend::cuda ? on_device : per_thread * threads;
  return std::max<std::size_t>(1, synapses / std::size_t(config.synapses));
}

struct Timing {
  std::int64_t steps = 0, transient = 0, every = 0;
};

/// In steps.
Timing timing_of(const config::SweepConfig& config, double transient) {
  const SweepSamples samples = sweep_samples(config.stepping.dt, config.sample_interval, transient, config.duration);
  const std::int64_t discarded = samples.discarded * samples.every;
  return {discarded + samples.observed * samples.every, discarded, samples.every};
}

void require_memory(const config::SweepConfig& config, const Timing& timing, std::size_t synapses) {
  const std::int64_t samples = (timing.steps - timing.transient) / timing.every;
  tripartite::require_memory(fmt::format("sweep of {} synapses at once over {} s", synapses, config.duration),
                             SweepObservation::bytes(double(synapses), double(samples)),
                             double(available_host_memory()),
                             "population.synapses, or a shorter population.duration, need less");
}

/// Runs a part of the grid; `progress` gets the fraction of it that is done.
std::vector<PointActivity> run_part(const config::SweepConfig& config, const Grid& grid, NetworkSetup setup,
                                    const Timing& timing, RunListener& listener,
                                    const std::function<void(double)>& progress) {
  SweepObservation observation(setup[0], config.least_amplitude);
  const auto rate = rate_schedule(grid.config), bias = bias_schedule(grid.config);
  const auto network = make_network(std::move(setup));
  network->stop_when([&listener] { return listener.cancelled(); });
  const double dt = config.stepping.dt;
  observation.begin(double(timing.transient + timing.every) * dt, double(timing.every) * dt,
                    (timing.steps - timing.transient) / timing.every);
  while (network->steps() < timing.steps) {
    if (listener.cancelled()) throw Cancelled("interrupted");
    const std::int64_t at = network->steps();
    const std::int64_t end =
        std::min({timing.steps, (at / timing.every + 1) * timing.every, rate.next_change(at), bias.next_change(at)});
    if (config.drive.kind == config::DriveKind::rate) network->set_common(0, "rate", rate.at(at));
    network->set_common(0, "bias", {bias.at(at).mean, 0, 0, 0});
    network->advance_steps(end - at);
    const auto releases = network->take_events();
    if (at >= timing.transient) {
      observation.count(releases);
      if (end % timing.every == 0) observation.look(*network);
    }
    progress(double(end) / double(timing.steps));
  }
  return observation.summary(std::size_t(config.synapses));
}

std::vector<StepDifference> compare(const SweepResult& result, const std::vector<PointActivity>& finer) {
  const auto difference = [&](const char* quantity, const char* unit, double PointActivity::*member) {
    std::vector<double> values, finer_values;
    for (const PointActivity& point : result.points) values.push_back(point.*member);
    for (const PointActivity& point : finer) finer_values.push_back(point.*member);
    return difference_over_points(quantity, unit, values, finer_values,
                                  [&](std::size_t point) { return words_of_point(result.axes, point); });
  };
  return {difference("frequency", "/s", &PointActivity::frequency),
          difference("amplitude of calcium", "uM", &PointActivity::amplitude),
          difference("releases", "/s", &PointActivity::release), difference("r", "", &PointActivity::probability),
          difference("fraction oscillating", "", &PointActivity::oscillating)};
}

void run_grid(const config::SweepConfig& config, const SweepResult& result, std::string_view what,
              RunListener& listener, std::vector<PointActivity>& points, const std::function<void()>& finished) {
  const Timing timing = timing_of(config, result.transient);
  const double duration = double(timing.steps) * config.stepping.dt;
  const Grid grid = grid_of(config, result.axes, duration);
  if (grid.delivery && finished) tell(*grid.delivery, duration, listener);
  const auto members = std::size_t(config.synapses);
  const std::size_t all = result.grid(), at_once = std::min(all, points_at_once(config));
  require_memory(config, timing, at_once * members);
  run::Checkpoints* const checkpoints = listener.checkpoints();
  const auto key = [&](std::size_t point) { return fmt::format("{}: point {}", what, point); };
  // How many points are run together depends on threads, what they find does not: each is kept by itself.
  for (; points.size() < all && run::is_kept(checkpoints, key(points.size())); listener.progress(what, 0))
    points.push_back(run::PieceReader(*checkpoints->finished(key(points.size()))).get<PointActivity>());
  while (points.size() < all) {
    const std::size_t first = points.size(), last = std::min(all, first + at_once);
    const auto part =
        run_part(config, grid, part_of(grid, first * members, last * members), timing, listener, [&](double fraction) {
          listener.progress(what, (double(first) + double(last - first) * fraction) / double(all));
        });
    for (const PointActivity& point : part) {
      if (checkpoints != nullptr) checkpoints->finish(key(points.size()), run::PieceWriter().put(point).bytes());
      points.push_back(point);
    }
    if (finished) finished();
  }
}

}  // namespace

void sweep(const config::SweepConfig& config, RunListener& listener, SweepResult& result,
           const std::function<void()>& finished) {
  result.axes = sweep_axes(config);
  {
    const Grid grid = grid_of(config, result.axes, config.duration);
    warn_of_long_steps(grid.setup, listener);
    result.slowest = time_constants(grid.setup).slowest;
  }
  const Transient transient = transient_of(config.transient, result.slowest);
  result.transient = double(timing_of(config, transient.seconds).transient) * config.stepping.dt;
  listener.message(fmt::format("the first {} are discarded{}, then {} observed", seconds_as_words(result.transient),
                               transient.why, seconds_as_words(config.duration)));
  const auto began = std::chrono::steady_clock::now();
  const auto note_time = [&] {
    result.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result.seconds["integration"] = result.wall;
  };
  do_all({[&] {
            run_grid(config, result, "sweep", listener, result.points, finished);
            if (!config.stepping.check_step) return;
            config::SweepConfig finer = config;
            finer.stepping = config.stepping.finer();
            listener.message("once more with " + how_fine(finer.stepping));
            std::vector<PointActivity> points;
            run_grid(finer, result, "sweep, finer step", listener, points, {});
            result.check = {how_fine(finer.stepping), compare(result, points)};
          },
          note_time});
  for (const std::string& caution : cautions(config, result)) listener.message(caution);
}

std::vector<std::string> cautions(const config::SweepConfig& config, const SweepResult& result) {
  std::size_t drifting = 0, unresolved = 0, worst = 0, longest = 0;
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    const PointActivity& point = result.points[i];
    drifting += point.drift > largest_drift ? 1 : 0;
    unresolved += point.unresolved > 0 ? 1 : 0;
    if (point.drift > result.points[worst].drift) worst = i;
    if (point.unresolved > result.points[longest].unresolved) longest = i;
  }
  std::vector<std::string> all;
  if (drifting > 0)
    all.push_back(fmt::format(
        "{} of {} points still drift: from the first to the second half of the observed {} a mean changes by more than "
        "{:g} %; most at {} ({:.3g} %). A longer --transient or --duration settles them",
        drifting, result.points.size(), seconds_as_words(config.duration), 100 * largest_drift,
        words_of_point(result.axes, worst), 100 * result.points[worst].drift));
  if (unresolved > 0)
    all.push_back(fmt::format(
        "at {} of {} points calcium moves by {:g} uM or more with fewer than two complete cycles in {}, as at {}: a "
        "longer --duration shows whether it oscillates",
        unresolved, result.points.size(), config.least_amplitude, seconds_as_words(config.duration),
        words_of_point(result.axes, longest)));
  return all;
}

void write_sweep(const std::filesystem::path& path, const SweepResult& result) {
  std::string text = result.axes[0].name;
  if (result.axes.size() > 1) text += "," + result.axes[1].name;
  text +=
      ",oscillation_frequency_per_s,interval_deviation_s,cycles,calcium_amplitude_uM,release_rate_per_s,"
      "release_probability,fraction_oscillating,drift\n";
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    const PointActivity& p = result.points[i];
    for (std::size_t a = 0; a < result.axes.size(); ++a)
      text += fmt::format("{}{:.9g}", a == 0 ? "" : ",", value_at(result.axes, a, i));
    text += fmt::format(",{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g}\n", p.frequency, p.interval_deviation,
                        p.cycles, p.amplitude, p.release, p.probability, p.oscillating, p.drift);
  }
  io::write_file(path, text);
}

}  // namespace tripartite::simulation
