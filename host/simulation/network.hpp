#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/config/network_config.hpp"
#include "host/simulation/bursts.hpp"
#include "host/simulation/run_listener.hpp"
#include "host/simulation/step_check.hpp"
#include "host/simulation/time_constants.hpp"

namespace tripartite::simulation {

/// What is kept of a network in place of files, at each frame from a given time on.
struct ObservedNetwork {
  std::vector<double> probability;                        // mean of r over tripartite synapses; NaN without any
  std::vector<std::vector<float>> calcium, soma_calcium;  // [frame][element], of the elements to be recorded
};

/// What a network did, filled as the run goes on.
struct NetworkResult {
  std::size_t bare = 0, tripartite = 0, junctions = 0;
  double simulated = 0;  // [s]
  std::uint64_t releases = 0;
  double wall = 0;                           // [s]
  double lowest_rate = 0, highest_rate = 0;  // of the population mean [1/s]
  // Means at the end of each frame.
  std::vector<double> times, rate, calcium, bound, soma_calcium;
  std::vector<double> released;  // releases until then
  Bursts bursts;
  std::map<std::string, double> seconds;
  StepCheck check;
  TimeConstants constants;
  ObservedNetwork observed;  // where NetworkRun::observe_from asked for it
};

/// The least movement of the mean rate in a burst: a tenth of the largest rate of a neuron [1/s].
double least_burst(const config::NetworkConfig& config);

/// Runs a network. Writes recordings.h5, releases.h5 and edges.h5 (SONATA) and means.h5 to `directory` as it goes on.
/// Throws ConfigError, FileError, MemoryError, NumericsError, Cancelled.
class NetworkRun {
 public:
  class Implementation;
  NetworkRun(const config::NetworkConfig& config, RunListener& listener);
  NetworkRun(const NetworkRun&) = delete;
  NetworkRun& operator=(const NetworkRun&) = delete;
  ~NetworkRun();
  /// Before the run: from the first frame behind `time` [s] on, `result().observed` is filled.
  void observe_from(double time);
  /// An empty directory: without files.
  void run(const std::filesystem::path& directory);
  const NetworkResult& result() const;

  /// The configuration of the same run with a finer step: its frames are at the same times.
  static config::NetworkConfig finer_run(const config::NetworkConfig& config);
  /// What the two runs differ in: the means over neurons, synapses and somata at the end and over time, and releases.
  static std::vector<StepDifference> compare(const NetworkResult& result, const NetworkResult& finer);

 private:
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace tripartite::simulation
