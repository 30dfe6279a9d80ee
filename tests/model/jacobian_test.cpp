// The Jacobian of every model that has one: against differences of its right-hand side, and solved against a dense
// elimination typed anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "support/standard_model.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/integrate/shifted_jacobian.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

/// A state in the middle of what a model may be in, by the names of its states.
double largest_of(const StateInfo& state) {
  const std::string name = state.name;
  if (state.highest > 0) return state.highest;
  if (name == "Y") return 1000;
  if (name == "G_A") return 80;
  return name == "I" ? 3 : 1.5;
}

template <class M>
struct Draw {
  static constexpr int n = M::State::count;
  std::mt19937_64 random{7};

  double operator()(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); }

  M model(int trial) {
    M model = standard_model<M>();
    each_parameter(model, [&](int, double& value) { value *= (*this)(0.5, 1.5); });
    if constexpr (requires { model.alpha; }) {
      model.alpha = (*this)(0, 1);
      model.U_0_star = (*this)(0.05, 0.95);
    }
    if constexpr (HasOptions<M>)
      for (int i = 0; i < M::Option::count; ++i) model.option[i] = trial >> i & 1;
    return model;
  }
  void state(double (&y)[n]) {
    for (int i = 0; i < n; ++i) y[i] = (*this)(0.02, 0.98) * largest_of(M::state_infos[i]);
  }
  void inputs(double (&in)[M::Input::count]) {
    for (int p = 0; p < M::Input::count; ++p) in[p] = (*this)(0, std::string(M::input_infos[p].unit) == "1/s" ? 40 : 1);
  }
};

template <class M>
void slope(const M& model, const double (&y)[M::State::count], const double (&in)[M::Input::count],
           double (&result)[M::State::count]) {
  double gain[M::State::count], loss[M::State::count];
  model.rates(y, in, gain, loss);
  for (int i = 0; i < M::State::count; ++i) result[i] = gain[i] - loss[i] * y[i];
}

template <class M>
class JacobianOf : public testing::Test {};
using WithJacobian =
    testing::Types<Gchi<double>, LiRinzel<double>, Astrocyte<double, Gchi>, Astrocyte<double, LiRinzel>,
                   TripartiteSynapse<double, Gchi>, TripartiteSynapse<double, LiRinzel>>;
TYPED_TEST_SUITE(JacobianOf, WithJacobian);

TYPED_TEST(JacobianOf, IsTheDerivativeOfTheRightHandSide) {
  using M = TypeParam;
  static_assert(HasJacobian<M>);
  constexpr int n = M::State::count;
  Draw<M> draw;
  for (int trial = 0; trial < 160; ++trial) {
    const M model = draw.model(trial);
    double y[n], in[M::Input::count], jacobian[n][n];
    draw.state(y);
    draw.inputs(in);
    // Inside the clamp of LiRinzel, [0, C_T].
    if constexpr (
        requires { model.tau_I; } || requires { model.cell.tau_I; })
      y[M::State::calcium] = std::min(y[M::State::calcium], 0.9);
    for (auto& row : jacobian) std::fill(std::begin(row), std::end(row), NAN);
    model.jacobian(y, in, jacobian);
    for (int by = 0; by < n; ++by) {
      double above[n], below[n];
      const double step = 1e-5 * std::max(y[by], 0.1), kept = y[by];
      y[by] = kept + step;
      slope(model, y, in, above);
      y[by] = kept - step;
      slope(model, y, in, below);
      y[by] = kept;
      for (int i = 0; i < n; ++i) {
        const double entry = M::depends(i, by) ? jacobian[i][by] : 0;
        // Centred differences: third derivatives times step^2 / 6, and rounding of the largest term over the step.
        const bool is_glutamate = std::string(M::state_infos[i].name) == "Y";
        EXPECT_NEAR(entry, (above[i] - below[i]) / (2 * step), 1e-6 * (1 + std::abs(entry)) + (is_glutamate ? 1e-4 : 0))
            << "d(" << M::state_infos[i].name << ")/d" << M::state_infos[by].name << " in trial " << trial;
      }
    }
  }
}

/// Gaussian elimination of a dense matrix with exchange of rows.
std::vector<double> dense_solution(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

template <class M>
class ShiftedJacobianOf : public testing::Test {};
using WithStates = testing::Types<Astrocyte<double, Gchi>, Astrocyte<double, LiRinzel>, TripartiteSynapse<double, Gchi>,
                                  TripartiteSynapse<double, LiRinzel>>;
TYPED_TEST_SUITE(ShiftedJacobianOf, WithStates);

TYPED_TEST(ShiftedJacobianOf, SolvesAsADenseEliminationDoes) {
  using M = TypeParam;
  constexpr int n = M::State::count;
  Draw<M> draw;
  for (int trial = 0; trial < 160; ++trial) {
    const M model = draw.model(trial);
    double y[n], in[M::Input::count], jacobian[n][n], solved[n];
    draw.state(y);
    draw.inputs(in);
    for (auto& row : jacobian) std::fill(std::begin(row), std::end(row), NAN);
    model.jacobian(y, in, jacobian);
    const double shift = draw(20, 1000);
    std::vector<std::vector<double>> a(n, std::vector<double>(n));
    std::vector<double> b(n);
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j)
        a[std::size_t(i)][std::size_t(j)] = (i == j ? shift : 0) - (M::depends(i, j) ? jacobian[i][j] : 0);
      b[std::size_t(i)] = solved[i] = draw(-1, 1);
    }
    integrate::ShiftedJacobian<M, double>(jacobian, shift).solve(solved);
    const auto expected = dense_solution(a, b);
    for (int i = 0; i < n; ++i)
      EXPECT_NEAR(solved[i], expected[std::size_t(i)], 1e-12 + 1e-9 * std::abs(expected[std::size_t(i)]))
          << M::state_infos[i].name << " in trial " << trial;
  }
}

}  // namespace
}  // namespace tripartite
