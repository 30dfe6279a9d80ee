#pragma once

#include <string>

#include "host/config/attend_config.hpp"

namespace tripartite::config {

/// Everything that decides what `tripartite generate` writes.
struct GenerateConfig {
  std::string prompt = "In the beginning";
  int tokens = 60;                // new ones
  std::string model = "softmax";  // "softmax", "linear", or the directory of a language model
  bool integrate = false;         // attention by the integrated network instead of by matrix products
  double temperature = 0.8;       // 0: always the likeliest token
  int top_k = 40;                 // draw among so many of the likeliest; 0: all
  FeatureChoice features;
  attention::Parameters network;
  Execution execution;
  Output output;  // without a directory the run leaves nothing behind
};

}  // namespace tripartite::config
