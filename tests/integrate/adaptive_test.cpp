// Step-size control, on systems of two states.
#include "tripartite/integrate/adaptive.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tripartite/integrate/dormand_prince.hpp"

namespace tripartite::integrate {
namespace {

/// y_0' = first(y_0), y_1' = -y_1.
struct TwoNumbers {
  struct State {
    enum { moving, decaying, count };
  };
  static constexpr int states = State::count;
  static constexpr int watched = 1;
  double (*first)(double);

  void rates(const double (&y)[2], const double (&)[1], double (&gain)[2], double (&loss)[2]) const {
    gain[0] = first(y[0]);
    gain[1] = 0;
    loss[0] = 0;
    loss[1] = 1;
  }
  template <class Real>
  Real threshold() const {
    return 1e30;
  }
  void crossed(double (&)[2], bool) const {}
};

bool advance(const TwoNumbers& model, double (&y)[2], double end, double tolerance) {
  double t = 0, h = 0.01;
  return !advance_adaptive<DormandPrince>(
      model, [](double) { return Inputs<double, 1>{{0}}; }, y, t, end, h, Tolerance<double>{tolerance, tolerance},
      [](bool, double) {}, [](bool) {});
}

TEST(StepControl, KeepsTheErrorNearTheTolerance) {
  for (const double tolerance : {1e-4, 1e-7, 1e-10}) {
    double y[2] = {1, 1};
    ASSERT_TRUE(advance({[](double z) { return std::cos(z); }}, y, 3, tolerance));
    EXPECT_NEAR(y[1], std::exp(-3.0), 10 * tolerance);
    // y' = cos y: y = gd(t + gd^-1(1)), the Gudermannian.
    EXPECT_NEAR(y[0], 2 * std::atan(std::tanh((3 + std::asinh(std::tan(1.0))) / 2)), 10 * tolerance);
  }
}

TEST(StepControl, RejectsAStepWhoseErrorIsNaN) {
  double y[2] = {1, 1};
  // The state with a finite error follows the state whose error is NaN.
  EXPECT_FALSE(advance({[](double) { return std::numeric_limits<double>::quiet_NaN(); }}, y, 3, 1e-6));
  EXPECT_EQ(y[0], 1);
}

// Such a stop is no step that became too small: an event just before it leaves as little.
TEST(StepControl, ReachesAStopThatIsOneUlpAhead) {
  double y[2] = {1, 1}, t = 1, stop = std::nextafter(1.0, 2.0), h = 0.01;
  EXPECT_FALSE(advance_adaptive<DormandPrince>(
      TwoNumbers{[](double z) { return std::cos(z); }}, [](double) { return Inputs<double, 1>{{0}}; }, y, t, stop, h,
      Tolerance<double>{1e-6, 1e-6}, [](bool, double) {}, [](bool) {}));
  EXPECT_EQ(t, stop);
}

TEST(StepControl, FailsWhereTheSolutionDiverges) {
  double y[2] = {1, 1};
  // y' = y^2 reaches infinity at t = 1.
  EXPECT_FALSE(advance({[](double z) { return z * z; }}, y, 3, 1e-6));
}

}  // namespace
}  // namespace tripartite::integrate
