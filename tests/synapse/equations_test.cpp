// The right-hand side against the published equations typed anew, the Jacobian against differences of it.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/synapse/linearised.hpp"

namespace tripartite::synapse {
namespace {

using State = double[state_count];

/// docs/models.md, part C, line by line.
std::array<double, 10> oracle(const Parameters<double>& p, const State& s, double nu, double bias, double soma,
                              bool exogenous, bool has_soma) {
  const double u = s[0], x = s[1], Y = s[2], GS = s[3], GA = s[4], I = s[5], C = s[6], h = s[7], xA = s[8], G = s[9];
  const double U0 = (1 - GS) * p.U_0_star + p.alpha * GS;
  const double r = (u + U0 * (1 - u)) * x;
  const double m = I / (I + p.d_1) * C / (C + p.d_5);
  const double Q2 = p.d_2 * (I + p.d_1) / (I + p.d_3);
  const double h_inf = Q2 / (Q2 + C), tau_h = 1 / (p.O_2 * (Q2 + C));
  const auto S = [&](double d) {
    return 0.5 * (std::tanh((d - p.I_Theta) / p.omega_I) + std::tanh((d + p.I_Theta) / p.omega_I));
  };
  double dI = p.O_beta * GA + p.O_delta / (1 + I / p.kappa_delta) * C * C / (C * C + p.K_delta * p.K_delta) -
              p.O_3K * std::pow(C, 4) / (std::pow(C, 4) + std::pow(p.K_D, 4)) * I / (I + p.K_3K) - p.Omega_5P * I;
  if (exogenous) dI -= p.F_ex * S(I - bias);
  if (has_soma) dI += p.D_p * (soma - I);
  return {-p.Omega_f * u + U0 * (1 - u) * nu,
          p.Omega_d * (1 - x) - r * nu,
          -p.Omega_c * Y + p.rho_c * p.Y_T * r * nu,
          p.O_G * G * (1 - GS) - p.Omega_G * GS,
          p.O_N * Y * (1 - GA) - p.Omega_N * (1 + p.zeta * C / (C + p.K_KC)) * GA,
          dI,
          (p.Omega_C * std::pow(m, 3) * std::pow(h, 3) + p.Omega_L) * (p.C_T - (1 + p.rho_A) * C) -
              p.O_P * C * C / (C * C + p.K_P * p.K_P),
          (h_inf - h) / tau_h,
          p.Omega_A * (1 - xA),
          -p.Omega_e * G};
}

struct Draw {
  std::mt19937_64 random{7};
  double operator()(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); }
  Parameters<double> parameters() {
    auto p = standard_parameters();
    for (int i = 0; i < parameter_count; ++i) p.*parameter_members<double>[i] *= (*this)(0.5, 1.5);
    p.alpha = (*this)(0, 1);
    p.U_0_star = (*this)(0.05, 0.95);
    return p;
  }
  void state(State& y) {
    const double highest[state_count] = {1, 1, 1000, 1, 1, 3, 1.5, 1, 1, 80};
    for (int i = 0; i < state_count; ++i) y[i] = (*this)(0.02, 0.98) * highest[i];
  }
};

TEST(TripartiteSynapse, FollowsThePublishedEquations) {
  Draw draw;
  for (int trial = 0; trial < 200; ++trial) {
    const bool exogenous = trial % 2 == 1, has_soma = trial % 3 == 1;
    const TripartiteSynapse<double> model{draw.parameters(), {exogenous, has_soma, astrocyte::Flux::smooth}};
    State y, slope;
    draw.state(y);
    const Input<double> in{draw(0, 40), draw(0, 2), draw(0, 1)};
    integrate::derivatives(model, y, in, slope);
    const auto expected = oracle(model.p, y, in.rate, in.bias, in.soma_ip3, exogenous, has_soma);
    // Some ten roundings of terms up to rho_c Y_T r nu ~ 1e5.
    for (int i = 0; i < state_count; ++i)
      EXPECT_NEAR(slope[i], expected[std::size_t(i)], 1e-12 * (1 + std::abs(expected[std::size_t(i)]) + y[2]))
          << state_infos[i].name << " in trial " << trial;
  }
}

TEST(TripartiteSynapse, HasGainsAndLossesThatAreNotNegative) {
  Draw draw;
  for (int trial = 0; trial < 200; ++trial) {
    const TripartiteSynapse<double> model{draw.parameters(), {false, true, astrocyte::Flux::smooth}};
    State y, gain, loss;
    draw.state(y);
    model.rates(y, Input<double>{draw(0, 100), 0, draw(0, 2)}, gain, loss);
    for (int i = 0; i < state_count; ++i) {
      EXPECT_GE(gain[i], 0) << state_infos[i].name;
      EXPECT_GE(loss[i], 0) << state_infos[i].name;
    }
  }
}

TEST(TripartiteSynapse, SpikeReleasesWhatTheRuleSays) {
  const TripartiteSynapse<double> model{standard_parameters(), {}};
  State y = {0.2, 0.7, 3, 0.25, 0, 0, 0, 0, 0, 0};
  model.spike(y, true);
  const double U0 = 0.75 * 0.6, u = 0.2 + U0 * 0.8, r = u * 0.7;
  EXPECT_DOUBLE_EQ(y[utilisation], u);
  EXPECT_DOUBLE_EQ(y[resources], 0.7 - r);
  EXPECT_DOUBLE_EQ(y[glutamate], 3 + 0.005 * 5e5 * r);
}

TEST(Jacobian, IsTheDerivativeOfTheRightHandSide) {
  Draw draw;
  for (int trial = 0; trial < 100; ++trial) {
    const TripartiteSynapse<double> model{draw.parameters(), {trial % 2 == 1, trial % 3 == 1, astrocyte::Flux::smooth}};
    State y;
    draw.state(y);
    const Input<double> in{draw(0, 40), draw(0, 2), draw(0, 1)};
    const auto jacobian = linearise(model, y, in);
    for (int by = 0; by < state_count; ++by) {
      State direction = {}, column, above, below;
      direction[by] = 1;
      jacobian.apply(direction, column);
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
            << "d(" << state_infos[i].name << ")/d" << state_infos[by].name;
    }
  }
}

TEST(Jacobian, SolvesWhatItMultiplies) {
  Draw draw;
  for (int trial = 0; trial < 100; ++trial) {
    const TripartiteSynapse<double> model{draw.parameters(), {true, true, astrocyte::Flux::smooth}};
    State y, wanted, product, b;
    draw.state(y);
    auto jacobian = linearise(model, y, Input<double>{20, 1, 0.5});
    const double shift = draw(50, 1000);
    for (double& value : wanted) value = draw(-1, 1);
    jacobian.apply(wanted, product);
    for (int i = 0; i < state_count; ++i) b[i] = shift * wanted[i] - product[i];
    jacobian.factorise(shift);
    jacobian.solve(b);
    for (int i = 0; i < state_count; ++i) EXPECT_NEAR(b[i], wanted[i], 1e-9) << state_infos[i].name;
  }
}

TEST(Flux, IsOddAndBothFormsAreNear) {
  for (double difference = -2; difference <= 2; difference += 0.01) {
    const double smooth = astrocyte::ip3_flux(astrocyte::Flux::smooth, difference, 0.3, 0.05);
    const double published = astrocyte::ip3_flux(astrocyte::Flux::published, difference, 0.3, 0.05);
    EXPECT_NEAR(smooth, -astrocyte::ip3_flux(astrocyte::Flux::smooth, -difference, 0.3, 0.05), 1e-15);
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
  using Model = calcium::LiRinzel<double>;
  const Model model{calcium::standard_li_rinzel()};
  const auto expected = [](double I, double C, double h) {
    const double c = std::min(std::max(C, 0.0), 2.0);
    const double m = I / (I + 0.13), n = c / (c + 0.08234);
    return std::array{(0.16 - I) / 7.142,
                      (6 * std::pow(m * n * h, 3) + 0.11) * (2 - 1.185 * c) - 0.9 * c * c / (c * c + 0.01),
                      0.2 * (1.049 * (I + 0.13) / (I + 0.9434) * (1 - h) - c * h)};
  };
  for (const auto& [I, C, h] : {std::array{0.16, 0.073, 0.793}, {1.0, 1.0, 1.0}, {0.4, 2.5, 0.3}, {0.4, -0.1, 0.3}}) {
    double y[3] = {I, C, h}, slope[3];
    integrate::derivatives(model, y, Model::NoInput{}, slope);
    const auto want = expected(I, C, h);
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(slope[i], want[std::size_t(i)], 1e-13) << i << " at C = " << C;
  }
}

}  // namespace
}  // namespace tripartite::synapse
