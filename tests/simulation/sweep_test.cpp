#include "host/simulation/sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "silent_listener.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using testing::HasSubstr;

config::SweepConfig over(std::vector<std::string> axes) {
  config::SweepConfig config;
  config.over = std::move(axes);
  config.execution.backend = Backend::cpu;
  config.stepping.dt = 5e-3;
  return config;
}

std::string error_of(const std::string& axis) {
  try {
    sweep_axes(over({axis}));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(SweepAxes, KeysOfFilesNameParametersToo) {
  for (const char* axis : {"O_delta=0.2:1:3", "astrocyte.O_delta=0.2:1:3"}) {
    const SweepAxis found = sweep_axes(over({axis})).front();
    EXPECT_EQ(found.name, "O_delta");
    EXPECT_EQ(found.symbol, "O_δ");
    EXPECT_EQ(found.unit, "uM/s");
  }
  EXPECT_EQ(sweep_axes(over({"synapse.U_0_star=0.2:1:3"})).front().name, "U_0_star");
  EXPECT_EQ(sweep_axes(over({"drive.rate=0.2:1:3"})).front().name, "rate");
}

TEST(SweepAxes, AMisspelledNameGetsTheNearestOne) {
  EXPECT_THAT(error_of("O_dleta=0.2:1:3"), HasSubstr("the nearest known one is O_delta"));
  EXPECT_THAT(error_of("astrocyte.O_delt=0.2:1:3"), HasSubstr("the nearest known one is astrocyte.O_delta"));
  EXPECT_THAT(error_of("synapse.O_delta=0.2:1:3"), HasSubstr("the nearest known one is astrocyte.O_delta"));
  EXPECT_THAT(error_of("rates=0.2:1:3"), HasSubstr("the nearest known one is rate"));
  EXPECT_THAT(error_of("banana=0.2:1:3"), HasSubstr("expected a parameter of [synapse] or [astrocyte], or rate"));
}

TEST(SweepAxes, OfAnotherCalciumModelAreItsParameters) {
  config::SweepConfig config = over({"li_rinzel.v=0.5:1:3"});
  config.synapse.calcium = "li_rinzel";
  EXPECT_EQ(sweep_axes(config).front().name, "v");
  config.over = {"K_P=0.5:1:3"};
  EXPECT_THROW(sweep_axes(config), ConfigError);
}

TEST(Sweep, DiscardsFiveTimesTheSlowestTimeConstantOfAnyPoint) {
  SilentListener listener;
  SweepResult result;
  config::SweepConfig config = over({"Omega_G=0.1:1:2"});
  config.duration = 2;
  sweep(config, listener, result);
  EXPECT_NEAR(result.transient, 5 / 0.05, 1e-9) << "of IP3, 1/Omega_5P = 20 s";
  result = {};
  config.over = {"Omega_G=0.02:1:2"};
  sweep(config, listener, result);
  EXPECT_NEAR(result.transient, 5 / 0.02, 1e-9);
  result = {};
  config.transient = 3;
  sweep(config, listener, result);
  EXPECT_NEAR(result.transient, 3, 1e-9);
}

// At 0.1 /s gliotransmission ends after the first releases, and r returns to that of a synapse without it, at the pace
// of Γ_S: half of 100 s is not enough.
TEST(Sweep, ASynapseThatForgotItsFirstReleasesReleasesAsOneWithoutGliotransmission) {
  SilentListener listener;
  SweepResult result;
  config::SweepConfig config = over({"rate=0.1:0.2:2", "rho_e=0:6.5e-4:2"});
  config.duration = 100;
  sweep(config, listener, result);
  ASSERT_EQ(result.points.size(), 4U);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_NEAR(result.points[i + 2].probability, result.points[i].probability, 0.02 * result.points[i].probability);
    EXPECT_LE(result.points[i + 2].drift, largest_drift);
  }
  result = {};
  config.transient = 50;
  config.duration = 50;
  sweep(config, listener, result);
  EXPECT_LT(result.points[2].probability, 0.7 * result.points[0].probability);
  EXPECT_GT(result.points[2].drift, largest_drift);
  EXPECT_THAT(cautions(config, result), testing::Contains(HasSubstr("4 points still drift")));
}

TEST(Sweep, TheFrequencyDoesNotDependOnTheLengthOfTheObservation) {
  SilentListener listener;
  SweepResult brief, lengthy;
  config::SweepConfig config = over({"O_delta=0.2:0.6:3"});
  config.duration = 60;
  sweep(config, listener, brief);
  config.duration = 1800;
  sweep(config, listener, lengthy);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_GT(lengthy.points[i].frequency, 0.05);
    EXPECT_NEAR(brief.points[i].frequency, lengthy.points[i].frequency, 0.02 * lengthy.points[i].frequency) << i;
  }
}

TEST(Sweep, OneCycleMoreInOneHalfIsNoDrift) {
  SilentListener listener;
  SweepResult result;
  config::SweepConfig config = over({"O_delta=0.260606061:0.3:2", "K_P=0.0618181818:0.07:2"});
  config.drive.rates = {0};
  config.stepping.dt = 0.01;
  sweep(config, listener, result);
  EXPECT_NEAR(result.points[0].cycles, 38, 1);  // in 600 s: two or one in each of 20 stretches
  EXPECT_LE(result.points[0].drift, largest_drift);
}

TEST(Sweep, WhatReleasesInEqualIntervalsOscillates) {
  SilentListener listener;
  SweepResult result;
  config::SweepConfig config = over({"O_delta=0.65:0.66:2"});  // swings of 0.017 uM about the threshold
  sweep(config, listener, result);
  for (const PointActivity& point : result.points) {
    EXPECT_LT(point.amplitude, 0.03);
    EXPECT_EQ(point.oscillating, 1);
    EXPECT_NEAR(point.frequency, point.release, 0.02 * point.release);
    EXPECT_LT(point.interval_deviation, 0.05 / point.frequency);
  }
  config.least_amplitude = 0.05;
  result = {};
  sweep(config, listener, result);
  EXPECT_EQ(result.points[0].oscillating, 0);
}

/// Asks to stop once so many messages of progress were seen beyond `fraction`.
class StopsAt final : public RunListener {
 public:
  explicit StopsAt(double fraction) : fraction_(fraction) {}
  void progress(std::string_view, double fraction) override { is_over_ = fraction > fraction_; }
  void message(std::string_view) override {}
  bool cancelled() const override { return is_over_; }

 private:
  double fraction_;
  bool is_over_ = false;
};

TEST(Sweep, AnInterruptedOneKeepsItsFinishedPoints) {
  config::SweepConfig config = over({"O_delta=0.2:1:32", "K_P=0.05:0.1:128"});
  config.execution.threads = 1;  // 1024 points at a time, of 4096
  config.transient = 1;
  config.duration = 1;
  SweepResult whole, part;
  SilentListener listener;
  sweep(config, listener, whole);
  ASSERT_EQ(whole.points.size(), 4096U);
  StopsAt stops(0.6);
  EXPECT_THROW(sweep(config, stops, part), Cancelled);
  ASSERT_EQ(part.points.size(), 2048U);
  for (const std::size_t i : {0U, 1023U, 1024U, 2047U})
    EXPECT_EQ(part.points[i].probability, whole.points[i].probability) << i;
}

TEST(Sweep, DoesNotDependOnHowTheGridIsCut) {
  config::SweepConfig config = over({"rate=1:20:48"});
  config.drive.kind = config::DriveKind::poisson;
  config.synapses = 50;
  config.transient = 1;
  config.duration = 2;
  SilentListener listener;
  SweepResult one, several;
  config.execution.threads = 3;  // 61 points at a time
  sweep(config, listener, one);
  config.execution.threads = 1;  // 20 points at a time
  sweep(config, listener, several);
  ASSERT_EQ(several.points.size(), 48U);
  for (std::size_t i = 0; i < 48; ++i) EXPECT_EQ(one.points[i].probability, several.points[i].probability) << i;
}

TEST(Sweep, AStepThatIsTooLongShowsInTheCheck) {
  config::SweepConfig config = over({"rate=2:5:3"});  // where gliotransmitter is released in every cycle
  config.stepping.check_step = true;
  config.sample_interval = 0.5;
  config.transient = 100;
  config.duration = 20;
  SilentListener listener;
  const auto largest = [&](integrate::Method method, double dt) {
    config.stepping.method = method;
    config.stepping.dt = dt;
    SweepResult result;
    sweep(config, listener, result);
    double difference = 0;
    for (const StepDifference& each : result.check.differences)
      if (each.quantity == "r") difference = each.relative;
    EXPECT_EQ(result.check.differences.size(), 5U);
    return difference;
  };
  EXPECT_GT(largest(integrate::Method::exponential_euler, 0.5), 0.05);
  EXPECT_LT(largest(integrate::Method::rk4, 1e-3), 0.02);
}

}  // namespace
}  // namespace tripartite::simulation
