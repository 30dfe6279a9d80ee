#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tripartite/backend.hpp"
#include "tripartite/random/philox.hpp"

/// The inputs of the workloads of `tripartite bench`, which its rivals (benchmarks/rivals) share: both sides compute
/// the same numbers, or the time of neither counts.
namespace tripartite::bench {

inline constexpr double bytes_of(Precision precision) { return precision == Precision::float64 ? 8 : 4; }

// ---- W1, independent tripartite synapses, and W5, a network of them. O_delta = 1.2 uM/s, else the defaults.

inline constexpr double synapse_step = 1e-3;  // [s]
/// Firing rates spread evenly over 0 to 20 /s.
inline double synapse_rate(std::size_t synapse) {
  const double turns = double(synapse + 1) * 0.6180339887498949;
  return 20 * (turns - std::floor(turns));
}

inline constexpr double network_efficacy = 0.03, network_external = 3;
/// The sources of the synapses of all neurons, neuron by neuron.
inline std::vector<std::uint32_t> network_sources(std::size_t neurons, std::size_t indegree) {
  std::vector<std::uint32_t> sources(neurons * indegree);
  const random::Philox draw{1};
  for (std::size_t i = 0; i < sources.size(); ++i)
    sources[i] = std::min(std::uint32_t(neurons) - 1, std::uint32_t(draw.uniform(i) * double(neurons)));
  return sources;
}

// ---- W2, heads of attention with factors per synapse

inline constexpr int heads = 16, width = 64, hidden = 1024;
inline constexpr double heterogeneity = 0.2;

// ---- W3, the associative memory in the cold regime

inline constexpr double memory_step = 0.05;  // [s]
inline int pattern_sign(int neuron, std::int64_t pattern) {
  return random::Philox{7}.words(std::uint64_t(neuron), std::uint64_t(pattern))[0] >> 31 != 0 ? 1 : -1;
}
/// The first pattern with a tenth of its signs turned.
inline int memory_cue(int neuron) { return neuron % 10 == 3 ? -pattern_sign(neuron, 0) : pattern_sign(neuron, 0); }

// ---- W4, Li-Rinzel astrocytes

inline constexpr double astrocyte_step = 1e-4;  // [s]
/// Initial I, C, h; IP3 differs.
inline double astrocyte_start(int state, std::size_t astrocyte) {
  constexpr double initial[] = {0.4, 0.073, 0.793};
  return state == 0 ? 0.2 + 0.02 * synapse_rate(astrocyte) : initial[state];
}

}  // namespace tripartite::bench
