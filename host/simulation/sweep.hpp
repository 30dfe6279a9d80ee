#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/config/synapse_config.hpp"
#include "host/simulation/run_listener.hpp"

namespace tripartite::simulation {

/// One parameter over a range.
struct SweepAxis {
  std::string name;            // of a parameter of [synapse] or [astrocyte], or "rate"
  std::vector<double> values;  // rising
  bool is_log = false;
};

/// What the points of the grid do in the second half of the run, [y][x], means over the ensemble of each point.
struct SweepResult {
  std::vector<SweepAxis> axes;      // x, and y if there are two
  std::vector<double> frequency;    // of calcium oscillations [1/s]
  std::vector<double> amplitude;    // of calcium, largest - smallest [uM]
  std::vector<double> release;      // of gliotransmitter [1/s]
  std::vector<double> probability;  // r, what a spike would release, over time
  std::vector<double> oscillating;  // fraction of the ensemble
  double wall = 0;                  // [s]
  std::map<std::string, double> seconds;
};

/// The parameters over their ranges. Throws ConfigError if `config.over` does not name one or two different ones.
std::vector<SweepAxis> sweep_axes(const config::SweepConfig& config);

/// Runs `config.synapses` synapses at each point of the grid, all in one ensemble. Throws what SynapseRun throws.
SweepResult sweep(const config::SweepConfig& config, RunListener& listener);

/// sweep.csv: one row per point.
void write_sweep(const std::filesystem::path& path, const SweepResult& result);

}  // namespace tripartite::simulation
