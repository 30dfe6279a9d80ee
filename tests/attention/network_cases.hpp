#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "tripartite/attention/engine.hpp"

namespace tripartite::tests {

/// What a batch of heads looks like; everything else of it is drawn from `seed`.
struct NetworkCase {
  std::string name = {};
  attention::Feature feature = attention::Feature::elu1;
  int heads = 1, width = 8, hidden = 8, tokens = 3;
  bool causal = false;
  bool delay = false;
  /// A key and a query side with every term of FeatureSide, instead of `feature`.
  bool every_term = false;
  /// A calcium model whose p never meets its least value.
  bool gentle_calcium = false;
  attention::Parameters parameters = {};
  std::uint64_t seed = 1;
};

/// Short phases, and time constants that differ, so that nothing is near a fixed point and no two can be exchanged.
attention::Parameters brisk_parameters(attention::Solver solver);

attention::EngineSetup make_setup(const NetworkCase& network);

/// Normal values with standard deviation `spread`, [tokens][heads * width].
std::vector<double> draw_tokens(const NetworkCase& network, std::uint64_t stream, double spread);

/// Every solver with every feature map, at sizes that leave ragged ends, with every switch of the equations.
std::vector<NetworkCase> engine_cases();
/// Calcium models with every stepping solver, with processes of one speed and of many.
std::vector<NetworkCase> calcium_cases();
/// Phases of more stages than the trajectories of one chunk hold; an exact read in which l forgets early currents.
std::vector<NetworkCase> long_cases();

std::string case_name(const testing::TestParamInfo<NetworkCase>& info);
void PrintTo(const NetworkCase& network, std::ostream* out);

}  // namespace tripartite::tests
