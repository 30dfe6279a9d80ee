#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/config/network_config.hpp"
#include "host/simulation/network_activity.hpp"
#include "host/simulation/run_listener.hpp"
#include "host/simulation/step_check.hpp"
#include "host/simulation/sweep_axes.hpp"
#include "host/simulation/time_constants.hpp"

namespace tripartite::simulation {

/// The networks of a sweep that were finished, and how they were observed.
struct NetworkSweepResult {
  std::vector<SweepAxis> axes;  // x, and y if there are two
  std::size_t seeds = 1;
  std::vector<std::optional<NetworkActivity>> networks;  // [y][x][seed]; nothing where not finished
  NetworkWindow window;
  std::optional<TimeConstant> slowest;  // at any point; nothing if the transient was given
  StepCheck check;
  double wall = 0;  // [s]
  std::map<std::string, double> seconds;

  std::size_t points() const { return axes.empty() ? 0 : points_of(axes); }
  std::size_t finished() const;  // networks
  /// Mean and standard deviation of a quantity over the seeds of a point that were finished and have it; NaN if there
  /// are none, or for the deviation fewer than two.
  double mean(std::size_t point, double NetworkActivity::*quantity) const;
  double deviation(std::size_t point, double NetworkActivity::*quantity) const;
  /// The largest drift of any seed of a point; NaN where none was finished.
  double drift(std::size_t point) const;
};

/// Runs the networks of the grid, on the CPU as many at once as there are threads, and fills `result.networks` as they
/// are finished, calling `finished` every now and then and at the end, whatever the end is. Tells the listener when the
/// networks at the corners of the grid could be made. A network's result does not depend on the threads. Throws
/// ConfigError, FileError, MemoryError, DeviceError, NumericsError, Cancelled.
void network_sweep(const config::NetworkSweepConfig& config, RunListener& listener, NetworkSweepResult& result,
                   const std::function<void()>& finished = {});

/// What a reader of the result has to know: where it drifts, where cycles are longer than the observation, where inputs
/// change before it.
std::vector<std::string> cautions(const config::NetworkSweepConfig& config, const NetworkSweepResult& result);

/// sweep.csv: one row per finished network.
void write_network_sweep(const std::filesystem::path& path, const config::NetworkSweepConfig& config,
                         const NetworkSweepResult& result);

}  // namespace tripartite::simulation
