#pragma once

namespace tripartite::attention::cuda {

/// integrate::LinearScheme in working precision and as small as its stages allow: nothing but numbers of type Real, so
/// that a table of schemes is uploaded as one array. Aligned, so that threads load four numbers (double: two) at a
/// time: the scheme is most of what they load.
template <class Real, int Stages>
struct alignas(16) Scheme {
  Real weight[Stages];
  Real stage_decay[Stages];
  Real stage_weight[Stages][Stages];
  Real loss;  // 1 - decay
};

/// Steps of one chunk of a phase, the same for all heads.
template <class Real>
struct Panels {
  int count = 0;
  const int* kind = nullptr;     // [count] which scheme of a table
  const Real* rho = nullptr;     // [count * stages] (x(t) - target) / (start - target) of the input filters
  const Real* border = nullptr;  // [count + 1] the same at the borders of the steps
  const Real* span = nullptr;    // [count] length / tau_input
};

}  // namespace tripartite::attention::cuda
