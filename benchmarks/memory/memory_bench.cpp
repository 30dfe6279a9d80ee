// A step of the associative memory compared with the plain step and with its two matrix products alone, computed by the
// BLAS. All alternate, so that they run under the same conditions. Wall clock, all threads.
#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/memory/plain_memory.hpp"
#include "host/bench/clock.hpp"
#include "tripartite/memory/recall.hpp"

namespace tripartite::benchmarks {
namespace {

using bench::seconds_of;
using memory::Field;
using memory::MemorySetup;
using memory::Regime;

constexpr int steps = 4;  // per turn

struct Contest {
  Contest(int neurons, int patterns)
      : setup(make_setup(neurons, patterns)),
        cue(make_cue(setup.patterns)),
        plain(setup.patterns, setup.parameters, cue),
        engine(memory::make_cpu_memory_engine<float>(setup)) {
    engine->start(cue, Regime::cold);
  }

  static MemorySetup make_setup(int neurons, int patterns) {
    MemorySetup setup;
    setup.patterns = memory::Patterns::random(neurons, patterns, 1);
    setup.parameters = memory::regime_parameters(Regime::cold, neurons);
    setup.parameters.settled_rate = 0;
    return setup;
  }
  static std::vector<float> make_cue(const memory::Patterns& patterns) {
    const auto cue = memory::corrupted(patterns, 0, memory::Corruption::flip, 0.1, 1);
    return {cue.begin(), cue.end()};
  }

  MemorySetup setup;
  std::vector<float> cue;
  PlainMemory plain;
  std::unique_ptr<memory::MemoryEngine<float>> engine;
};

/// Empty if engine and plain loop compute the same trajectory.
std::string complaint() {
  Contest contest(200, 70);
  contest.engine->advance(40, 1e300);
  for (int step = 0; step < 40; ++step) contest.plain.step();
  const auto neurons = contest.engine->rows(Field::neuron, 0, 0, 1);
  double worst = 0;
  for (std::size_t i = 0; i < neurons.size(); ++i)
    worst = std::max(worst, double(std::abs(neurons[i] - contest.plain.neurons()[i]) / (1 + std::abs(neurons[i]))));
  return worst <= 1e-4 ? "" : "engine and plain loop differ by " + std::to_string(worst);  // float32, 40 steps
}

void step(benchmark::State& state, int neurons, int patterns) {
  if (const std::string wrong = complaint(); !wrong.empty()) return state.SkipWithError(wrong.c_str());
  Contest contest(neurons, patterns);
  const std::size_t n = std::size_t(neurons), k = std::size_t(patterns);
  const std::vector<float> signs(n * k, 1), square(n * n, 1);
  std::vector<float> result(n * std::max(n, k));
  double engine_s = 0, plain_s = 0, products_s = 0;
  for (auto iteration : state) {
    const double here = seconds_of([&] { contest.engine->advance(steps, 1e300); });
    state.SetIterationTime(here);
    engine_s += here;
    plain_s += seconds_of([&] {
      for (int i = 0; i < steps; ++i) contest.plain.step();
    });
    products_s += seconds_of([&] {
      for (int i = 0; i < steps; ++i) {
        product(neurons, patterns, neurons, square.data(), square.data(), result.data());
        product(neurons, neurons, patterns, signs.data(), signs.data(), result.data());
      }
    });
  }
  const double made = double(state.iterations()) * steps;
  state.counters["ms_per_step"] = 1e3 * engine_s / made;
  state.counters["synapse_steps_per_s"] = made * neurons * neurons / engine_s;
  state.counters["ratio_to_plain"] = plain_s / engine_s;
  state.counters["products_alone_to_engine"] = products_s / engine_s;
}

// With few patterns tanh dominates, with many the products.
BENCHMARK_CAPTURE(step, of_1024_neurons_and_16_patterns, 1024, 16)->UseManualTime();
BENCHMARK_CAPTURE(step, of_1024_neurons_and_1024_patterns, 1024, 1024)->UseManualTime();

}  // namespace
}  // namespace tripartite::benchmarks
