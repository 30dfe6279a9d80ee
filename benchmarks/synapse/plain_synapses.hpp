#pragma once

#include <cstddef>
#include <vector>

#include "tripartite/synapse/parameters.hpp"

namespace tripartite::benchmarks {

/// The baseline: tripartite synapses under a constant rate, as a good engineer would write them in an hour from
/// docs/models.md. Exponential Euler, one array per state, OpenMP over cache-sized blocks, the innermost loop over
/// synapses marked for vectorisation, constants computed once.
class PlainSynapses {
 public:
  PlainSynapses(const synapse::Parameters<double>& parameters, std::size_t synapses, double dt);

  void advance(int steps, float rate);
  std::size_t releases() const { return releases_; }

  std::vector<float> u, x, y, gamma_s, gamma_a, ip3, calcium, h, x_a, g_a;

 private:
  std::size_t advance_block(std::size_t first, std::size_t last, int steps, float rate);

  synapse::Parameters<float> p_;
  float dt_;
  std::size_t releases_ = 0;
};

}  // namespace tripartite::benchmarks
