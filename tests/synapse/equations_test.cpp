// The right-hand side against the published equations typed anew, the Jacobian against differences of it.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "support/standard_model.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/integrate/shifted_jacobian.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

using Synapse = TripartiteSynapse<double, Gchi>;
constexpr int state_count = Synapse::states;
using States = double[state_count];
using In = Inputs<double, 3>;  // rate, bias, IP3 of the soma

const char* name_of(int state) { return Synapse::state_infos[state].name; }

/// docs/models.md, part C, line by line.
std::array<double, 10> oracle(const Synapse& p, const States& s, double nu, double bias, double soma, bool exogenous,
                              bool has_soma) {
  const Gchi<double>& cell = p.cell;
  const double u = s[0], x = s[1], Y = s[2], GS = s[3], GA = s[4], I = s[5], C = s[6], h = s[7], xA = s[8], G = s[9];
  const double U0 = (1 - GS) * p.U_0_star + p.alpha * GS;
  const double r = (u + U0 * (1 - u)) * x;
  const double m = I / (I + cell.d_1) * C / (C + cell.d_5);
  const double Q2 = cell.d_2 * (I + cell.d_1) / (I + cell.d_3);
  const double h_inf = Q2 / (Q2 + C), tau_h = 1 / (cell.O_2 * (Q2 + C));
  const auto S = [&](double d) {
    return 0.5 * (std::tanh((d - p.I_Theta) / p.omega_I) + std::tanh((d + p.I_Theta) / p.omega_I));
  };
  double dI =
      p.O_beta * GA + cell.O_delta / (1 + I / cell.kappa_delta) * C * C / (C * C + cell.K_delta * cell.K_delta) -
      cell.O_3K * std::pow(C, 4) / (std::pow(C, 4) + std::pow(cell.K_D, 4)) * I / (I + cell.K_3K) - cell.Omega_5P * I;
  if (exogenous) dI -= p.F_ex * S(I - bias);
  if (has_soma) dI += p.D_p * (soma - I);
  return {-p.Omega_f * u + U0 * (1 - u) * nu,
          p.Omega_d * (1 - x) - r * nu,
          -p.Omega_c * Y + p.rho_c * p.Y_T * r * nu,
          p.O_G * G * (1 - GS) - p.Omega_G * GS,
          p.O_N * Y * (1 - GA) - p.Omega_N * (1 + p.zeta * C / (C + p.K_KC)) * GA,
          dI,
          (cell.Omega_C * std::pow(m, 3) * std::pow(h, 3) + cell.Omega_L) * (cell.C_T - (1 + cell.rho_A) * C) -
              cell.O_P * C * C / (C * C + cell.K_P * cell.K_P),
          (h_inf - h) / tau_h,
          p.Omega_A * (1 - xA),
          -p.Omega_e * G};
}

struct Draw {
  std::mt19937_64 random{7};
  double operator()(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); }
  Synapse model(bool exogenous, bool has_soma) {
    auto model = standard_model<Synapse>();
    each_parameter(model, [&](int, double& value) { value *= (*this)(0.5, 1.5); });
    model.alpha = (*this)(0, 1);
    model.U_0_star = (*this)(0.05, 0.95);
    model.option[Synapse::Option::exogenous_ip3] = exogenous ? 1 : 0;
    model.option[Synapse::Option::soma] = has_soma ? 1 : 0;
    return model;
  }
  void state(States& y) {
    const double highest[state_count] = {1, 1, 1000, 1, 1, 3, 1.5, 1, 1, 80};
    for (int i = 0; i < state_count; ++i) y[i] = (*this)(0.02, 0.98) * highest[i];
  }
};

TEST(TripartiteSynapse, FollowsThePublishedEquations) {
  Draw draw;
  for (int trial = 0; trial < 200; ++trial) {
    const bool exogenous = trial % 2 == 1, has_soma = trial % 3 == 1;
    const Synapse model = draw.model(exogenous, has_soma);
    States y, slope;
    draw.state(y);
    const In in{{draw(0, 40), draw(0, 2), draw(0, 1)}};
    integrate::derivatives(model, y, in, slope);
    const auto expected = oracle(model, y, in.value[0], in.value[1], in.value[2], exogenous, has_soma);
    // Some ten roundings of terms up to rho_c Y_T r nu ~ 1e5.
    for (int i = 0; i < state_count; ++i)
      EXPECT_NEAR(slope[i], expected[std::size_t(i)], 1e-12 * (1 + std::abs(expected[std::size_t(i)]) + y[2]))
          << name_of(i) << " in trial " << trial;
  }
}

TEST(TripartiteSynapse, HasGainsAndLossesThatAreNotNegative) {
  Draw draw;
  for (int trial = 0; trial < 200; ++trial) {
    const Synapse model = draw.model(false, true);
    States y, gain, loss;
    draw.state(y);
    const In in{{draw(0, 100), 0, draw(0, 2)}};
    model.rates(y, in.value, gain, loss);
    for (int i = 0; i < state_count; ++i) {
      EXPECT_GE(gain[i], 0) << name_of(i);
      EXPECT_GE(loss[i], 0) << name_of(i);
    }
  }
}

TEST(TripartiteSynapse, SpikeReleasesWhatTheRuleSays) {
  const auto model = standard_model<Synapse>();
  States y = {0.2, 0.7, 3, 0.25, 0, 0, 0, 0, 0, 0};
  model.spike(y, true, 1.0);
  const double U0 = 0.75 * 0.6, u = 0.2 + U0 * 0.8, r = u * 0.7;
  EXPECT_DOUBLE_EQ(y[Synapse::State::utilisation], u);
  EXPECT_DOUBLE_EQ(y[Synapse::State::resources], 0.7 - r);
  EXPECT_DOUBLE_EQ(y[Synapse::State::glutamate], 3 + 0.005 * 5e5 * r);
}

TEST(Jacobian, IsTheDerivativeOfTheRightHandSide) {
  Draw draw;
  for (int trial = 0; trial < 100; ++trial) {
    const Synapse model = draw.model(trial % 2 == 1, trial % 3 == 1);
    States y;
    draw.state(y);
    const In in{{draw(0, 40), draw(0, 2), draw(0, 1)}};
    double jacobian[state_count][state_count];
    model.jacobian(y, in.value, jacobian);
    for (int by = 0; by < state_count; ++by) {
      States column, above, below;
      for (int i = 0; i < state_count; ++i) column[i] = Synapse::depends(i, by) ? jacobian[i][by] : 0;
      const double step = 1e-5 * std::max(y[by], 0.1), kept = y[by];
      y[by] = kept + step;
      integrate::derivatives(model, y, in, above);
      y[by] = kept - step;
      integrate::derivatives(model, y, in, below);
      y[by] = kept;
      // Centred differences: third derivatives times step^2 / 6, and rounding of the largest term over the step.
      for (int i = 0; i < state_count; ++i)
        EXPECT_NEAR(column[i], (above[i] - below[i]) / (2 * step),
                    1e-6 * (1 + std::abs(column[i])) + (i == 2 ? 1e-4 : 0))
            << "d(" << name_of(i) << ")/d" << name_of(by);
    }
  }
}

TEST(Jacobian, SolvesWhatItMultiplies) {
  Draw draw;
  for (int trial = 0; trial < 100; ++trial) {
    const Synapse model = draw.model(true, true);
    States y, wanted, product, b;
    draw.state(y);
    double jacobian[state_count][state_count];
    const In in{{20, 1, 0.5}};
    model.jacobian(y, in.value, jacobian);
    const double shift = draw(50, 1000);
    for (double& value : wanted) value = draw(-1, 1);
    for (int i = 0; i < state_count; ++i) {
      product[i] = 0;
      for (int k = 0; k < state_count; ++k)
        if (Synapse::depends(i, k)) product[i] += jacobian[i][k] * wanted[k];
    }
    for (int i = 0; i < state_count; ++i) b[i] = shift * wanted[i] - product[i];
    integrate::ShiftedJacobian<Synapse, double>(jacobian, shift).solve(b);
    for (int i = 0; i < state_count; ++i) EXPECT_NEAR(b[i], wanted[i], 1e-9) << name_of(i);
  }
}

TEST(Flux, IsOddAndBothFormsAreNear) {
  for (double difference = -2; difference <= 2; difference += 0.01) {
    const double smooth = ip3_flux(Flux::smooth, difference, 0.3, 0.05);
    const double published = ip3_flux(Flux::published, difference, 0.3, 0.05);
    EXPECT_NEAR(smooth, -ip3_flux(Flux::smooth, -difference, 0.3, 0.05), 1e-15);
    EXPECT_NEAR(smooth, published, 1.3e-5) << difference;  // docs/models.md
    EXPECT_NEAR(published,
                0.5 * (1 + std::tanh((std::abs(difference) - 0.3) / 0.05)) *
                    (difference > 0   ? 1
                     : difference < 0 ? -1
                                      : 0),
                1e-12);
  }
}

TEST(Relaxation, IsExactFromTheSmallestToTheLargestArgument) {
  for (double z = 1e-12; z < 1e3; z *= 1.37) {
    const double exact = -std::expm1(-z) / z;
    EXPECT_NEAR(relaxation(z), exact, 1e-10 * exact) << z;
    EXPECT_NEAR(relaxation(float(z)), exact, 2e-6 * exact) << z;
  }
  EXPECT_EQ(relaxation(0.0), 1);
}

TEST(LiRinzel, FollowsThePublishedEquations) {
  const auto model = standard_model<LiRinzel<double>>();
  const auto expected = [](double I, double C, double h) {
    const double c = std::min(std::max(C, 0.0), 2.0);
    const double m = I / (I + 0.13), n = c / (c + 0.08234);
    return std::array{(0.16 - I) / 7.142,
                      (6 * std::pow(m * n * h, 3) + 0.11) * (2 - 1.185 * c) - 0.9 * c * c / (c * c + 0.01),
                      0.2 * (1.049 * (I + 0.13) / (I + 0.9434) * (1 - h) - c * h)};
  };
  for (const auto& [I, C, h] : {std::array{0.16, 0.073, 0.793}, {1.0, 1.0, 1.0}, {0.4, 2.5, 0.3}, {0.4, -0.1, 0.3}}) {
    double y[3] = {I, C, h}, gain[3], loss[3];
    const double none[1] = {0};
    model.rates(y, none, gain, loss);
    const auto want = expected(I, C, h);
    for (int i = 0; i < 3; ++i)
      EXPECT_NEAR(gain[i] - loss[i] * y[i], want[std::size_t(i)], 1e-13) << i << " at C = " << C;
  }
}

}  // namespace
}  // namespace tripartite
