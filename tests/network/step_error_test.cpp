// Populations and networks take a step of an adaptive method exactly when its error is tolerated: the error of
// whichever element is largest, by the relative and by the absolute tolerance.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>

#include "support/close.hpp"
#include "support/embedded_methods.hpp"
#include "support/values.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/neuron/rate_neuron.hpp"

namespace tripartite {
namespace {

using integrate::Method;
using oracle::Values;

constexpr double tiny = 1e-300;

/// Runs one step of dt under the tolerances; then at 2 % less than what they must be to allow it at once.
template <class AfterOneStep>
void expect_step_where_tolerated(const AfterOneStep& after_one_step, const oracle::Attempt& attempt, const Values& y,
                                 double accuracy) {
  for (const bool is_relative : {true, false}) {
    const double least = oracle::error_ratio(attempt, y, is_relative, !is_relative);
    const auto state = [&](double factor) {
      return after_one_step(is_relative ? factor * least : tiny, is_relative ? tiny : factor * least);
    };
    EXPECT_TRUE(all_close(state(1.02), attempt.end, {.relative = accuracy})) << is_relative;
    EXPECT_FALSE(all_close(state(0.98), attempt.end, {.relative = 10 * accuracy})) << is_relative;
  }
}

// ---- elements with steps of their own

class StepOfElements : public testing::TestWithParam<std::tuple<Backend, Method>> {};

TEST_P(StepOfElements, IsTakenWhereItsErrorIsTolerated) {
  const auto [backend, method] = GetParam();
  if (const auto reason = why_unavailable(backend); !reason.empty()) GTEST_SKIP() << reason;
  // Li-Rinzel, docs/models.md, part C.
  const oracle::RightHandSide f = [](double, const Values& y) {
    const double I = y[0], C = y[1], h = y[2];
    const double J = 6 * std::pow(I / (I + 0.13) * C / (C + 0.08234) * h, 3) + 0.11;
    const double Q = 1.049 * (I + 0.13) / (I + 0.9434);
    return oracle::Rates{{0.16 / 7.142, J * 2, 0.2 * Q},
                         {1 / 7.142, J * 1.185 + 0.9 * C / (C * C + 0.01), 0.2 * (Q + C)}};
  };
  const Values start{0.6, 0.1, 0.75};
  constexpr double dt = 0.3;  // so long that what a rejected step changes is seen
  const auto after_one_step = [&, backend = backend, method = method](double relative, double absolute) {
    NetworkSetup setup;
    setup.add(model<Astrocyte, LiRinzel>(), 37, "astrocytes");
    setup[0].start("I", start[0]).start("C", start[1]).start("h", start[2]);
    setup.method = method;
    setup.dt = dt;
    setup.relative_tolerance = relative;
    setup.absolute_tolerance = absolute;
    setup.precision = Precision::float64;
    setup.backend = backend;
    const auto network = make_network(setup);
    network->advance_steps(1);
    Values state;
    for (const char* name : {"I", "C", "h"}) state.push_back(values_of(*network, "astrocytes", name)[36]);
    return state;
  };
  const auto attempt =
      method == Method::rosenbrock ? oracle::rodas3(f, dt, start) : oracle::dormand_prince(f, 0, dt, start);
  expect_step_where_tolerated(after_one_step, attempt, start, 1e-10);
}

INSTANTIATE_TEST_SUITE_P(Methods, StepOfElements,
                         testing::Combine(testing::Values(Backend::cpu, Backend::cuda),
                                          testing::Values(Method::dormand_prince, Method::rosenbrock)),
                         [](const auto& test) {
                           return std::string(to_string(std::get<0>(test.param))) + "_" +
                                  std::string(to_string(std::get<1>(test.param)));
                         });

// ---- networks with one step for all

/// Which neuron is far from its resting rate; the others of its population rest.
struct Disturbed {
  const char* name;
  std::size_t population, neuron;
};

class StepOfNetworks : public testing::TestWithParam<Disturbed> {};

TEST_P(StepOfNetworks, IsTakenWhereTheLargestErrorIsTolerated) {
  const Disturbed disturbed = GetParam();
  constexpr std::size_t crowd = 8200;  // more than one thread looks at
  constexpr double dt = 0.01, drive = 9, tau = 0.02;
  const double resting = 60 / (1 + std::exp((10 - drive) / 1.5)), far = 50;
  // The first population drives neuron 8197 of the second, a bit.
  const auto response = [](double input) { return 60 / (1 + std::exp((10 - input) / 1.5)); };
  const oracle::RightHandSide f = [&](double, const Values& y) {
    return oracle::Rates{{response(drive) / tau, response(drive) / tau, response(drive + 1e-9 * y[0]) / tau},
                         {1 / tau, 1 / tau, 1 / tau}};
  };
  const Values start{disturbed.population == 0 ? far : resting, disturbed.population == 1 ? far : resting, resting};
  const auto after_one_step = [&](double relative, double absolute) {
    NetworkSetup setup;
    setup.add(model<RateNeuron>(), 1, "few");
    setup.add(model<RateNeuron>(), crowd, "many");
    std::vector<double> rates(crowd, resting);
    rates[disturbed.neuron] = start[1];
    setup[0].start("nu", start[0]).input("drive").common.mean = drive;
    setup[1].start("nu", rates).input("drive").common.mean = drive;
    setup.sum(0, "nu", 1, "drive", {8197}, {1e-9});
    setup.method = Method::dormand_prince;
    setup.dt = dt;
    setup.relative_tolerance = relative;
    setup.absolute_tolerance = absolute;
    setup.precision = Precision::float64;
    setup.backend = Backend::cpu;
    const auto network = make_network(setup);
    network->advance_steps(1);
    const auto many = values_of(*network, "many", "nu");
    return Values{values_of(*network, "few", "nu")[0], many[disturbed.neuron], many[8197]};
  };
  expect_step_where_tolerated(after_one_step, oracle::dormand_prince(f, 0, dt, start), start, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Places, StepOfNetworks,
                         testing::Values(Disturbed{"first_population", 0, 0}, Disturbed{"first_part", 1, 3},
                                         Disturbed{"last_part", 1, 8196}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tripartite
