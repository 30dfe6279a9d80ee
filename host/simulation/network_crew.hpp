#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/network_config.hpp"
#include "host/simulation/network_activity.hpp"
#include "host/simulation/network_grid.hpp"
#include "host/simulation/run_listener.hpp"

namespace tripartite::simulation {

/// Runs networks that do not know of each other. On the CPU each thread takes one network after the other, which keeps
/// all threads at work where a small network would leave them waiting for each other; where there are more threads than
/// networks, or memory for fewer networks than threads, a network gets several. On CUDA one network runs at a time.
class NetworkCrew {
 public:
  NetworkCrew(const config::Execution& execution, double least_amplitude, RunListener& listener)
      : execution_(execution), least_amplitude_(least_amplitude), listener_(listener) {}

  /// Makes a network without running it, to learn its time constants.
  TimeConstants prepare(const config::NetworkConfig& config);

  /// Fills `activities` [networks of the grid] as networks are finished; then, at most once per second, calls
  /// `finished`. `what` names the progress. The first error of any network ends all and is thrown.
  void run(std::string_view what, const NetworkGrid& grid, const NetworkWindow& window, bool with_finer_step,
           std::vector<std::optional<NetworkActivity>>& activities, const std::function<void()>& finished);

 private:
  /// What a network tells: each message once for all networks.
  class Listener;
  void tell(std::string_view message);

  config::Execution execution_;
  double least_amplitude_;
  RunListener& listener_;
  std::mutex telling_, making_;
  std::set<std::string, std::less<>> told_;
};

}  // namespace tripartite::simulation
