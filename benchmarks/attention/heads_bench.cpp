// One write, one read and the propagator's read of 16 heads x 64 x 1024 synapses, each compared with a plain loop that
// does the same work. Both alternate, so that they run under the same conditions. Wall clock of whole calls, all
// threads.
#include <benchmark/benchmark.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "attention/network_oracle.hpp"
#include "benchmarks/attention/plain_heads.hpp"
#include "host/bench/clock.hpp"
#include "support/numbers.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::benchmarks {
namespace {

using attention::Engine;
using attention::EngineSetup;
using attention::Field;
using attention::Phase;
using attention::Solver;
using bench::seconds_of;

constexpr int heads = 16, width = 64, hidden = 1024;
constexpr double synapses = double(heads) * width * hidden;

EngineSetup setup_for(Solver solver) {
  EngineSetup setup;
  setup.width = width;
  setup.hidden = hidden;
  setup.tokens = 2;
  setup.parameters.solver = solver;
  for (int head = 0; head < heads; ++head)
    setup.maps.push_back(make_feature_map(attention::Feature::favor, width, hidden, 1, std::uint64_t(head)));
  return setup;
}

/// The library's heads, the plain heads, and tokens for both.
struct Contest {
  explicit Contest(Solver solver)
      : setup(setup_for(solver)),
        query(normal_numbers(2 * heads * width, 1, 0.6)),
        key(normal_numbers(2 * heads * width, 2, 0.6)),
        value(normal_numbers(2 * heads * width, 3)),
        engine(attention::make_cpu_engine<float>(setup)),
        plain(setup, converted<float>(query), converted<float>(key), converted<float>(value)) {
    engine->load_tokens(0, 2, converted<float>(query).data(), converted<float>(key).data(),
                        converted<float>(value).data());
  }

  EngineSetup setup;
  std::vector<double> query, key, value;
  std::unique_ptr<Engine<float>> engine;
  PlainHeads plain;
};

/// Largest error of any field of the last head, relative to the oracle's largest value of the field.
double worst_error(const std::function<std::vector<float>(Field)>& field, const tests::NetworkOracle& oracle) {
  double worst = 0;
  for (const attention::FieldInfo& info : attention::fields) {
    const std::vector<float> got = field(info.field);
    const std::vector<double> want = oracle.field(info.field, 0);
    double largest = 0, difference = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
      largest = std::max(largest, std::abs(want[i]));
      const double here = std::abs(got[i] - want[i]);
      if (!(here <= difference)) difference = here;
    }
    if (const double error = largest > 0 ? difference / largest : difference; !(error <= worst)) worst = error;
  }
  return worst;
}

/// Empty if both implementations follow the equations through a short write and read; otherwise the name of the failing
/// one.
std::string complaint(Solver solver) {
  Contest contest(solver);
  // The oracle is slow and heads are independent: it computes only the last head.
  EngineSetup last = contest.setup;
  last.maps = {contest.setup.maps.back()};
  last.parameters.solver = Solver::exponential_euler;
  const auto columns = [](const std::vector<double>& all) {
    std::vector<double> own;
    for (int token = 0; token < 2; ++token)
      for (int i = 0; i < width; ++i) own.push_back(all[std::size_t((token + 1) * heads * width - width + i)]);
    return own;
  };
  tests::NetworkOracle oracle(last, columns(contest.query), columns(contest.key), columns(contest.value));
  constexpr int steps = 30;
  contest.plain.settle(0, steps), contest.plain.write(0, steps), contest.plain.read(1, steps);
  for (const Phase phase : {Phase::settle, Phase::write, Phase::read}) {
    const int token = phase == Phase::read ? 1 : 0;
    oracle.advance(phase, token, steps * last.parameters.dt);
    contest.engine->advance(phase, token, steps * last.parameters.dt);
  }
  // Float32 rounding; the propagator is compared with first-order steps, which differ from it by up to 5 %.
  const double tolerance = solver == Solver::exact ? 0.1 : 1e-4;
  const double plain = worst_error([&](Field field) { return contest.plain.field(field, heads - 1); }, oracle);
  if (!(plain <= 1e-4)) return "the plain loop is wrong by " + std::to_string(plain);
  const double engine = worst_error([&](Field field) { return contest.engine->field(field, heads - 1); }, oracle);
  if (!(engine <= tolerance)) return "the engine is wrong by " + std::to_string(engine);
  return {};
}

void compete(benchmark::State& state, Solver solver, Phase phase, double duration) {
  if (const std::string wrong = complaint(solver); !wrong.empty()) return state.SkipWithError(wrong.c_str());
  Contest contest(solver);
  const int steps = int(std::lround(duration / contest.setup.parameters.dt));
  contest.engine->advance(Phase::write, 0, 0.1);
  contest.plain.write(0, 100);
  contest.engine->advance(phase, 1, duration);  // makes the plan of the phase, which later calls reuse
  double engine_s = 0, plain_s = 0;
  for (auto iteration : state) {
    const double here = seconds_of([&] { contest.engine->advance(phase, 1, duration); });
    state.SetIterationTime(here);
    engine_s += here;
    plain_s += seconds_of([&] {
      if (phase == Phase::read)
        contest.plain.read(1, steps);
      else
        contest.plain.write(1, steps);
    });
  }
  const double simulated = double(state.iterations()) * steps * synapses;
  state.counters["synapse_steps_per_s"] = simulated / engine_s;
  state.counters["plain_synapse_steps_per_s"] = simulated / plain_s;
  state.counters["ratio"] = plain_s / engine_s;
}

BENCHMARK_CAPTURE(compete, write_stepping, Solver::exponential_euler, Phase::write, 0.1)->UseManualTime();
BENCHMARK_CAPTURE(compete, read_stepping, Solver::exponential_euler, Phase::read, 0.1)->UseManualTime();
BENCHMARK_CAPTURE(compete, write_propagator, Solver::exact, Phase::write, 0.1)->UseManualTime();
BENCHMARK_CAPTURE(compete, read_propagator, Solver::exact, Phase::read, 0.5)->UseManualTime();

}  // namespace
}  // namespace tripartite::benchmarks
