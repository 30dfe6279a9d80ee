#pragma once

#include "tripartite/host_device.hpp"

namespace tripartite {

/// dy/dt of a model: its `slopes` if it has them, else gain - loss y of its `rates`. A model has slopes where they take
/// fewer products than gains and losses do; for methods that treat losses apart, these remain.
template <class Model, class Real, class Inputs, int states>
TRIPARTITE_HD void slopes_of(const Model& model, const Real (&y)[states], const Inputs& in, Real (&slope)[states]) {
  if constexpr (requires { model.slopes(y, in, slope); }) {
    model.slopes(y, in, slope);
  } else {
    Real gain[states], loss[states];
    model.rates(y, in, gain, loss);
    for (int i = 0; i < states; ++i) slope[i] = gain[i] - loss[i] * y[i];
  }
}

}  // namespace tripartite
