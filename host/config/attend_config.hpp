#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tripartite/attention/parameters.hpp"
#include "tripartite/attention/state.hpp"
#include "tripartite/backend.hpp"

namespace tripartite::config {

/// Feature map of the heads and how many hidden neurons carry it.
struct FeatureChoice {
  /// Empty ("auto"): slots for a model trained with softmax attention, elu1 for one trained with linear attention.
  std::optional<attention::Feature> map;
  int m = 0;  // hidden neurons per head; 0: one per token for slots, d for elu1, 256 else
};

/// Where and how the arithmetic happens.
struct Execution {
  Backend backend = Backend::automatic;
  Precision precision = Precision::float32;
  int threads = 0;  // of the CPU backend; 0: one per core
  // Of commands that leave a run directory.
  double checkpoint_interval = 60;  // [s] of wall-clock time; 0: none
  bool keep_checkpoint = false;     // of a complete run
  std::string max_time;             // as read_duration takes it; empty: no limit
  std::string max_memory;           // as read_size takes it; empty: what the machine has
};

/// What is written to recordings.h5 while integrating.
struct Recording {
  double interval = 0.010;  // [s] between frames; 0: nothing is recorded
  std::vector<attention::Field> fields{attention::Field::hebbian, attention::Field::store, attention::Field::calcium};
  std::vector<std::string> heads{"0:0"};  // "layer:head"
  int elements = 6;                       // of each field of each head, evenly spread; 0: all
  std::vector<std::int64_t> indices;      // instead of `elements`: exactly these; synapse (i, j) is i * m + j

  /// Time between frames [s]: a stepping solver has states at the ends of whole steps only.
  double effective_interval(const attention::Parameters& network) const;
};

/// Where results go. Not part of what is computed, so the effective configuration leaves it out.
struct Output {
  std::string directory;  // of the run; empty: runs/<command>-<time>
  bool force = false;     // replace a run directory that exists
  bool json = false;      // the results object alone on standard output
};

/// Everything that decides what `tripartite attend` computes: but for `output`, the same configuration is the same run.
struct AttendConfig {
  std::string text;                // what is read; empty: `text_file`, and without that the built-in paragraph
  std::string text_file;           // file with the text, UTF-8
  std::string image;               // file with an image, in place of a text
  std::string model = "embedded";  // "embedded", "softmax", "linear", or a model directory
  FeatureChoice features;
  attention::Parameters network;
  Execution execution;
  Recording recording;
  std::vector<std::string> drawn_heads;  // "layer:head" whose attention is drawn on the image; none: the last layer's
  bool studies = true;                   // error against m, settle and read time, for the report
  Output output;
};

}  // namespace tripartite::config
