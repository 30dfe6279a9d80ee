#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tripartite/calcium/li_rinzel_population.hpp"
#include "tripartite/config/synapse_config.hpp"

namespace tripartite::config {

/// How the inputs of astrocytes come about.
enum class InputKind { poisson, regular, file };

/// Everything that decides what `tripartite astrocyte` computes.
struct AstrocyteConfig {
  std::int64_t astrocytes = 1;
  double duration = 100;  // [s]
  calcium::LiRinzelParameters<double> parameters = calcium::standard_li_rinzel();
  double current_scale = 1;  // of the slow inward current
  std::array<double, 3> initial{calcium::li_rinzel_initial[0], calcium::li_rinzel_initial[1],
                                calcium::li_rinzel_initial[2]};

  InputKind inputs = InputKind::poisson;
  double rate = 20;        // [1/s]
  double weight = 12;      // of an input: it makes Δ_I weight of IP3
  std::string spikes;      // SONATA file
  std::string population;  // of that file; empty: the only one

  Stepping stepping{.method = synapse::Solver::rk4};  // substeps and calcium_every have no meaning here

  double interval = 0.1;  // [s] between frames
  int recorded = 5;       // astrocytes, evenly spread; 0: all
  Execution execution;
  std::int64_t seed = 1;
  Output output;
};

}  // namespace tripartite::config
