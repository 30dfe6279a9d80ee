#pragma once

#include "host/bench/problem.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::bench {

/// W2: heads whose synapses have factors of their own, and two tokens.
inline attention::EngineSetup heads_setup(attention::Solver solver) {
  attention::EngineSetup setup;
  setup.width = width;
  setup.hidden = hidden;
  setup.tokens = 2;
  setup.parameters.solver = solver;
  setup.parameters.heterogeneity = heterogeneity;
  for (int head = 0; head < heads; ++head) {
    setup.maps.push_back(attention::make_feature_map(attention::Feature::favor, width, hidden, 1, std::uint64_t(head)));
    setup.factors.push_back(attention::draw_factors(setup.parameters, width, hidden, std::uint64_t(head)));
  }
  return setup;
}

/// Projections of both tokens, [2 x heads * width]; `stream` 0, 1, 2: queries, keys, values.
template <class Real>
std::vector<Real> head_tokens(std::uint64_t stream) {
  std::vector<Real> values(std::size_t(2) * heads * width);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = Real((stream == 2 ? 1.0 : 0.6) * random::Philox{11}.normal(i, stream));
  return values;
}

}  // namespace tripartite::bench
