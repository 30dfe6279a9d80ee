#pragma once

#include <string>
#include <vector>

#include "host/config/memory_config.hpp"
#include "host/simulation/attend.hpp"
#include "tripartite/memory/capacity.hpp"
#include "tripartite/memory/patterns.hpp"
#include "tripartite/memory/recall.hpp"

namespace tripartite::simulation {

struct RecallResult {
  memory::Patterns patterns;
  std::vector<std::string> names;  // of the patterns: files of images, else empty
  int width = 0, height = 0;       // of a pattern as an image; 0: it is none
  memory::Parameters parameters;   // with kappa
  std::string why_no_energy;       // empty: the traces have one
  std::vector<memory::Recalled> cues;

  double recalled_fraction() const;  // cues without a wrong sign
  /// Largest rise of a cue's energy from one frame to the next, relative to its largest magnitude; NaN without energy.
  double energy_rise_max() const;
};

/// Stores patterns and recalls some from corrupted cues. Throws ConfigError, FileError, MemoryError, DeviceError,
/// NumericsError, Cancelled; `result` then has the cues that were finished.
void recall(const config::RecallConfig& config, RunListener& listener, RecallResult& result);

/// The configuration with the backend that it means on this machine.
config::RecallConfig effective(config::RecallConfig config);
config::CapacityConfig effective(config::CapacityConfig config);

/// Asks networks of every size and load, first those that `done` does not have, and hands each cell to `finished` at
/// once. Throws as recall does.
void study_capacity(const config::CapacityConfig& config, RunListener& listener,
                    const std::vector<memory::CapacityCell>& done,
                    const std::function<void(const memory::CapacityCell&)>& finished);

}  // namespace tripartite::simulation
