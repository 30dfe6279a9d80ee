#pragma once

#include <vector>

#include "tripartite/integrate/methods.hpp"

namespace tripartite {

/// The stages of a step of `dt` [s] by a fixed-step method, on every backend.
template <class Real>
std::vector<integrate::Stage<Real>> stages_of(integrate::Method method, Real dt) {
  std::vector<integrate::Stage<Real>> stages;
  integrate::with_fixed_method(method, [&](auto chosen) {
    using Chosen = decltype(chosen);
    for (int s = 0; s < Chosen::stages; ++s) {
      integrate::Stage<Real> stage;
      stage.is_exponential = Chosen::is_exponential;
      stage.is_first = s == 0;
      stage.is_last = s + 1 == Chosen::stages;
      stage.half = Chosen::half(s);
      stage.ahead = Real(Chosen::ahead(s)) * dt;
      if constexpr (!Chosen::is_exponential) {
        stage.weight = Real(Chosen::weight(s));
        stage.final = dt / Real(Chosen::divisor);
      }
      stages.push_back(stage);
    }
  });
  return stages;
}

}  // namespace tripartite
