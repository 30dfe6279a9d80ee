// The error that a step is taken to have, and what follows from it for the next one, beside the methods typed anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "support/close.hpp"
#include "support/embedded_methods.hpp"
#include "tripartite/integrate/adaptive.hpp"
#include "tripartite/integrate/dormand_prince.hpp"
#include "tripartite/integrate/rosenbrock.hpp"

namespace tripartite::integrate {
namespace {

/// Two states that act on each other and on themselves, under an input.
struct Coupled {
  struct State {
    enum { first, second, count };
  };
  static constexpr int states = 2;

  template <class Real>
  void rates(const Real (&y)[2], const Real (&in)[1], Real (&gain)[2], Real (&loss)[2]) const {
    gain[0] = in[0] + y[1] * y[1];
    loss[0] = Real(1) + y[0];
    gain[1] = Real(2) * y[0];
    loss[1] = Real(3);
  }
  static constexpr bool depends(int, int) { return true; }
  template <class Real>
  void jacobian(const Real (&y)[2], const Real (&)[1], Real (&j)[2][2]) const {
    j[0][0] = -Real(1) - Real(2) * y[0];
    j[0][1] = Real(2) * y[1];
    j[1][0] = Real(2);
    j[1][1] = -Real(3);
  }
};

/// A constant input, or one that moves.
struct Course {
  double mean, amplitude;
  static constexpr int ports = 1;
  double at(double t) const { return mean + amplitude * std::sin(5 * t); }
  Inputs<double, 1> operator()(double t) const { return {{at(t)}}; }
  bool changes(int) const { return amplitude != 0; }
  double slope(int, double t) const { return 5 * amplitude * std::cos(5 * t); }
  Inputs<double, 1> shifted(int, double t) const { return {{at(t) + 1}}; }
};

oracle::RightHandSide equations(Course input) {
  return [input](double t, const oracle::Values& y) {
    return oracle::Rates{{input.at(t) + y[1] * y[1], 2 * y[0]}, {1 + y[0], 3}};
  };
}

const oracle::Values start{0.8, 0.3};

/// An attempt of the library from `start`.
template <template <class, int> class Method>
oracle::Attempt attempt(Course input, double t, double h) {
  const double y[2] = {start[0], start[1]};
  double f[2], next[2], f_next[2], error[2];
  derivatives(Coupled(), y, input(t), f);
  Method<double, 2> method;
  method.attempt(Coupled(), input, t, h, y, f, next, f_next, error);
  return {{next[0], next[1]}, {error[0], error[1]}};
}

void expect_close(const oracle::Attempt& got, const oracle::Attempt& want, double relative) {
  EXPECT_TRUE(all_close(got.end, want.end, {.relative = relative}));
  const double least = relative * std::abs(want.end[0]);  // rounding of terms that cancel
  EXPECT_TRUE(all_close(got.error, want.error, {.relative = 1e-6, .absolute = least}));
}

TEST(DormandPrinceStep, EstimatesItsErrorByTheSolutionOfOrderFour) {
  for (const double h : {0.05, 0.3})
    expect_close(attempt<DormandPrince>({1.5, 0.7}, 0.2, h),
                 oracle::dormand_prince(equations({1.5, 0.7}), 0.2, h, start), 1e-14);
}

TEST(RosenbrockStep, EstimatesItsErrorByItsLastStage) {
  for (const double h : {0.05, 0.3})
    expect_close(attempt<Rosenbrock>({1.5, 0}, 0, h), oracle::rodas3(equations({1.5, 0}), h, start), 1e-10);
}

/// What becomes of one step of h, which `make_attempt` makes, where its error is this share of what is tolerated.
template <template <class, int> class Method, class MakeAttempt>
void expect_control(const MakeAttempt& make_attempt, double h, int order) {
  const Course input{1.5, 0};
  std::vector<std::size_t> larger;  // which state errs more
  for (const oracle::Values& begin : {oracle::Values{0.8, 0.3}, oracle::Values{6, 4}}) {
    const oracle::Attempt want = make_attempt(equations(input), h, begin);
    larger.push_back(std::abs(want.error[0]) > std::abs(want.error[1]) ? 0 : 1);
    for (const double share : {1e-6, 0.02, 0.5, 0.99, 1.01})
      for (const bool is_relative : {false, true}) {
        const double tolerated = oracle::error_ratio(want, begin, is_relative, !is_relative) / share;
        const Tolerance<double> tolerance{is_relative ? tolerated : 0, is_relative ? 0 : tolerated};
        double y[2] = {begin[0], begin[1]}, t = 0, stop = h, next = h;
        ASSERT_FALSE(advance_adaptive<Method>(
            Coupled(), input, y, t, stop, next, tolerance, [](bool, double) {}, [](bool) {}));
        const oracle::Values end{y[0], y[1]};
        if (share > 1) {
          EXPECT_FALSE(all_close(end, want.end, {.relative = 1e-7})) << is_relative;
          continue;
        }
        EXPECT_TRUE(all_close(end, want.end, {.relative = 1e-9})) << share;
        // Five times as long at most; a step that its end cut short is never followed by a shorter one.
        const double factor = 0.9 * std::pow(share, -1.0 / order);
        // The root is known within 5 %; half the error would give 15 % (order 5) and 26 % more.
        EXPECT_GE(next / h, std::clamp(0.95 * factor, 1.0, 5.0)) << share << (is_relative ? " relative" : " absolute");
        EXPECT_LE(next / h, std::clamp(1.05 * factor, 1.0, 5.0)) << share << (is_relative ? " relative" : " absolute");
      }
  }
  EXPECT_NE(larger[0], larger[1]);
}

TEST(StepControl, GoesByTheErrorOfDormandPrince) {
  expect_control<DormandPrince>(
      [](const auto& f, double h, const auto& y) { return oracle::dormand_prince(f, 0, h, y); }, 0.3, 5);
}

TEST(StepControl, GoesByTheErrorOfRosenbrock) {
  expect_control<Rosenbrock>([](const auto& f, double h, const auto& y) { return oracle::rodas3(f, h, y); }, 0.3, 3);
}

}  // namespace
}  // namespace tripartite::integrate
