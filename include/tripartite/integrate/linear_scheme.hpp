#pragma once

#include <array>

namespace tripartite::integrate {

/// One-step methods for y' = -kappa y + D(t), whose drive D is known at the stages of the step because it comes from
/// upstream. Every solver of the attention network has this form, and only its coefficients differ:
///   stage s:  Y_s = stage_decay[s] y + sum_r stage_weight[s][r] D_r
///   step:     y'  = decay y          + sum_r weight[r] D_r
enum class LinearMethod {
  exponential_euler,  // exact in y, drive held from the start of the step; order 1, one stage
  euler,              // order 1, one stage
  rk4,                // classical Runge-Kutta, order 4, four stages
  collocation         // exact in y for drives that are polynomials of degree 11: Gauss nodes, twelve stages
};

inline constexpr int max_stages = 12;

constexpr int stages_of(LinearMethod method) {
  return method == LinearMethod::rk4 ? 4 : method == LinearMethod::collocation ? max_stages : 1;
}

struct LinearScheme {
  int stages = 1;
  double decay = 1;
  double loss =
      0;  // 1 - decay without cancellation: write y += (weights . D) - loss y, or float32 drifts off the fixed point
  std::array<double, max_stages> weight{};  // [s]
  std::array<double, max_stages> stage_decay{};
  std::array<std::array<double, max_stages>, max_stages>
      stage_weight{};  // [s], strictly lower triangular unless collocation
};

/// Coefficients of one step of length `length` [s] for the rate `kappa` >= 0 [1/s].
LinearScheme linear_scheme(LinearMethod method, double kappa, double length);

/// Times of the stages as fractions of the step.
std::array<double, max_stages> stage_times(LinearMethod method);

}  // namespace tripartite::integrate
