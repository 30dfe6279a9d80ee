#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/config/synapse_config.hpp"
#include "host/simulation/run_listener.hpp"
#include "host/simulation/step_check.hpp"

namespace tripartite::simulation {

/// What one of several populations did.
struct PopulationResult {
  std::uint64_t synapses = 0;
  std::uint64_t releases = 0;
  // Means over a sample at the end of each frame.
  std::vector<std::vector<double>> means;  // [state][frame]
  std::vector<double> released;            // r, what a spike would release [frame]
};

/// What a run did, filled as it goes on.
struct SynapseResult {
  std::int64_t steps = 0;                     // done
  double simulated = 0;                       // [s]
  std::uint64_t releasing = 0;                // synapses that released at least once
  double wall = 0;                            // [s] of integration
  std::vector<double> times;                  // [s] of frames
  std::vector<std::string> states;            // names, in the order of the means
  std::vector<std::string> units;             // of the states
  PopulationResult all;                       // the means over samples of some 10 000 synapses
  std::vector<PopulationResult> populations;  // in their order; one where all are one
  std::map<std::string, double> seconds;      // wall time by phase
  StepCheck check;
};

/// Runs a population of tripartite synapses. Writes recordings.h5 and releases.h5 (both SONATA) and means.h5 to
/// `directory` as it goes on: what was finished stays readable whatever happens. Throws ConfigError, FileError,
/// MemoryError, DeviceError, NumericsError, Cancelled.
class SynapseRun {
 public:
  class Implementation;
  /// Reads files and allocates; writes nothing yet.
  SynapseRun(const config::SynapseConfig& config, RunListener& listener);
  SynapseRun(const SynapseRun&) = delete;
  SynapseRun& operator=(const SynapseRun&) = delete;
  ~SynapseRun();

  /// An empty directory: without files.
  void run(const std::filesystem::path& directory);
  const SynapseResult& result() const;

  /// The configuration of the same run with a finer step: its frames are at the same times.
  static config::SynapseConfig finer_run(const config::SynapseConfig& config);
  /// What the two runs differ in: the means over all synapses at the end and over time, and releases.
  static std::vector<StepDifference> compare(const SynapseResult& result, const SynapseResult& finer);

 private:
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tripartite::simulation
