#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/config/astrocyte_config.hpp"
#include "host/simulation/run_listener.hpp"
#include "host/simulation/step_check.hpp"

namespace tripartite::simulation {

/// What Li-Rinzel astrocytes did, filled as the run goes on.
struct AstrocyteResult {
  double simulated = 0;         // [s]
  std::uint64_t crossings = 0;  // of C_Θ, upwards
  double lowest_calcium = 0;    // [uM] of all frames and recorded astrocytes
  double highest_calcium = 0;
  double highest_current = 0;             // slow inward
  std::vector<double> calcium;            // [uM] of the first recorded astrocyte at the end of each frame
  double wall = 0;                        // [s] of integration
  std::map<std::string, double> seconds;  // wall time by phase
  StepCheck check;
};

/// Runs a population of Li-Rinzel astrocytes. Writes recordings.h5 (SONATA report: I, C, h, I_SIC) and crossings.h5
/// (SONATA spikes) to `directory` as it goes on, and fills `result`: what was finished stays readable whatever happens.
/// An empty directory: without files. Where the configuration asks for it, the run is repeated with a finer step and
/// compared. Throws ConfigError, FileError, MemoryError, NumericsError, Cancelled.
void run_astrocytes(const config::AstrocyteConfig& config, RunListener& listener,
                    const std::filesystem::path& directory, AstrocyteResult& result);

}  // namespace tripartite::simulation
