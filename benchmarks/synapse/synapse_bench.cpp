// Steps of 32768 tripartite synapses under a constant rate, compared with a plain loop that does the same work; and
// with calcium on a slower clock, compared with one clock. Both sides alternate, so that they run under the same
// conditions. Wall clock of whole calls, all threads.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/synapse/plain_synapses.hpp"
#include "support/numbers.hpp"
#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::benchmarks {
namespace {

using synapse::Ensemble;
using synapse::Solver;

constexpr std::size_t synapses = 32768;
constexpr int steps = 100;
constexpr float rate = 5;

synapse::EnsembleSetup setup_for(Solver solver, int calcium_every) {
  synapse::EnsembleSetup setup;
  setup.synapses = synapses;
  setup.solver = solver;
  setup.calcium_every = calcium_every;
  for (int i = 0; i < synapse::state_count; ++i) setup.initial[i] = synapse::state_infos[i].initial;
  return setup;
}

/// Initial IP3: distinct for all synapses, with some that soon exceed the threshold.
std::vector<float> initial_ip3() {
  std::vector<float> values;
  for (const double z : normal_numbers(synapses, 1, 0.15)) values.push_back(float(0.2 + std::abs(z)));
  return values;
}

std::unique_ptr<Ensemble<float>> ensemble_of(Solver solver, int calcium_every = 1) {
  auto ensemble = synapse::make_ensemble<float>(Backend::cpu, setup_for(solver, calcium_every));
  ensemble->write(synapse::ip3, 0, initial_ip3());
  return ensemble;
}

PlainSynapses plain_synapses() {
  PlainSynapses plain(synapse::standard_parameters(), synapses, 1e-3);
  plain.ip3 = initial_ip3();
  return plain;
}

/// Empty if loop and library, which share no code for the equations, agree after two seconds; otherwise the place where
/// they differ.
std::string complaint() {
  const auto ensemble = ensemble_of(Solver::exponential_euler);
  PlainSynapses plain = plain_synapses();
  for (int call = 0; call < 4; ++call) {
    ensemble->advance(500, {{rate, 0, 0, 0}, 0}, nullptr);
    plain.advance(500, rate);
  }
  if (plain.releases() == 0 || ensemble->take_releases().size() != plain.releases()) return "releases differ";
  const std::pair<synapse::StateIndex, const std::vector<float>*> fields[] = {
      {synapse::utilisation, &plain.u}, {synapse::resources, &plain.x},
      {synapse::glutamate, &plain.y},   {synapse::astrocytic, &plain.gamma_a},
      {synapse::ip3, &plain.ip3},       {synapse::calcium, &plain.calcium},
      {synapse::open, &plain.h},        {synapse::gliotransmitter, &plain.x_a}};
  for (const auto& [state, expected] : fields) {
    std::vector<float> got(synapses);
    ensemble->read(state, 0, got);
    double difference = 0, largest = 0;
    for (std::size_t i = 0; i < synapses; ++i) {
      difference = std::max(difference, std::abs(double(got[i]) - double((*expected)[i])));
      largest = std::max(largest, std::abs(double((*expected)[i])));
    }
    // Float32 rounding over 2000 steps moves some releases by a step of 1 ms, and with them u and x by its rates.
    if (!(difference <= 1e-2 * largest))
      return std::string(synapse::state_infos[state].name) + " differs by " + std::to_string(difference / largest);
  }
  return {};
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void advance(Ensemble<float>& ensemble) {
  ensemble.advance(steps, {{rate, 0, 0, 0}, 0}, nullptr);
  ensemble.take_releases();
}

/// `ratio`: the minimum time of the second over that of the first; minima are less disturbed by other work on the
/// machine than sums.
void compete(benchmark::State& state, const std::function<void()>& first, const std::function<void()>& other) {
  double first_s = std::numeric_limits<double>::infinity(), other_s = first_s;
  for (auto iteration : state) {
    const double here = seconds_of(first);
    state.SetIterationTime(here);
    first_s = std::min(first_s, here);
    other_s = std::min(other_s, seconds_of(other));
  }
  constexpr double simulated = double(steps) * double(synapses);
  state.counters["synapse_steps_per_s"] = simulated / first_s;
  state.counters["other_synapse_steps_per_s"] = simulated / other_s;
  state.counters["ratio"] = other_s / first_s;
}

void synapses_beside_plain_loop(benchmark::State& state) {
  if (const std::string wrong = complaint(); !wrong.empty()) return state.SkipWithError(wrong.c_str());
  const auto ensemble = ensemble_of(Solver::exponential_euler);
  PlainSynapses plain = plain_synapses();
  compete(
      state, [&] { advance(*ensemble); }, [&] { plain.advance(steps, rate); });
}
BENCHMARK(synapses_beside_plain_loop)->UseManualTime();

void two_clocks_beside_one(benchmark::State& state, Solver solver, int calcium_every) {
  const auto two = ensemble_of(solver, calcium_every), one = ensemble_of(solver);
  compete(
      state, [&] { advance(*two); }, [&] { advance(*one); });
}
BENCHMARK_CAPTURE(two_clocks_beside_one, exponential_euler_10, Solver::exponential_euler, 10)->UseManualTime();
BENCHMARK_CAPTURE(two_clocks_beside_one, rk4_10, Solver::rk4, 10)->UseManualTime();

}  // namespace
}  // namespace tripartite::benchmarks
