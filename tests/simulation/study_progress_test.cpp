#include "host/simulation/study_progress.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tripartite::simulation {
namespace {

using attention::Phase;
using Seconds = std::chrono::duration<double>;

class Listener final : public RunListener {
 public:
  void progress(std::string_view, double fraction) override { told = fraction; }
  void message(std::string_view) override {}
  bool cancelled() const override { return is_cancelled; }

  double told = -1;
  bool is_cancelled = false;
};

/// Two layers of which the second is slower, three tokens read bidirectionally; reading costs most.
constexpr int tokens = 3;
PointCost point(double scale) {
  PointCost cost;
  for (const double layer : {1.0, 2.0}) {
    LayerCost each{.start = 0.5 * layer * scale, .phase = {}};
    each.phase = {0.1 * layer * scale, 0.2 * layer * scale, 0, 3 * layer * scale};
    cost.layers.push_back(each);
  }
  cost.measured_sequences = 2;
  cost.whole = cost_of(cost.layers, tokens, false) * 5 / 2;
  return cost;
}

TEST(StudyProgress, IsHonestAfterTheFirstTenth) {
  // Four sequences and then one, at two values and two seeds; the second value takes forty times as long. All takes a
  // third longer than was measured.
  double time = 0, whole = 0;
  const std::vector<PointCost> points{point(1), point(1), point(40), point(40)};
  for (const PointCost& each : points) whole += 4.0 / 3 * each.whole;
  Listener listener;
  StudyProgress progress(listener, points, {0, 0, 1, 1}, [&] {
    return WorkEstimate::Clock::time_point(std::chrono::duration_cast<WorkEstimate::Clock::duration>(Seconds(time)));
  });
  int looks = 0;
  const auto phase = [&](std::size_t at, int layer, Phase kind, int token, double begin, double sequences) {
    const LayerCost& cost = points[at].layers[std::size_t(layer)];
    time += 4.0 / 3 * sequences / 2 * (cost.of(kind) + (begin == 0 ? cost.start : 0));
    progress.advanced(layer, kind, token, begin, begin + 0.1);
    if (time < 0.1 * whole || time > 0.999 * whole) return;
    ++looks;
    EXPECT_NEAR(time * (1 / listener.told - 1) / (whole - time), 1, 0.01) << "at " << time << " of " << whole << " s";
  };
  for (std::size_t at = 0; at < points.size(); ++at) {
    progress.begin(at);
    for (const std::size_t sequences : {4U, 1U}) {
      progress.set_sequences(sequences);
      for (int layer = 0; layer < 2; ++layer) {
        double begin = 0;
        for (int token = 0; token < tokens; ++token)
          for (const Phase kind : {Phase::settle, Phase::write}) {
            phase(at, layer, kind, token, begin, double(sequences));
            begin += 0.1;
          }
        for (int token = 0; token < tokens; ++token, begin += 0.1)
          phase(at, layer, Phase::read, token, begin, double(sequences));
      }
    }
    progress.end();
  }
  EXPECT_NEAR(time, whole, 1e-9 * whole);
  EXPECT_GT(looks, 20);
}

TEST(StudyProgress, StopsWithinAPoint) {
  Listener listener;
  StudyProgress progress(listener, {point(1)}, {0});
  progress.begin(0);
  EXPECT_FALSE(progress.should_stop());
  listener.is_cancelled = true;
  EXPECT_TRUE(progress.should_stop());
}

}  // namespace
}  // namespace tripartite::simulation
