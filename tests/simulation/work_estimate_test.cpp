#include "host/simulation/work_estimate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace tripartite::simulation {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;

/// Runs parts that take `seconds` each on a clock of its own, and hands out the time left as a reader of the progress
/// computes it, and the true one.
class FakeRun {
 public:
  FakeRun(std::vector<WorkEstimate::Part> parts, std::vector<double> seconds)
      : seconds_(std::move(seconds)), estimate_(std::move(parts), [this] {
          return WorkEstimate::Clock::time_point(duration_cast<WorkEstimate::Clock::duration>(duration<double>(time_)));
        }) {
    for (const double part : seconds_) whole_ += part;
  }

  void go(const std::function<void(double fraction, double told, double left)>& look) {
    constexpr int pieces = 40;
    for (std::size_t part = 0; part < seconds_.size(); ++part) {
      if (!(seconds_[part] > 0)) continue;
      estimate_.begin(part);
      for (int piece = 1; piece < pieces; ++piece) {
        time_ += seconds_[part] / pieces;
        const double fraction = estimate_.fraction(double(piece) / pieces);
        look(fraction, time_ * (1 / fraction - 1), whole_ - time_);
      }
      time_ += seconds_[part] / pieces;
      estimate_.end();
    }
  }
  double time() const { return time_; }

 private:
  std::vector<double> seconds_;
  double time_ = 0, whole_ = 0;
  WorkEstimate estimate_;
};

TEST(WorkEstimate, TellsTheTimeLeftOfPartsThatDifferAHundredfold) {
  // Three values, three seeds each; every part takes 1.5 times as long as estimated.
  std::vector<WorkEstimate::Part> parts;
  std::vector<double> seconds;
  for (const double cost : {1.0, 4.0, 150.0})
    for (int seed = 0; seed < 3; ++seed) parts.push_back({parts.size() / 3, cost}), seconds.push_back(1.5 * cost);
  FakeRun run(parts, seconds);
  int looks = 0;
  run.go([&](double fraction, double told, double left) {
    if (run.time() < 0.1 * (run.time() + left)) return;
    ++looks;
    EXPECT_NEAR(told / left, 1, 1e-6) << "at " << fraction;
  });
  EXPECT_GT(looks, 80);
}

TEST(WorkEstimate, LearnsFromASeedWhatTheOthersOfItsValueCost) {
  // The estimate of the second value is wrong by a factor of 3, that of the first is right.
  FakeRun run({{0, 30}, {0, 30}, {1, 10}, {1, 10}}, {30, 30, 30, 30});
  run.go([&](double, double told, double left) {
    if (run.time() > 62) {
      EXPECT_NEAR(told / left, 1, 1e-6) << "at " << run.time() << " s";
    }
  });
}

TEST(WorkEstimate, LeavesOutPartsThatWereDoneBefore) {
  FakeRun run({{0, 0}, {1, 5}}, {0, 5});
  run.go([](double, double told, double left) { EXPECT_NEAR(told, left, 1e-6); });
}

TEST(WorkEstimate, GoesFromZeroToOne) {
  double time = 0;
  WorkEstimate estimate({{0, 1}, {1, 1}}, [&] {
    return WorkEstimate::Clock::time_point(duration_cast<WorkEstimate::Clock::duration>(duration<double>(time)));
  });
  EXPECT_EQ(estimate.fraction(0), 0);
  for (std::size_t part : {0U, 1U}) {
    estimate.begin(part);
    time += 2;
    estimate.end();
  }
  EXPECT_EQ(estimate.fraction(1), 1);
}

// Layers that a run before this one integrated are there at once.
TEST(WorkEstimate, LearnsNothingFromPartsThatAreSkipped) {
  double time = 0;
  WorkEstimate estimate({{0, 1}, {0, 1}, {0, 1}}, [&] {
    return WorkEstimate::Clock::time_point(duration_cast<WorkEstimate::Clock::duration>(duration<double>(time)));
  });
  estimate.begin(0);
  estimate.skip();
  estimate.begin(1);
  time = 5;
  EXPECT_NEAR(estimate.fraction(0.5), 0.25, 1e-9);
  time = 10;
  estimate.end();
  estimate.begin(2);
  EXPECT_NEAR(estimate.fraction(0), 0.5, 1e-9);
}

}  // namespace
}  // namespace tripartite::simulation
