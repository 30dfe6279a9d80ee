#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "host/transformer/tokenizer.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/transformer/model.hpp"

namespace tripartite::simulation {

/// Pieces of a text between empty lines.
std::vector<std::string_view> paragraphs_of(std::string_view text);

/// Queries and keys of every layer when the model reads each paragraph of `text` (separated by empty lines) by itself.
/// `stop` as of a Sequence.
template <class Real>
std::vector<attention::LayerCalibration> calibrate_layers(const transformer::Model<Real>& model,
                                                          const transformer::Tokenizer& tokenizer,
                                                          std::string_view text, std::function<bool()> stop = {});

/// The same of images [images x channels x rows x columns], at most the first 16 of them.
template <class Real>
std::vector<attention::LayerCalibration> calibrate_layers(const transformer::Model<Real>& model,
                                                          std::span<const Real> images,
                                                          std::function<bool()> stop = {});

}  // namespace tripartite::simulation
