#include "tripartite/integrate/linear_scheme.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "support/close.hpp"
#include "support/numbers.hpp"

namespace tripartite::integrate {
namespace {

using Drive = std::function<double(double)>;

double advance(LinearMethod method, double kappa, double y, const Drive& drive, double duration, int steps) {
  const double length = duration / steps;
  const LinearScheme scheme = linear_scheme(method, kappa, length);
  const auto times = stage_times(method);
  for (int step = 0; step < steps; ++step) {
    double next = scheme.decay * y;
    for (int s = 0; s < scheme.stages; ++s) next += scheme.weight[s] * drive((step + times[s]) * length);
    y = next;
  }
  return y;
}

/// Analytic solution of y' = -kappa y + cos(w t).
double cosine_response(double kappa, double y, double w, double t) {
  const double norm = kappa * kappa + w * w;
  const double particular = (kappa * std::cos(w * t) + w * std::sin(w * t)) / norm;
  return particular + (y - kappa / norm) * std::exp(-kappa * t);
}

struct Order {
  LinearMethod method;
  double order;
};

class LinearSchemeOrder : public testing::TestWithParam<Order> {};

TEST_P(LinearSchemeOrder, ConvergesAtNominalOrder) {
  const double kappa = 3, w = 5, duration = 1.5;
  std::vector<double> log_length, log_error;
  for (const int steps : {32, 64, 128, 256}) {
    const double y = advance(
        GetParam().method, kappa, 0.7, [&](double t) { return std::cos(w * t); }, duration, steps);
    log_length.push_back(std::log(duration / steps));
    log_error.push_back(std::log(std::abs(y - cosine_response(kappa, 0.7, w, duration))));
  }
  EXPECT_NEAR(slope(log_length, log_error), GetParam().order, 0.1);
}

INSTANTIATE_TEST_SUITE_P(Stepping, LinearSchemeOrder,
                         testing::Values(Order{LinearMethod::exponential_euler, 1}, Order{LinearMethod::euler, 1},
                                         Order{LinearMethod::rk4, 4}));

TEST(LinearScheme, Rk4IsTheClassicalTableau) {
  const double kappa = 7, length = 0.05, y = 1.3;
  const Drive drive = [](double t) { return 2 + 3 * t + std::sin(20 * t); };
  const auto rate = [&](double t, double state) { return -kappa * state + drive(t); };
  const double k1 = rate(0, y), k2 = rate(length / 2, y + length / 2 * k1);
  const double k3 = rate(length / 2, y + length / 2 * k2), k4 = rate(length, y + length * k3);
  EXPECT_NEAR(advance(LinearMethod::rk4, kappa, y, drive, length, 1), y + length / 6 * (k1 + 2 * k2 + 2 * k3 + k4),
              1e-15);

  const LinearScheme scheme = linear_scheme(LinearMethod::rk4, kappa, length);
  const double drives[4] = {drive(0), drive(length / 2), drive(length / 2), drive(length)};
  const std::vector<double> expected{y, y + length / 2 * k1, y + length / 2 * k2, y + length * k3};
  std::vector<double> stages;
  for (int s = 0; s < 4; ++s) {
    stages.push_back(scheme.stage_decay[s] * y);
    for (int r = 0; r < s; ++r) stages.back() += scheme.stage_weight[s][r] * drives[r];
  }
  EXPECT_TRUE(all_close(stages, expected, {.absolute = 1e-15}));
}

TEST(LinearScheme, ExponentialEulerIsExactForAHeldDrive) {
  const double kappa = 40, duration = 0.3;
  const double expected = 0.2 * std::exp(-kappa * duration) + 6 / kappa * (1 - std::exp(-kappa * duration));
  EXPECT_NEAR(advance(
                  LinearMethod::exponential_euler, kappa, 0.2, [](double) { return 6.0; }, duration, 3),
              expected, 1e-16);
}

/// y(length) for y' = -kappa y + (t / length)^degree, y(0) = 0, as the power series in z = -kappa length:
/// length sum_n z^n degree! / (degree + n + 1)!.
double power_response(double kappa, double length, int degree, double until) {
  const double z = -kappa * length * until;
  double term = 1.0 / (degree + 1), sum = term;
  for (int n = 1; n < 60; ++n) {
    term *= z / (degree + n + 1);
    sum += term;
  }
  return length * until * std::pow(until, degree) * sum;
}

TEST(Collocation, IsExactForDrivesUpToDegreeEleven) {
  for (const double z : {0.0, 0.01, 0.5, 2.0, 6.0})
    for (int degree = 0; degree <= 11; ++degree) {
      const double length = 0.02, kappa = z / length;
      const double y = advance(
          LinearMethod::collocation, kappa, 0, [&](double t) { return std::pow(t / length, degree); }, length, 1);
      EXPECT_NEAR(y, power_response(kappa, length, degree, 1), 1e-13 * length) << "z " << z << " degree " << degree;
    }
}

TEST(Collocation, StagesAreExactForDrivesUpToDegreeEleven) {
  const double length = 0.02, kappa = 1.5 / length;
  const LinearScheme scheme = linear_scheme(LinearMethod::collocation, kappa, length);
  const auto times = stage_times(LinearMethod::collocation);
  for (int degree = 0; degree <= 11; ++degree)
    for (int s = 0; s < max_stages; ++s) {
      double y = 0;
      for (int r = 0; r < max_stages; ++r) y += scheme.stage_weight[s][r] * std::pow(times[r], degree);
      EXPECT_NEAR(y, power_response(kappa, length, degree, times[s]), 1e-13 * length) << degree << ' ' << s;
    }
}

TEST(Collocation, IsNotExactAtDegreeTwentyFour) {
  // Gauss nodes are exact up to degree 23 when kappa = 0; degree 24 shows that the test above can fail.
  const double y = advance(
      LinearMethod::collocation, 0, 0, [](double t) { return std::pow(t, 24); }, 1, 1);
  EXPECT_GT(std::abs(y - 1.0 / 25), 1e-15);
  EXPECT_LT(std::abs(y - 1.0 / 25), 1e-12);
}

TEST(LinearScheme, ComputesLossWithoutCancellation) {
  for (const auto method :
       {LinearMethod::exponential_euler, LinearMethod::euler, LinearMethod::rk4, LinearMethod::collocation}) {
    const LinearScheme scheme = linear_scheme(method, 2e-6, 1e-3);
    EXPECT_NEAR(scheme.loss / 2e-9, 1, 1e-8);  // computing 1 - decay directly keeps only seven digits
    EXPECT_NEAR(scheme.loss, 1 - scheme.decay, 1e-15);
  }
}

TEST(LinearScheme, IntegratesTheDriveWithoutDecay) {
  for (const auto method :
       {LinearMethod::exponential_euler, LinearMethod::euler, LinearMethod::rk4, LinearMethod::collocation}) {
    EXPECT_NEAR(advance(
                    method, 0, 1.5, [](double) { return 4.0; }, 0.25, 5),
                2.5, 1e-14);
    EXPECT_EQ(linear_scheme(method, 0, 0.1).decay, 1);
  }
}

TEST(LinearScheme, StaysAtTheFixedPoint) {
  for (const auto method :
       {LinearMethod::exponential_euler, LinearMethod::euler, LinearMethod::rk4, LinearMethod::collocation})
    EXPECT_NEAR(advance(
                    method, 20, 3.0 / 20, [](double) { return 3.0; }, 2, 1000),
                3.0 / 20, 1e-14);
}

}  // namespace
}  // namespace tripartite::integrate
