#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/config/attend_config.hpp"

namespace tripartite::config {

/// The biological parameter that a study varies; `decay` is both decays at once.
enum class StudyAxis { m, settle, read, heterogeneity, tau_calcium, decay, speed, production };

/// What the picture of a study shows; automatic: what suits the model. head_error is the median over heads of the
/// relative L2 error of their outputs.
enum class StudyMeasure { automatic, agreement, kl_mean, perplexity, accuracy, cosine, head_error };

/// Everything that decides what `tripartite study` computes.
struct StudyConfig {
  std::string model = "embedded";  // "embedded", "softmax", "linear", or a model directory
  StudyAxis over = StudyAxis::heterogeneity;
  std::vector<double> values;     // of the parameter, in its unit
  std::optional<StudyAxis> by;    // a second parameter, a curve for each of its values
  std::vector<double> by_values;  // in its unit
  StudyMeasure measure = StudyMeasure::automatic;
  std::vector<attention::Feature> maps;  // one curve each; none: what suits the model
  int seeds = 3;                         // runs at each value, seeded execution seed, + 1, ...
  std::string texts;                     // file with paragraphs, UTF-8; empty: the built-in ones
  std::vector<std::string> images;       // in place of texts
  bool digits = false;                   // the built-in held-out digits in place of texts
  int most = 0;                          // paragraphs or images that are read; 0: all
  int most_tokens = 64;                  // of each paragraph; the rest is left out
  FeatureChoice features;                // m where the study is not over it
  attention::Parameters network;
  Execution execution;
  std::string resume;  // run directory of the same study, whose rows are taken over
  Output output;
};

}  // namespace tripartite::config
