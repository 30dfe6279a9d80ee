#pragma once

#include <string>
#include <vector>

#include "host/config/attend_config.hpp"

namespace tripartite::config {

/// Everything that decides what `tripartite classify` answers.
struct ClassifyConfig {
  std::vector<std::string> images;  // PNG, JPEG or .npy files; none: the built-in held-out digits
  std::string labels;               // .npy file with the right class of every image; empty: not known
  std::string model = "softmax";    // "softmax" or "linear", the built-in twins, or the directory of a vit
  bool integrate = false;           // by the integrated network too
  int listed = 10;                  // images listed below the summary
  int top = 3;                      // classes shown of each image
  FeatureChoice features;
  attention::Parameters network;
  Execution execution;
  bool json = false;
};

}  // namespace tripartite::config
