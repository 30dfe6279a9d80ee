#include "tripartite/integrate/exponential_midpoint.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tripartite::integrate {
namespace {

struct Input {
  double value[1];
};
constexpr auto no_input = [](int) { return Input{{0}}; };

/// y' = 1 - y^2, whose loss is y; z' = sin t - (2 + cos t) z + cos t z.
struct Coupled {
  static constexpr int states = 2;
  void rates(const double (&y)[2], const double (&in)[1], double (&gain)[2], double (&loss)[2]) const {
    gain[0] = 1;
    loss[0] = y[0];
    gain[1] = std::sin(in[0]) + std::cos(in[0]) * y[1];
    loss[1] = 2 + std::cos(in[0]);
  }
};

double error_of(int steps) {
  const double dt = 1.0 / steps;
  double y[2] = {0, 1};
  for (int step = 0; step < steps; ++step)
    ExponentialMidpoint::step(Coupled(), y, dt, [&](int half) { return Input{{(step + 0.5 * half) * dt}}; });
  const double forced = (2 * std::sin(1.0) - std::cos(1.0)) / 5 + 1.2 * std::exp(-2.0);
  return std::max(std::abs(y[0] - std::tanh(1.0)), std::abs(y[1] - forced));
}

TEST(ExponentialMidpoint, ConvergesAtSecondOrder) {
  EXPECT_NEAR(std::log2(error_of(50) / error_of(100)), 2, 0.05);
  EXPECT_NEAR(std::log2(error_of(400) / error_of(800)), 2, 0.02);
}

/// Gains and losses that do not change.
struct Held {
  static constexpr int states = 1;
  double the_gain, the_loss;
  void rates(const double (&)[1], const double (&)[1], double (&gain)[1], double (&loss)[1]) const {
    gain[0] = the_gain;
    loss[0] = the_loss;
  }
};

TEST(ExponentialMidpoint, IsExactForGainsAndLossesThatDoNotChange) {
  for (const double loss : {0.0, 1e-3, 0.3, 4.0, 1e3, 1e8}) {
    double y[1] = {5};
    ExponentialMidpoint::step(Held{3, loss}, y, 0.7, no_input);
    const double exact = loss == 0 ? 5 + 3 * 0.7 : 5 * std::exp(-0.7 * loss) - 3 / loss * std::expm1(-0.7 * loss);
    EXPECT_NEAR(y[0], exact, 1e-9 * exact) << loss;  // the series of relaxation()
  }
}

/// Fractions that take each other's place at rates of 1e-3 to 1e9 in a step: gain <= loss.
struct StiffFractions {
  static constexpr int states = 3;
  double rate[3];
  void rates(const double (&y)[3], const double (&)[1], double (&gain)[3], double (&loss)[3]) const {
    for (int i = 0; i < 3; ++i) {
      const double other = y[(i + 1) % 3];
      gain[i] = rate[i] * other;
      loss[i] = rate[i] * (1 + other);
    }
  }
};

TEST(ExponentialMidpoint, NeverLeavesTheDomainHoweverStiff) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> unit(0, 1), decades(-3, 9);
  for (int trial = 0; trial < 2000; ++trial) {
    StiffFractions model{};
    double y[3];
    for (int i = 0; i < 3; ++i) {
      model.rate[i] = std::pow(10, decades(random));
      y[i] = trial % 3 == 0 ? std::round(unit(random)) : unit(random);
    }
    for (int step = 0; step < 50; ++step) {
      ExponentialMidpoint::step(model, y, 1.0, no_input);
      for (const double each : y) {
        ASSERT_GE(each, 0) << trial;
        ASSERT_LE(each, 1 + 1e-15) << trial;
      }
    }
  }
}

/// y follows the slow s with a loss of 1e6 /s, a thousand times a step.
struct Following {
  static constexpr int states = 2;
  void rates(const double (&y)[2], const double (&)[1], double (&gain)[2], double (&loss)[2]) const {
    gain[0] = 1;
    loss[0] = 2;
    gain[1] = 1e6 * y[0];
    loss[1] = 1e6;
  }
};

TEST(ExponentialMidpoint, FollowsAStiffStateToItsBalance) {
  double y[2] = {0, 3};
  for (int step = 0; step < 1000; ++step) ExponentialMidpoint::step(Following(), y, 1e-3, no_input);
  const double slow = 0.5 - 0.5 * std::exp(-2.0);
  EXPECT_NEAR(y[0], slow, 1e-12);
  EXPECT_NEAR(y[1], slow, 1e-3);  // it stands where s was in the middle of the step
}

TEST(ExponentialMidpoint, EstimatesTheMiddleBetweenWhereAStateIsAndWhereItGoes) {
  double before = 0;
  for (double z = 1e-6; z < 1e6; z *= 1.1) {
    const double share = z * relaxation_estimate(z);
    EXPECT_GE(share, before - 1e-15) << z;
    EXPECT_LE(share, 1 + 1e-15) << z;
    EXPECT_NEAR(relaxation_estimate(z), -std::expm1(-z) / z, z * z / 24 + 1e-9) << z;
    before = share;
  }
}

}  // namespace
}  // namespace tripartite::integrate
