#pragma once

#include <array>
#include <functional>
#include <vector>

#include "tripartite/attention/network_attention.hpp"

namespace tripartite::simulation {

/// Wall time that one layer of the network takes [s].
struct LayerCost {
  double start = 0;               // before the first phase of a sequence
  std::array<double, 4> phase{};  // of each attention::Phase of one token
  double of(attention::Phase which) const { return phase[std::size_t(which)]; }
};

/// Measures every layer on two tokens of random numbers in `sequences` sequences at once (1 if causal). The cost of a
/// phase depends on parameters as well as on drawn time constants: it is measured rather than modelled. `hidden` is m
/// of the sequences that will be run. `cancelled` may throw.
template <class Real>
std::vector<LayerCost> measure_network(const transformer::AttentionShape& shape, attention::NetworkOptions options,
                                       int hidden, int sequences, const std::function<void()>& cancelled);

/// Cost of a sequence of `tokens`, all layers.
double cost_of(const std::vector<LayerCost>& layers, int tokens, bool causal);

}  // namespace tripartite::simulation
