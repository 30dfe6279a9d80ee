// A network that is stopped anywhere and taken up again, against one that nothing stops.
#include "host/run/checkpointed_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "host/run/run_loop.hpp"
#include "io/temporary_directory.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/spikes.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::run {
namespace {

using integrate::Method;

constexpr std::size_t size = 70;

std::unique_ptr<JournaledNetwork> synapses(Method method, Precision precision) {
  NetworkSetup setup;
  const std::size_t all = setup.add(model<TripartiteSynapse, Gchi>(), size, "synapses");
  std::vector<double> delta;
  for (std::size_t s = 0; s < size; ++s) delta.push_back(0.6 + 0.01 * double(s));
  setup[all].vary("O_delta", delta).start("C", 0.1);
  setup[all].spikes =
      std::make_shared<PoissonSpikes>(Schedule({{0, {20, 0, 0, 0}}}), 1e-3, 5, 0, std::vector<double>());
  setup.method = method;
  setup.precision = precision;
  setup.backend = Backend::cpu;
  setup.threads = 2;
  if (is_adaptive(method)) setup.relative_tolerance = 1e-4;
  return std::make_unique<JournaledNetwork>(make_network(std::move(setup)));
}

/// Keeps what it sees of frames and events.
class Seen final : public Visitor {
 public:
  explicit Seen(JournaledNetwork& network) : network_(network), calcium_(network.field("synapses", "C")) {}

  void frame() override {
    numbers.push_back(network_.time());
    std::vector<double> few(3);
    network_.gather(calcium_, std::vector<std::uint64_t>{0, 5, 69}, std::span(few));
    numbers.insert(numbers.end(), few.begin(), few.end());
    std::vector<float> all(size);
    network_.read(calcium_, 0, std::span(all));
    numbers.insert(numbers.end(), all.begin(), all.end());
    numbers.push_back(network_.mean(calcium_));
    const auto largest = network_.condensed(1, [&](std::span<double> value) {
      std::vector<double> values(size);
      network_.read(calcium_, 0, std::span(values));
      value[0] = *std::max_element(values.begin(), values.end());
    });
    numbers.push_back(largest.front());
    ++frames;
  }
  void events(std::span<const Event> events) override {
    for (const Event& event : events) {
      numbers.push_back(event.time);
      numbers.push_back(double(event.index));
    }
  }

  std::vector<double> numbers;
  int frames = 0;

 private:
  JournaledNetwork& network_;
  std::size_t calcium_;
};

/// Wants to stop once it was asked so often.
class Listener final : public simulation::RunListener {
 public:
  explicit Listener(int patience) : patience_(patience) {}
  void progress(std::string_view, double) override {}
  void message(std::string_view) override {}
  bool cancelled() const override { return --patience_ < 0; }

 private:
  mutable std::atomic<int> patience_;
};

struct Case {
  const char* name;
  Method method;
  Precision precision;
};

class CheckpointedRun : public testing::TestWithParam<Case> {
 protected:
  std::unique_ptr<JournaledNetwork> network() const { return synapses(GetParam().method, GetParam().precision); }
  Checkpoints::Options options(bool resume) const {
    Checkpoints::Options options;
    options.directory = directory_.path();
    options.identity = {"synapse", "p", "cpu", "i"};
    options.interval = 1e-9;
    options.resume = resume;
    return options;
  }
  Plan plan(std::int64_t steps) const {
    Plan plan;
    plan.dt = 1e-3;
    plan.steps = steps;
    plan.frame_steps = 130;
    plan.steps_at_once = std::max<std::int64_t>(64, steps_at_once(GetParam().method, plan.dt));
    return plan;
  }

  const TemporaryDirectory directory_;
};

TEST_P(CheckpointedRun, IsTheSameHoweverOftenItIsStopped) {
  constexpr std::int64_t steps = 3 * 1000 + 70;
  Listener never(1 << 30);
  const auto whole = network();
  Seen expected(*whole);
  run(*whole, plan(steps), "synapses", never, expected);
  ASSERT_GT(expected.numbers.size(), 100u);

  int stops = 0;
  std::vector<double> numbers;
  for (bool is_complete = false; !is_complete; ++stops) {
    ASSERT_LT(stops, 200);
    const auto again = network();
    Seen seen(*again);
    Checkpoints checkpoints(options(stops > 0));
    Listener listener(3 + stops % 4);
    try {
      run(*again, plan(steps), "synapses", listener, seen, checkpoints);
      is_complete = true;
    } catch (const Cancelled&) {
    }
    numbers = seen.numbers;
  }
  EXPECT_GT(stops, 3);
  EXPECT_EQ(numbers, expected.numbers);
}

TEST_P(CheckpointedRun, CanBeMadeLonger) {
  Listener never(1 << 30);
  const auto whole = network();
  Seen expected(*whole);
  run(*whole, plan(2600), "synapses", never, expected);
  {
    const auto first = network();
    Seen seen(*first);
    auto keeping = options(false);
    keeping.keep = true;
    Checkpoints checkpoints(keeping);
    run(*first, plan(1300), "synapses", never, seen, checkpoints);
  }
  const auto again = network();
  Seen seen(*again);
  Checkpoints checkpoints(options(true));
  ASSERT_TRUE(checkpoints.restart());
  EXPECT_EQ(checkpoints.restart()->step, 1300);
  run(*again, plan(2600), "synapses", never, seen, checkpoints);
  // Adaptive steps end where the shorter run ended: the same to their tolerance, not to the last bit.
  if (!is_adaptive(GetParam().method)) {
    EXPECT_EQ(seen.numbers, expected.numbers);
  }
  EXPECT_EQ(seen.frames, expected.frames);
}

TEST_P(CheckpointedRun, RefusesFramesOfAnotherVisitor) {
  Listener never(1 << 30);
  {
    const auto first = network();
    Seen seen(*first);
    auto keeping = options(false);
    keeping.keep = true;
    Checkpoints checkpoints(keeping);
    run(*first, plan(260), "synapses", never, seen, checkpoints);
  }
  struct Curious final : Visitor {
    explicit Curious(JournaledNetwork& of) : network(of) {}
    void frame() override {
      std::vector<double> values(2);
      network.gather(0, std::vector<std::uint64_t>{1, 2}, std::span(values));
    }
    JournaledNetwork& network;
  };
  const auto again = network();
  Curious curious(*again);
  Checkpoints checkpoints(options(true));
  EXPECT_THROW(run(*again, plan(260), "synapses", never, curious, checkpoints), FileError);
}

INSTANTIATE_TEST_SUITE_P(Methods, CheckpointedRun,
                         testing::Values(Case{"ExponentialEuler32", Method::exponential_euler, Precision::float32},
                                         Case{"Rk464", Method::rk4, Precision::float64},
                                         Case{"DormandPrince32", Method::dormand_prince, Precision::float32},
                                         Case{"Rosenbrock64", Method::rosenbrock, Precision::float64}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tripartite::run
