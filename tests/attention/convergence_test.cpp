// The solvers against each other: the exact propagator is the limit of the others.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "attention/batch.hpp"
#include "support/close.hpp"
#include "tripartite/attention/phase_plan.hpp"

namespace tripartite::attention {
namespace {

/// Too short to settle, so that errors of the method have not decayed at the sample.
Parameters brisk(Solver solver, double dt) {
  Parameters p;
  p.solver = solver;
  p.dt = dt;
  p.decay_hebbian = 1.5;
  p.decay_store = 0.8;
  p.heterogeneity = 0.2;
  p.settle_time = 0.040;
  p.write_time = 0.080;
  p.delay_time = 0.016;
  p.read_time = 0.160;
  return p;
}

std::vector<double> outputs(const Parameters& parameters) {
  return attend(setup_of(Feature::favor, 8, 24, 3, parameters), draw_tokens(3, 8, 5, 0.7));
}

struct Order {
  Solver solver;
  double order;
  std::vector<double> steps;  // [s]
};

class EngineOrder : public testing::TestWithParam<Order> {};

TEST_P(EngineOrder, ConvergesAtNominalOrder) {
  const auto exact = outputs(brisk(Solver::exact, 0.001));
  std::vector<double> log_step, log_error;
  for (const double dt : GetParam().steps) {
    log_step.push_back(std::log(dt));
    log_error.push_back(std::log(relative_l2(outputs(brisk(GetParam().solver, dt)), exact)));
  }
  EXPECT_NEAR(slope(log_step, log_error), GetParam().order, 0.15);
}

INSTANTIATE_TEST_SUITE_P(Stepping, EngineOrder,
                         testing::Values(Order{Solver::exponential_euler, 1, {0.001, 0.0005, 0.00025, 0.000125}},
                                         Order{Solver::euler, 1, {0.001, 0.0005, 0.00025, 0.000125}},
                                         Order{Solver::rk4, 4, {0.002, 0.001, 0.0005, 0.00025}}),
                         [](const auto& values) {
                           return values.param.solver == Solver::rk4     ? "rk4"
                                  : values.param.solver == Solver::euler ? "euler"
                                                                         : "exponential_euler";
                         });

TEST(ExactSolver, IsTheLimitOfRk4) {
  // The error of RK4 at 0.1 ms is 1e-9 here; extrapolation from 0.2 ms removes its leading term.
  const auto coarse = outputs(brisk(Solver::rk4, 0.0002)), fine = outputs(brisk(Solver::rk4, 0.0001));
  std::vector<double> limit;
  for (std::size_t i = 0; i < fine.size(); ++i) limit.push_back(fine[i] + (fine[i] - coarse[i]) / 15);
  EXPECT_LT(relative_error(outputs(brisk(Solver::exact, 0.001)), limit), 1e-9);
}

/// Time constants of calcium between 3 ms and 1 s.
Parameters uneven(Solver solver, double dt) {
  Parameters p = brisk(solver, dt);
  p.heterogeneity = 1;
  return p;
}

TEST(ExactSolver, IsTheLimitOfRk4WithRatesFarApart) {
  const auto coarse = outputs(uneven(Solver::rk4, 0.0001)), fine = outputs(uneven(Solver::rk4, 0.00005));
  std::vector<double> limit;
  for (std::size_t i = 0; i < fine.size(); ++i) limit.push_back(fine[i] + (fine[i] - coarse[i]) / 15);
  EXPECT_LT(relative_error(outputs(uneven(Solver::exact, 0.001)), limit), 1e-9);
}

TEST(ExactSolver, TakesFewPanelsHoweverFastOneSynapseIs) {
  const Parameters parameters;
  const std::vector<double> even{20}, uneven{0.5, 20, 800};  // [1/s]
  const auto panels = [&](const std::vector<double>& kappas) {
    return plan_phase(parameters, Phase::read, parameters.read_time, 0, {}, kappas).panels();
  };
  EXPECT_LE(panels(uneven), 3 * panels(even));
}

/// What the Chebyshev series in ln kappa through `nodes` makes of 1 - e^(-kappa t), the response to a constant drive.
double interpolated(const std::vector<double>& nodes, double kappa, double t) {
  double above = 0, below = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const double weight =
        std::sin(M_PI * (double(i) + 0.5) / double(nodes.size())) * (i % 2 == 0 ? 1 : -1) / std::log(kappa / nodes[i]);
    above += weight * -std::expm1(-nodes[i] * t);
    below += weight;
  }
  return above / below;
}

TEST(CalciumNodes, AreEnoughAndFewHoweverFarApartRatesAre) {
  struct Case {
    double low, high;     // [1/s]
    std::size_t most[2];  // nodes
  };
  // The second is the range of a built-in model's synapses at heterogeneity = 1, the last of 10.
  for (const Case& of : {Case{19, 21, {8, 12}}, Case{0.5, 800, {60, 90}}, Case{1e-3, 1e6, {160, 240}}}) {
    const double accuracies[] = {response_accuracy<float>, response_accuracy<double>};
    for (std::size_t a = 0; a < 2; ++a) {
      const auto nodes = calcium_nodes(of.low, of.high, accuracies[a]);
      EXPECT_LE(nodes.size(), of.most[a]) << of.low << " to " << of.high;
      double error = 0;
      for (const double t : {1e-5, 0.001, 0.1, 0.5, 10.0})
        for (int i = 0; i < 1000; ++i) {
          const double kappa = of.low * std::pow(of.high / of.low, (i + 0.123) / 1000);
          error = std::max(error, std::abs(interpolated(nodes, kappa, t) + std::expm1(-kappa * t)));
        }
      EXPECT_LT(error, accuracies[a]) << of.low << " to " << of.high;
    }
  }
}

struct DefaultSchedule {
  Feature feature;
  bool causal;
  double tolerance;
};

class ExactAndRk4 : public testing::TestWithParam<DefaultSchedule> {};

TEST_P(ExactAndRk4, AgreeOnTheDefaultSchedule) {
  const auto [feature, causal, tolerance] = GetParam();
  const int hidden = feature == Feature::elu1 ? 8 : 40;
  std::vector<double> result[2];
  for (const Solver solver : {Solver::exact, Solver::rk4}) {
    Parameters parameters;
    parameters.solver = solver;
    parameters.dt = 0.0005;
    result[solver == Solver::rk4] = attend(setup_of(feature, 8, hidden, 5, parameters), draw_tokens(5, 8, 6), causal);
  }
  EXPECT_LT(relative_error(result[0], result[1]), tolerance);
}

// RK4 at 0.5 ms errs by (dt / tau)^4 / 120 = 5e-8 of a transient that has decayed to e^-10 or less. Kinks of relu and
// elu1 and of slots' maximum add to the error of RK4, in second order of the step that straddles them.
INSTANTIATE_TEST_SUITE_P(
    Features, ExactAndRk4,
    testing::Values(DefaultSchedule{Feature::favor, false, 2e-9}, DefaultSchedule{Feature::favor, true, 2e-9},
                    DefaultSchedule{Feature::relu, false, 1e-7}, DefaultSchedule{Feature::elu1, true, 1e-7},
                    DefaultSchedule{Feature::slots, false, 1e-7}, DefaultSchedule{Feature::slots, true, 1e-7}));

TEST(ExactSolver, DoesNotDependOnHowAPhaseIsCut) {
  const EngineSetup setup = setup_of(Feature::favor, 8, 24, 2, brisk(Solver::exact, 0.001));
  const Tokens tokens = draw_tokens(2, 8, 5, 0.7);
  const auto whole = make_cpu_engine<double>(setup, 1), cut = make_cpu_engine<double>(setup, 1);
  for (const auto& engine : {whole.get(), cut.get()}) {
    load(*engine, tokens);
    const auto advance = [&](Phase phase, double duration) {
      const std::vector<double> pieces = engine == cut.get() ? std::vector<double>{0.13, 0.41, 0.46} : std::vector{1.0};
      for (const double piece : pieces) engine->advance(phase, 0, piece * duration);
    };
    advance(Phase::settle, 0.05);
    advance(Phase::write, 0.1);
    advance(Phase::read, 0.2);
  }
  for (const FieldInfo& info : fields)
    EXPECT_LT(relative_error(cut->field(info.field, 0), whole->field(info.field, 0)), 1e-11) << info.name;
}

}  // namespace
}  // namespace tripartite::attention
