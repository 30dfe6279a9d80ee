#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/config/synapse_config.hpp"
#include "host/simulation/run_listener.hpp"
#include "host/simulation/step_check.hpp"
#include "host/simulation/sweep_axes.hpp"
#include "host/simulation/sweep_observation.hpp"
#include "host/simulation/time_constants.hpp"

namespace tripartite::simulation {

/// The points that were finished, in the order of the grid [y][x], and how they were observed.
struct SweepResult {
  std::vector<SweepAxis> axes;  // x, and y if there are two
  std::vector<PointActivity> points;
  double transient = 0;                 // [s] discarded
  std::optional<TimeConstant> slowest;  // of the model at any point
  StepCheck check;
  double wall = 0;  // [s]
  std::map<std::string, double> seconds;

  std::size_t grid() const { return points_of(axes); }
};

/// A mean that changes by more from one half of the observation to the other is not that of a stationary state.
constexpr double largest_drift = 0.02;

/// Runs `config.synapses` synapses at each point of the grid and appends to `result.points` as points are finished,
/// each time calling `finished`: what it has is whole whatever happens. Throws ConfigError, FileError, MemoryError,
/// DeviceError, NumericsError, Cancelled.
void sweep(const config::SweepConfig& config, RunListener& listener, SweepResult& result,
           const std::function<void()>& finished = {});

/// What a reader of the result has to know: where it drifts, where cycles are longer than the observation.
std::vector<std::string> cautions(const config::SweepConfig& config, const SweepResult& result);

/// sweep.csv: one row per finished point.
void write_sweep(const std::filesystem::path& path, const SweepResult& result);

}  // namespace tripartite::simulation
