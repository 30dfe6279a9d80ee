#pragma once

#include <cstdint>
#include <string>

#include "host/config/synapse_config.hpp"

namespace tripartite::config {

/// How the inputs of astrocytes come about.
enum class InputKind { poisson, regular, file };

/// Everything that decides what `tripartite astrocyte` computes.
struct AstrocyteConfig {
  std::vector<double> all_weights() const { return weights.empty() ? std::vector{weight} : weights; }

  std::int64_t astrocytes = 1;
  double duration = 100;  // [s]
  CellConfig astrocyte{&CalciumModel::astrocyte, "li_rinzel"};
  double current_scale = 1;         // of the slow inward current
  std::vector<std::string> varied;  // "v uniform 0.8 1.0"

  InputKind inputs = InputKind::poisson;
  double rate = 20;             // [1/s]
  double weight = 12;           // of an input: it makes Δ_I weight of IP3
  std::vector<double> weights;  // instead of one: train i has number i mod their count
  std::string spikes;           // SONATA file
  std::string population;       // of that file; empty: the only one

  Stepping stepping{.method = integrate::Method::rk4};  // substeps and calcium_every have no meaning here

  double interval = 0.1;  // [s] between frames
  int recorded = 5;       // astrocytes, evenly spread; 0: all
  Execution execution;
  std::int64_t seed = 1;
  Output output;
};

}  // namespace tripartite::config
