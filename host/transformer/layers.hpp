#pragma once

#include "host/linear_algebra/product.hpp"
#include "host/transformer/activation.hpp"

namespace tripartite::transformer {

/// y = x W + b for rows x. The weights belong to the model.
template <class Real>
struct Linear {
  const Real* weight = nullptr;
  const Real* bias = nullptr;  // may be null
  int in = 0;
  int out = 0;
  int leading = 0;  // leading dimension of the weight
  linear_algebra::Stored stored =
      linear_algebra::Stored::transposed;  // [out x in], as in most checkpoints; as_is: [in x out]

  void apply(int rows, const Real* x, Real* y) const;
  /// y += x W + b
  void add(int rows, const Real* x, Real* y) const;
};

/// Layer normalisation with biased variance and epsilon inside the root.
template <class Real>
struct Norm {
  const Real* weight = nullptr;
  const Real* bias = nullptr;
  int size = 0;
  double epsilon = 0;

  /// x and y may be the same array.
  void apply(int rows, const Real* x, Real* y) const;
};

/// One layer: attention and MLP, each with a residual and a norm before it (pre-LN) or after it (post-LN).
template <class Real>
struct Block {
  Norm<Real> attention_norm, mlp_norm;
  Linear<Real> query, key, value, output;
  Linear<Real> up, down;
};

}  // namespace tripartite::transformer
