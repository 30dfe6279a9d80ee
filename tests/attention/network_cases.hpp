#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "tripartite/attention/engine.hpp"

namespace tripartite::tests {

/// The configuration of a batch of heads; everything else is drawn from `seed`.
struct NetworkCase {
  std::string name = {};
  attention::Feature feature = attention::Feature::elu1;
  int heads = 1, width = 8, hidden = 8, tokens = 3;
  bool causal = false;
  bool delay = false;
  /// Uses a key side and a query side with every term of FeatureSide instead of `feature`.
  bool every_term = false;
  /// Keeps p of a calcium model above its minimum.
  bool gentle_calcium = false;
  attention::Parameters parameters = {};
  std::uint64_t seed = 1;
};

/// Short phases and distinct time constants, so that no state is near a fixed point and mixed-up constants are
/// detected.
attention::Parameters brisk_parameters(attention::Solver solver);

attention::EngineSetup make_setup(const NetworkCase& network);

/// Normal values with standard deviation `spread`, [tokens][heads * width].
std::vector<double> draw_tokens(const NetworkCase& network, std::uint64_t stream, double spread);

/// Every solver with every feature map, at sizes that are not multiples of a tile, with every option of the equations.
std::vector<NetworkCase> engine_cases();
/// More channels, columns or astrocytes than a block of a device has, and as little as possible of the others.
std::vector<NetworkCase> large_cases();
/// Calcium models with every stepping solver, with equal and with heterogeneous speeds of the processes.
std::vector<NetworkCase> calcium_cases();
/// More astrocytes with calcium models than a block of a device has.
std::vector<NetworkCase> large_calcium_cases();
/// Phases with more stages than the trajectories of one chunk; an exact read in which early currents have decayed in l.
std::vector<NetworkCase> long_cases();

std::string case_name(const testing::TestParamInfo<NetworkCase>& info);
void PrintTo(const NetworkCase& network, std::ostream* out);

}  // namespace tripartite::tests
