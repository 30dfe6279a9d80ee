// Steps of 32768 tripartite synapses under a constant rate, compared with a plain loop that does the same work; and
// with calcium on a slower clock, compared with one clock. Both sides alternate, so that they run under the same
// conditions. Wall clock of whole calls, all threads.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/synapse/plain_synapses.hpp"
#include "host/bench/clock.hpp"
#include "support/numbers.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::benchmarks {
namespace {

using bench::seconds_of;
using integrate::Method;

constexpr std::size_t synapses = 32768;
constexpr int steps = 100;
constexpr float rate = 5;

/// Initial IP3: distinct for all synapses, with some that soon exceed the threshold.
std::vector<float> initial_ip3() {
  std::vector<float> values;
  for (const double z : normal_numbers(synapses, 1, 0.15)) values.push_back(float(0.2 + std::abs(z)));
  return values;
}

std::unique_ptr<Network> synapses_by(Method method, int slow_every = 1) {
  NetworkSetup setup;
  const std::size_t population = setup.add(model<TripartiteSynapse, Gchi>(), synapses, "synapses");
  const std::vector<float> ip3 = initial_ip3();
  setup[population].start("I", std::vector<double>(ip3.begin(), ip3.end())).input("rate").common = {rate, 0, 0, 0};
  setup.method = method;
  setup.slow_every = slow_every;
  setup.backend = Backend::cpu;
  return make_network(std::move(setup));
}

/// The same on an instruction set of a lower order than the machine's.
std::unique_ptr<Network> synapses_on(InstructionSet set, Method method) {
  const char* before = std::getenv("TRIPARTITE_INSTRUCTION_SET");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TRIPARTITE_INSTRUCTION_SET", std::string(to_string(set)).c_str(), 1);
  auto network = synapses_by(method);
  before == nullptr ? unsetenv("TRIPARTITE_INSTRUCTION_SET") : setenv("TRIPARTITE_INSTRUCTION_SET", kept.c_str(), 1);
  return network;
}

PlainSynapses plain_synapses() {
  PlainSynapses plain(synapses, 1e-3);
  plain.ip3 = initial_ip3();
  return plain;
}

/// Empty if loop and library, which share no code for the equations, agree after two seconds; otherwise the place where
/// they differ.
std::string complaint() {
  const auto network = synapses_by(Method::exponential_euler);
  PlainSynapses plain = plain_synapses();
  network->advance_steps(2000);
  for (int call = 0; call < 4; ++call) plain.advance(500, rate);
  if (plain.releases() == 0 || network->take_events().size() != plain.releases()) return "releases differ";
  const std::pair<const char*, const std::vector<float>*> fields[] = {
      {"u", &plain.u},   {"x", &plain.x},       {"Y", &plain.y}, {"Gamma_A", &plain.gamma_a},
      {"I", &plain.ip3}, {"C", &plain.calcium}, {"h", &plain.h}, {"x_A", &plain.x_a}};
  for (const auto& [state, expected] : fields) {
    std::vector<float> got(synapses);
    network->read(network->field("synapses", state), 0, std::span(got));
    double difference = 0, largest = 0;
    for (std::size_t i = 0; i < synapses; ++i) {
      difference = std::max(difference, std::abs(double(got[i]) - double((*expected)[i])));
      largest = std::max(largest, std::abs(double((*expected)[i])));
    }
    // Float32 rounding over 2000 steps moves some releases by a step of 1 ms, and with them u and x by its rates.
    if (!(difference <= 1e-2 * largest))
      return std::string(state) + " differs by " + std::to_string(difference / largest);
  }
  return {};
}

void advance(Network& network) {
  network.advance_steps(steps);
  network.take_events();
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
  const auto network = synapses_by(Method::exponential_euler);
  PlainSynapses plain = plain_synapses();
  compete(
      state, [&] { advance(*network); }, [&] { plain.advance(steps, rate); });
}
BENCHMARK(synapses_beside_plain_loop)->UseManualTime();

void two_clocks_beside_one(benchmark::State& state, Method method, int slow_every) {
  const auto two = synapses_by(method, slow_every), one = synapses_by(method);
  compete(
      state, [&] { advance(*two); }, [&] { advance(*one); });
}
BENCHMARK_CAPTURE(two_clocks_beside_one, exponential_euler_10, Method::exponential_euler, 10)->UseManualTime();
BENCHMARK_CAPTURE(two_clocks_beside_one, rk4_10, Method::rk4, 10)->UseManualTime();

/// Every method on the widest registers beside the next narrower ones: a wider instruction set that does not win has a
/// fault that no other comparison shows.
void instruction_sets(benchmark::State& state, Method method) {
  const InstructionSet best = best_instruction_set();
  if (best == InstructionSet::baseline) return state.SkipWithError("this machine has one instruction set only");
  const auto wide = synapses_on(best, method), narrow = synapses_on(InstructionSet(int(best) - 1), method);
  compete(
      state, [&] { advance(*wide); }, [&] { advance(*narrow); });
}
BENCHMARK_CAPTURE(instruction_sets, exponential_euler, Method::exponential_euler)->UseManualTime();
BENCHMARK_CAPTURE(instruction_sets, euler, Method::euler)->UseManualTime();
BENCHMARK_CAPTURE(instruction_sets, rk4, Method::rk4)->UseManualTime();

}  // namespace
}  // namespace tripartite::benchmarks
