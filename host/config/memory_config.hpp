#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/config/attend_config.hpp"
#include "tripartite/memory/parameters.hpp"
#include "tripartite/memory/recall.hpp"

namespace tripartite::config {

/// The neuron-astrocyte associative memory, for any number of neurons.
struct MemoryNetwork {
  memory::Regime regime = memory::Regime::cold;
  memory::Parameters parameters;     // all but memory_weight
  std::string memory_weight = "3N";  // kappa: a number, or a multiple of the number of neurons

  /// The parameters with kappa. Throws ConfigError.
  memory::Parameters of(int neurons) const;
};

/// What the network is shown.
struct CueChoice {
  memory::Corruption corruption = memory::Corruption::flip;
  double level = 0.1;
};

/// Everything that decides what `tripartite recall` computes: but for `output`, the same configuration is the same run.
struct RecallConfig {
  std::string patterns_file;        // .npy; empty: `images`, and without those random patterns
  std::vector<std::string> images;  // files, binarised
  int side = 48;                    // of a binarised image [pixels]
  int neighbourhood = 5;            // pixels around with whose mean a pixel is compared; 0: with the whole image
  int neurons = 500;                // of random patterns
  int patterns = 10;
  CueChoice cue;
  int cues = 10;  // memories that are cued, the first ones; 0: all
  MemoryNetwork network;
  int steps = 1000;
  int record_every = 1;  // steps; 0: no traces
  std::uint64_t seed = 1;
  Execution execution;
  Output output;
};

/// Everything that decides what `tripartite capacity` computes.
struct CapacityConfig {
  std::vector<int> neurons{50, 100, 200};
  std::vector<std::int64_t> patterns{2,   3,   4,   6,   8,   12,  16,   24,   32,   48,   64,   96,
                                     128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144};
  std::vector<std::int64_t> seeds{1, 2, 3};
  int cues = 4;           // memories that are cued in each network, the first ones
  double overlap = 0.95;  // a cue counts as recalled if signs overlap with its pattern at least so much
  CueChoice cue;
  MemoryNetwork network;
  int steps = 600;
  Execution execution;
  Output output;
};

}  // namespace tripartite::config
