#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tripartite/config/synapse_config.hpp"
#include "tripartite/simulation/run_listener.hpp"

namespace tripartite::simulation {

/// One parameter over a range.
struct SweepAxis {
  std::string name;            // of a parameter of [synapse] or [astrocyte], or "rate"
  std::vector<double> values;  // rising
  bool is_log = false;
};

/// "O_delta=0.2:1.2:40", "rate=0.1:50:30:log". Throws ConfigError.
SweepAxis read_axis(const std::string& text);

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

/// Runs `config.synapses` synapses at each point of the grid, all in one ensemble. Throws what SynapseRun throws.
SweepResult sweep(const config::SynapseConfig& config, const std::vector<SweepAxis>& axes, RunListener& listener);

/// sweep.csv: one row per point.
void write_sweep(const std::filesystem::path& path, const SweepResult& result);

}  // namespace tripartite::simulation
