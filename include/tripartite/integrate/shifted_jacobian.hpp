#pragma once

#include "tripartite/model/model.hpp"

namespace tripartite::integrate {

template <int number>
struct Constant {
  static constexpr int value = number;
};

/// Calls body(Constant<begin>()), ..., body(Constant<end - 1>()): a loop whose index is known at compile time.
TRIPARTITE_NO_EXECUTION_CHECK
template <int begin, int end, class Body>
TRIPARTITE_HD void unrolled(const Body& body) {
  if constexpr (begin < end) {
    body(Constant<begin>());
    unrolled<begin + 1, end>(body);
  }
}

/// Which entries of the shifted Jacobian of a model can differ from 0 once it is eliminated, in the order of
/// elimination.
template <class Model>
struct Fill {
  static constexpr int n = Model::states;
  int order[n];
  bool at[n][n];

  static constexpr Fill compute() {
    Fill fill{};
    for (int k = 0; k < n; ++k) {
      fill.order[k] = k;
      if constexpr (requires { Model::elimination_order(k); }) fill.order[k] = Model::elimination_order(k);
    }
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) fill.at[i][j] = Model::depends(fill.order[i], fill.order[j]);
    for (int k = 0; k < n; ++k)
      for (int i = k + 1; i < n; ++i)
        for (int j = k + 1; j < n; ++j) fill.at[i][j] = fill.at[i][j] || (fill.at[i][k] && fill.at[k][j]);
    return fill;
  }
};
template <class Model>
inline constexpr Fill<Model> fill = Fill<Model>::compute();

/// shift - J of a small model, eliminated without exchange of rows; entries that are always 0 cost nothing.
template <class Model, class Real>
class ShiftedJacobian {
 public:
  static constexpr int n = Model::states;

  TRIPARTITE_HD ShiftedJacobian(const Real (&jacobian)[n][n], Real shift) {
    unrolled<0, n>([&](auto row) {
      unrolled<0, n>([&](auto column) {
        constexpr int i = decltype(row)::value, j = decltype(column)::value;
        constexpr int from = fill<Model>.order[i], to = fill<Model>.order[j];
        if constexpr (fill<Model>.at[i][j]) {
          if constexpr (i == j)
            a_[i][j] = shift - jacobian[from][to];
          else if constexpr (Model::depends(from, to))
            a_[i][j] = -jacobian[from][to];
          else
            a_[i][j] = Real(0);
        }
      });
    });
    unrolled<0, n>([&](auto pivot) {
      constexpr int k = decltype(pivot)::value;
      reciprocal_[k] = Real(1) / a_[k][k];
      unrolled<k + 1, n>([&](auto row) {
        constexpr int i = decltype(row)::value;
        if constexpr (fill<Model>.at[i][k]) {
          a_[i][k] = a_[i][k] * reciprocal_[k];
          unrolled<k + 1, n>([&](auto column) {
            constexpr int j = decltype(column)::value;
            if constexpr (fill<Model>.at[k][j]) a_[i][j] = a_[i][j] - a_[i][k] * a_[k][j];
          });
        }
      });
    });
  }

  /// b <- (shift - J)^-1 b.
  TRIPARTITE_HD void solve(Real (&b)[n]) const {
    unrolled<0, n>([&](auto row) {
      constexpr int i = decltype(row)::value, to = fill<Model>.order[i];
      unrolled<0, i>([&](auto column) {
        constexpr int j = decltype(column)::value, from = fill<Model>.order[j];
        if constexpr (fill<Model>.at[i][j]) b[to] = b[to] - a_[i][j] * b[from];
      });
    });
    unrolled<0, n>([&](auto reversed) {
      constexpr int i = n - 1 - decltype(reversed)::value, to = fill<Model>.order[i];
      unrolled<i + 1, n>([&](auto column) {
        constexpr int j = decltype(column)::value, from = fill<Model>.order[j];
        if constexpr (fill<Model>.at[i][j]) b[to] = b[to] - a_[i][j] * b[from];
      });
      b[to] = b[to] * reciprocal_[i];
    });
  }

 private:
  Real a_[n][n], reciprocal_[n];
};

}  // namespace tripartite::integrate
