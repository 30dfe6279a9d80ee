// What ensembles of tripartite synapses claim, on the CPU: orders of convergence, and what must not matter.
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "support/close.hpp"
#include "synapse/synapse_ensemble.hpp"
#include "tripartite/error.hpp"

namespace tripartite {
namespace {

using integrate::Method;

// ---- orders of convergence

/// Final state of one synapse under a smooth drive, without events, by steps of `dt`.
std::vector<double> smooth_run(Method method, double dt, double tolerance = 1e-6) {
  NetworkSetup setup = small_setup(1, method);
  setup[0].set("C_Theta", 100);
  setup.dt = dt;
  setup.relative_tolerance = tolerance;
  setup.absolute_tolerance = tolerance * 1e-2;
  const auto ensemble = make_ensemble<double>(setup);
  const int steps = int(std::lround(2.0 / dt));
  const int per_call = tolerance > 1 ? 1 : steps;  // adaptive steps end where calls do
  for (int done = 0; done < steps; done += per_call) advance(*ensemble, per_call, {10, 5, 1, 0.3});
  return all_states(*ensemble);
}

double worst_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]) / (1e-3 + std::abs(b[i])));
  return worst;
}

class Order : public testing::TestWithParam<std::pair<Method, double>> {};

TEST_P(Order, OfFixedStepsIsTheMethods) {
  const auto [method, order] = GetParam();
  const auto exact = smooth_run(Method::dormand_prince, 1e-3, 1e-13);
  const double coarse = worst_difference(smooth_run(method, 1e-3), exact);
  const double fine = worst_difference(smooth_run(method, 2.5e-4), exact);
  const double slope = std::log(coarse / fine) / std::log(4);
  EXPECT_NEAR(slope, order, 0.25) << "errors " << coarse << ", " << fine;
}

INSTANTIATE_TEST_SUITE_P(Methods, Order,
                         testing::Values(std::pair{Method::euler, 1.0}, std::pair{Method::exponential_euler, 1.0},
                                         std::pair{Method::exponential_midpoint, 2.0}, std::pair{Method::rk4, 4.0}));

// ---- calcium on a slower clock

class TwoClocks : public testing::TestWithParam<Method> {};

std::vector<double> two_clock_run(Method method, double dt, int slow_every) {
  NetworkSetup setup = small_setup(1, method);
  setup[0].set("C_Theta", 100);
  setup.dt = dt;
  setup.slow_every = slow_every;
  const auto ensemble = make_ensemble<double>(setup);
  advance(*ensemble, int(std::lround(2.0 / dt)), {10, 5, 1, 0.3});
  return all_states(*ensemble);
}

TEST_P(TwoClocks, ConvergeWithTheSlowStepInFirstOrder) {
  const auto exact = smooth_run(Method::dormand_prince, 1e-3, 1e-13);
  double last = 0;
  for (const double dt : {1e-3, 5e-4, 2.5e-4, 1.25e-4}) {
    const double error = worst_difference(two_clock_run(GetParam(), dt, 10), exact);
    // Receptors see calcium as it was up to ten steps ago.
    EXPECT_LT(error, 10 * dt);
    if (last > 0) {
      EXPECT_NEAR(std::log2(last / error), 1, 0.25) << dt;
    }
    last = error;
  }
}

TEST_P(TwoClocks, ReleaseWhenOneClockDoesToWithinTheSlowStep) {
  const auto releases = [&](int slow_every) {
    NetworkSetup setup = small_setup(3, GetParam());
    setup.slow_every = slow_every;
    const auto ensemble = make_ensemble<double>(setup);
    advance(*ensemble, 20000, {3, 0, 0, 0});
    return ensemble->take_events();
  };
  const auto one = releases(1), two = releases(10);
  ASSERT_EQ(one.size(), two.size());
  ASSERT_GE(one.size(), 6U);
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_NEAR(two[i].time, one[i].time, 0.03);
    EXPECT_NEAR(std::remainder(two[i].time, 0.01), 0, 1e-9) << "calcium moves at the ends of ten steps";
  }
}

TEST_P(TwoClocks, MayBeCutAnywhere) {
  const auto run = [&](std::initializer_list<int> calls) {
    NetworkSetup setup = small_setup(21, GetParam());
    setup.slow_every = 7;
    setup[0].spikes =
        std::make_shared<PoissonSpikes>(Schedule({{0, {20, 0, 0, 0}}}), setup.dt, 5, 0, std::vector<double>());
    const auto ensemble = make_ensemble<float>(setup);
    for (const int steps : calls) advance(*ensemble, steps, {3, 2, 1, 0});
    return all_states<float>(*ensemble);
  };
  EXPECT_EQ(run({3, 1, 300, 296}), run({600}));
}

INSTANTIATE_TEST_SUITE_P(Methods, TwoClocks,
                         testing::Values(Method::exponential_euler, Method::exponential_midpoint, Method::euler,
                                         Method::rk4));

TEST(Ensemble, HasNoSecondClockWhereStepsAreChosen) {
  NetworkSetup setup = small_setup(1, Method::rosenbrock);
  setup.slow_every = 2;
  EXPECT_THROW(make_ensemble<float>(setup), ConfigError);
  setup.method = Method::rk4;
  setup.slow_every = 0;
  EXPECT_THROW(make_ensemble<float>(setup), ConfigError);
}

class Adaptive : public testing::TestWithParam<Method> {};

TEST_P(Adaptive, ErrorFollowsTheTolerance) {
  const auto exact = smooth_run(Method::rk4, 5e-5);
  double last = 1;
  for (const double tolerance : {1e-4, 1e-6, 1e-8}) {
    const double error = worst_difference(smooth_run(GetParam(), 1e-3, tolerance), exact);
    // Errors add up over the run; the stiffest state forgets them at once.
    EXPECT_LT(error, 100 * tolerance);
    EXPECT_LT(error, last / 5) << "tolerance " << tolerance;
    last = error;
  }
}

TEST_P(Adaptive, StepsOfEqualSizeConvergeWithTheOrderOfTheMethod) {
  // A tolerance that accepts everything: each call is one step.
  const auto exact = smooth_run(Method::dormand_prince, 1e-3, 1e-13);
  const double h = GetParam() == Method::rosenbrock ? 1e-3 : 4e-3;
  const double coarse = worst_difference(smooth_run(GetParam(), h, 1e9), exact);
  const double fine = worst_difference(smooth_run(GetParam(), h / 2, 1e9), exact);
  // Dormand-Prince is still above its order at steps whose errors rounding does not hide.
  EXPECT_GT(std::log2(coarse / fine), (GetParam() == Method::rosenbrock ? 3 : 5) - 0.4)
      << "errors " << coarse << ", " << fine;
}

TEST_P(Adaptive, LocatesCrossingsWhateverTheWindow) {
  const auto releases = [&](double dt) {
    NetworkSetup setup = small_setup(1, GetParam());
    setup.dt = dt;
    setup.relative_tolerance = 1e-9;
    setup.absolute_tolerance = 1e-11;
    const auto ensemble = make_ensemble<double>(setup);
    advance(*ensemble, int(std::lround(30 / dt)), {2, 0, 0, 0});
    return ensemble->take_events();
  };
  const auto fine = releases(1e-3), coarse = releases(0.1);
  ASSERT_GE(fine.size(), 2U);
  ASSERT_EQ(fine.size(), coarse.size());
  for (std::size_t i = 0; i < fine.size(); ++i) EXPECT_NEAR(fine[i].time, coarse[i].time, 1e-6);
}

TEST_P(Adaptive, GoesThroughABurstThatFixedStepsOfItsSizeDoNotSurvive) {
  // O_N Y reaches 750 /s: steps of 10 ms are far outside the stability of Euler's method.
  NetworkSetup setup = small_setup(1, GetParam());
  setup.dt = 0.01;
  const auto ensemble = make_ensemble<float>(setup);
  advance(*ensemble, 500, {50, 0, 0, 0});
  const auto all = all_states<float>(*ensemble);
  EXPECT_GT(all[Synapse::State::astrocytic], 0.9F);
  EXPECT_LE(all[Synapse::State::astrocytic], 1.0F + 1e-4F);
}

INSTANTIATE_TEST_SUITE_P(Methods, Adaptive, testing::Values(Method::dormand_prince, Method::rosenbrock));

// ---- what must not matter

NetworkSetup varied_setup(std::size_t synapses, Method method, const std::vector<std::size_t>& place) {
  NetworkSetup setup = small_setup(synapses, method);
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> draw(0.6, 1.4);
  for (const char* parameter : {"O_delta", "U_0_star", "C_Theta"}) {
    const ModelDescription& description = setup[0].model->description;
    const double standard = description.parameters[std::size_t(parameter_place(description, parameter))].standard;
    std::vector<double> values(synapses);
    for (std::size_t i = 0; i < synapses; ++i) values[place[i]] = draw(random) * standard;
    setup[0].vary(parameter, std::move(values));
  }
  return setup;
}

std::vector<std::size_t> in_order(std::size_t synapses) {
  std::vector<std::size_t> place(synapses);
  std::iota(place.begin(), place.end(), 0);
  return place;
}

class Invariance : public testing::TestWithParam<Method> {};

TEST_P(Invariance, ThreadsAreNotPartOfTheResult) {
  constexpr std::size_t synapses = 1500;
  const auto spikes = std::make_shared<PoissonSpikes>(Schedule({{0, {3, 0, 0, 0}}}), 1e-3, 5, 0, std::vector<double>());
  const auto run = [&](int threads) {
    NetworkSetup setup = varied_setup(synapses, GetParam(), in_order(synapses));
    setup.threads = threads;
    omp_set_num_threads(threads);  // as many as there are cores otherwise
    const auto ensemble = make_ensemble<float>(setup);
    ensemble->set_spikes(0, spikes);
    ensemble->advance_steps(300);
    return all_states<float>(*ensemble);
  };
  const int before = omp_get_max_threads();
  const auto alone = run(1);
  EXPECT_EQ(run(2), alone);
  EXPECT_EQ(run(3), alone);
  EXPECT_EQ(run(5), alone);
  omp_set_num_threads(before);
}

TEST_P(Invariance, OrderOfThePopulationIsNotPartOfTheResult) {
  constexpr std::size_t synapses = 70;
  auto place = in_order(synapses);
  const auto run = [&] {
    NetworkSetup setup = varied_setup(synapses, GetParam(), place);
    const auto ensemble = make_ensemble<double>(setup);
    advance(*ensemble, 400, {8, 3, 2, 0});
    const auto all = all_states(*ensemble);
    std::vector<double> sorted(all.size());
    for (int i = 0; i < Synapse::states; ++i)
      for (std::size_t k = 0; k < synapses; ++k)
        sorted[std::size_t(i) * synapses + k] = all[std::size_t(i) * synapses + place[k]];
    return sorted;
  };
  const auto straight = run();
  std::shuffle(place.begin(), place.end(), std::mt19937_64(11));
  const auto shuffled = run();
  // Lanes of a pack share the number of adaptive steps that are tried, not their sizes.
  EXPECT_TRUE(all_close(shuffled, straight, {.relative = is_adaptive(GetParam()) ? 1e-6 : 0}));
}

TEST_P(Invariance, CallsMayBeCutAnywhere) {
  if (is_adaptive(GetParam())) GTEST_SKIP() << "adaptive steps end where calls do";
  const auto spikes = std::make_shared<PoissonSpikes>(Schedule({{0, {4, 0, 0, 0}}}), 1e-3, 9, 0, std::vector<double>());
  const auto run = [&](std::initializer_list<int> calls) {
    NetworkSetup setup = small_setup(40, GetParam());
    const auto ensemble = make_ensemble<double>(setup);
    ensemble->set_spikes(0, spikes);
    for (const int steps : calls) advance(*ensemble, steps, {1, 1, 2, 0});
    return all_states(*ensemble);
  };
  EXPECT_EQ(run({1, 99, 257, 443}), run({800}));
}

INSTANTIATE_TEST_SUITE_P(Methods, Invariance,
                         testing::Values(Method::exponential_euler, Method::exponential_midpoint, Method::rk4,
                                         Method::dormand_prince, Method::rosenbrock));

TEST(Ensemble, ParametersThatVaryByNothingChangeNothing) {
  NetworkSetup plain = small_setup(20, Method::exponential_euler), varied = plain;
  varied[0].vary("O_delta", std::vector<double>(20, 0.6));
  const auto run = [](const NetworkSetup& setup) {
    const auto ensemble = make_ensemble<double>(setup);
    advance(*ensemble, 500, {10, 0, 0, 0});
    return all_states(*ensemble);
  };
  EXPECT_TRUE(all_close(run(varied), run(plain), {.relative = 1e-12}));
}

// ---- domains and events

class Exponential : public testing::TestWithParam<Method> {};

TEST_P(Exponential, StaysInsideTheDomainForAnyParameters) {
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> draw(-1.6, 1.6);
  for (int trial = 0; trial < 20; ++trial) {
    NetworkSetup setup = small_setup(32, GetParam());
    for (const ParameterInfo& info : setup[0].model->description.parameters) {
      const std::string name = info.name;
      std::vector<double> values(32);
      for (double& value : values) value = info.standard * std::pow(10, draw(random));
      if (name == "U_0_star" || name == "alpha" || name == "U_A")
        for (double& value : values) value = std::min(value, 1.0);
      setup[0].vary(name, std::move(values));
    }
    setup.dt = 0.02;
    const auto ensemble = make_ensemble<double>(setup);
    advance(*ensemble, 2000, {20, 0, 0, 0});
    const auto all = all_states(*ensemble);
    for (int i = 0; i < Synapse::states; ++i)
      for (std::size_t k = 0; k < 32; ++k) {
        const double value = all[std::size_t(i) * 32 + k];
        EXPECT_GE(value, 0) << Synapse::state_infos[i].name;
        EXPECT_TRUE(std::isfinite(value)) << Synapse::state_infos[i].name;
        if (Synapse::state_infos[i].highest > 0) {
          EXPECT_LE(value, Synapse::state_infos[i].highest + 1e-12) << Synapse::state_infos[i].name;
        }
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, Exponential,
                         testing::Values(Method::exponential_euler, Method::exponential_midpoint));

TEST(Ensemble, GliotransmitterDecaysToNothing) {
  NetworkSetup setup = small_setup(3, Method::exponential_euler);
  for (double& value : setup[0].initial) value = 0;
  setup[0].start("G_A", 100).start("x", 1);
  const auto ensemble = make_ensemble<float>(setup);
  ensemble->advance_steps(3000);  // e^{-180}
  float left = 1;
  ensemble->read(ensemble->field("synapses", "G_A"), 0, std::span<float>(&left, 1));
  EXPECT_TRUE(left == 0 || left >= std::numeric_limits<float>::min()) << left;
}

TEST(Ensemble, LosesNoReleaseWhenAllFireAtOnce) {
  constexpr std::size_t synapses = 5000;
  const auto ensemble = make_ensemble<float>(small_setup(synapses, Method::exponential_euler));
  advance(*ensemble, 15000, {2, 0, 0, 0});
  const auto releases = ensemble->take_events();
  ASSERT_GT(releases.size(), 0U);
  ASSERT_EQ(releases.size() % synapses, 0U);
  for (std::size_t i = 0; i < releases.size(); ++i) {
    EXPECT_EQ(releases[i].index, i % synapses);
    EXPECT_EQ(releases[i].time, releases[i - i % synapses].time);
  }
  EXPECT_TRUE(ensemble->take_events().empty());
}

TEST(Ensemble, NamesSynapseAndStateThatLeftItsDomain) {
  NetworkSetup setup = small_setup(40, Method::euler);
  setup.dt = 0.01;
  auto& factor = setup[0].input("rate").factor;
  factor.assign(40, 0.0);
  factor[37] = 1;
  const auto ensemble = make_ensemble<float>(setup);
  try {
    advance(*ensemble, 1000, {50, 0, 0, 0});
    FAIL() << "expected a NumericsError";
  } catch (const NumericsError& error) {
    EXPECT_NE(std::string(error.what()).find("synapses 37"), std::string::npos) << error.what();
  }
}

TEST(Ensemble, RefusesBeforeAllocating) {
  NetworkSetup setup;
  for (int i = 0; i < 200; ++i)  // 2^39 synapses
    setup.add(model<TripartiteSynapse, Gchi>(), 0xFFFF'FFFFU, "synapses " + std::to_string(i));
  setup.backend = Backend::cpu;
  EXPECT_THROW(make_ensemble<float>(setup), MemoryError);
  setup = small_setup(std::size_t(1) << 42, Method::exponential_euler);
  EXPECT_THROW(make_ensemble<float>(setup), ConfigError);
  setup = small_setup(3, Method::exponential_euler);
  setup[0].set("C_T", -1);
  EXPECT_THROW(make_ensemble<float>(setup), ConfigError);
  setup[0].set("C_T", 2);
  setup[0].input("rate").factor = {1, 2};
  EXPECT_THROW(make_ensemble<float>(setup), ConfigError);
}

TEST(Ensemble, TenMillionSynapsesTakeLessThanAGigabyteAndAHalf) {
  EXPECT_LT(network_bytes(small_setup(10'000'000, Method::exponential_euler)), 1'500'000'000U);
}

// ---- spikes

TEST(PoissonSpikes, HaveMeanAndVarianceOfAPoissonProcess) {
  const PoissonSpikes spikes(Schedule({{0, {5, 5, 0.25, 0}}, {4000, {20, 0, 0, 0}}}), 1e-3, 42, 0, {});
  constexpr std::uint64_t synapses = 4000;
  std::vector<Arrival> early, late;
  spikes.collect(0, synapses, 0, 4000, early);
  spikes.collect(0, synapses, 4000, 1000, late);
  // One whole period of the sine: 5 /s for 4 s; then 20 /s for 1 s. Counts of 4000 trains, 4 standard errors.
  for (const auto* part : {&early, &late}) {
    std::vector<double> count(synapses);
    for (const auto& arrival : *part) count[arrival.element] += 1;
    const double mean = std::accumulate(count.begin(), count.end(), 0.0) / synapses;
    double variance = 0;
    for (const double n : count) variance += (n - mean) * (n - mean) / synapses;
    EXPECT_NEAR(mean, 20, 4 * std::sqrt(20.0 / synapses));
    EXPECT_NEAR(variance, 20, 4 * 20 * std::sqrt(2.0 / synapses));
  }
}

TEST(PoissonSpikes, AreTheSameHoweverTimeIsCut) {
  const PoissonSpikes spikes(Schedule({{0, {30, 0, 0, 0}}}), 1e-3, 1, 0, {});
  std::vector<Arrival> whole, first, second;
  spikes.collect(3, 4, 0, 1000, whole);
  spikes.collect(3, 4, 0, 300, first);
  spikes.collect(3, 4, 300, 700, second);
  ASSERT_EQ(whole.size(), first.size() + second.size());
  for (std::size_t i = 0; i < whole.size(); ++i)
    EXPECT_EQ(whole[i].step, i < first.size() ? first[i].step : second[i - first.size()].step + 300);
}

TEST(SpikeTrains, ActAtTheEndOfTheStepThatTheyAreNearestTo) {
  const SpikeTrains trains({{0.010, 1}, {0.0304, 1}, {0.002, 0}}, 2, 1e-3);
  std::vector<Arrival> arrivals;
  trains.collect(0, 4, 0, 100, arrivals);
  ASSERT_EQ(arrivals.size(), 6U);  // synapses 0 and 2 listen to train 0, 1 and 3 to train 1
  EXPECT_EQ(arrivals[0].step, 1);
  EXPECT_EQ(arrivals[1].element, 1U);
  EXPECT_EQ(arrivals[1].step, 9);
  EXPECT_EQ(arrivals[2].step, 29);
  EXPECT_THROW(SpikeTrains({{0.0001, 0}}, 1, 1e-3), ConfigError);
  EXPECT_THROW(SpikeTrains({{0.1, 2}}, 2, 1e-3), ConfigError);
}

}  // namespace
}  // namespace tripartite
