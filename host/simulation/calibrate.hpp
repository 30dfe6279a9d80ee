#pragma once

#include <string_view>
#include <vector>

#include "host/transformer/tokenizer.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::simulation {

/// Queries and keys of every layer when the model reads each paragraph of `text` (separated by empty lines) by itself.
template <class Real>
std::vector<attention::LayerCalibration> calibrate_layers(const transformer::Model<Real>& model,
                                                          const transformer::Tokenizer& tokenizer,
                                                          std::string_view text);

}  // namespace tripartite::simulation
