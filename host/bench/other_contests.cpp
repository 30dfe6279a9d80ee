#include <cmath>
#include <memory>

#include "host/bench/clock.hpp"
#include "host/bench/contest.hpp"
#include "host/bench/counted.hpp"
#include "host/bench/heads_problem.hpp"
#include "host/bench/network_turn.hpp"
#include "host/bench/problem.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/memory/engine.hpp"
#include "tripartite/network/network.hpp"

// W2 to W4.
namespace tripartite::bench {
namespace {

using integrate::Method;

template <class Real>
Turn run_heads(attention::Solver solver, bool reads, const Options& options) {
  const auto setup = heads_setup(solver);
  const auto engine = attention::make_engine<Real>(options.backend, setup, threads_of(options));
  const auto query = head_tokens<Real>(0), key = head_tokens<Real>(1), value = head_tokens<Real>(2);
  engine->load_tokens(0, 2, query.data(), key.data(), value.data());
  std::vector<Real> output(std::size_t(heads) * width);
  const auto finish = [&] {
    engine->sample(0);
    engine->outputs(0, 1, output.data());  // waits for a device
  };
  Turn turn;
  turn.seconds = seconds_of([&] {
    engine->advance(attention::Phase::settle, 0, 0.1);
    engine->advance(attention::Phase::write, 0, 0.1);
    finish();
  });
  if (reads)
    turn.seconds = seconds_of([&] {
      engine->advance(attention::Phase::read, 1, 0.5);
      finish();
    });
  for (const Real l : output) turn.check += double(l) * double(l);
  return turn;
}

template <class Real>
Turn run_memory(int neurons, int patterns, std::int64_t steps, const Options& options) {
  memory::MemorySetup setup;
  setup.patterns = memory::Patterns(neurons, patterns);
  std::vector<Real> cue(static_cast<std::size_t>(neurons));
  for (int i = 0; i < neurons; ++i) {
    for (int mu = 0; mu < patterns; ++mu) setup.patterns.set(i, mu, pattern_sign(i, mu) > 0);
    cue[std::size_t(i)] = Real(memory_cue(i));
  }
  setup.parameters = memory::regime_parameters(memory::Regime::cold, neurons);
  setup.parameters.dt = memory_step;
  setup.parameters.settled_rate = 0;
  const auto engine = memory::make_memory_engine<Real>(options.backend, setup, threads_of(options));
  engine->start(cue, memory::Regime::cold);
  Turn turn;
  turn.seconds = seconds_of([&] {
    engine->advance(steps, 1e300);
    turn.check = engine->overlaps().front();
  });
  return turn;
}

Turn run_astrocytes(std::size_t astrocytes, std::int64_t steps, Precision precision, const Options& options) {
  NetworkSetup setup;
  PopulationSetup& population = setup[setup.add(model<Astrocyte, LiRinzel>(), astrocytes, "astrocytes")];
  const char* states[] = {"I", "C", "h"};
  for (int s = 0; s < 3; ++s) {
    std::vector<double> initial(astrocytes);
    for (std::size_t i = 0; i < astrocytes; ++i) initial[i] = astrocyte_start(s, i);
    population.start(states[s], std::move(initial));
  }
  set_run(setup, Method::rk4, astrocyte_step, precision, options);
  return network_turn(std::move(setup), steps, {{"astrocytes", "C"}, {"astrocytes", "h"}});
}

}  // namespace

std::vector<Contest> head_contests(const Options& options) {
  constexpr double synapses = double(heads) * width * hidden;
  std::vector<Contest> all;
  for (const Precision precision : options.precisions)
    for (const bool reads : {false, true})
      for (const attention::Solver solver : {attention::Solver::exponential_euler, attention::Solver::exact}) {
        Contest contest;
        contest.workload = "W2";
        contest.variant = std::string(reads ? "read" : "write") +
                          (solver == attention::Solver::exact ? ", exact" : ", exponential_euler");
        contest.precision = precision;
        contest.method = solver == attention::Solver::exact ? "exact" : "exponential_euler";
        contest.threads = threads_of(options);
        contest.n = long(synapses);
        contest.steps = reads ? 500 : 200;
        contest.unit = "synapse steps";
        contest.work = synapses * (reads ? 500 : 200);  // settle and write for 0.1 s each, or read for 0.5 s
        contest.own = [=] {
          return precision == Precision::float32 ? run_heads<float>(solver, reads, options)
                                                 : run_heads<double>(solver, reads, options);
        };
        contest.rival = rival_words(reads ? "W2-read" : "W2-write", contest, 500, 0, "exponential_euler", options);
        // The propagator is exact where the rival takes steps of first order.
        contest.tolerance = solver == attention::Solver::exact ? 0.1 : precision == Precision::float32 ? 1e-3 : 1e-9;
        all.push_back(std::move(contest));
      }
  return all;
}

std::vector<Contest> memory_contests(const Options& options) {
  std::vector<Contest> all;
  for (const Precision precision : options.precisions)
    for (const auto& [neurons, patterns] : {std::pair(500, 10), std::pair(1000, 10), std::pair(500, 500)}) {
      const std::int64_t steps = options.quick ? 40 : 100;
      Contest contest;
      contest.workload = "W3";
      contest.variant = "N = " + std::to_string(neurons) + ", K = " + std::to_string(patterns);
      contest.precision = precision;
      contest.method = to_string(Method::euler);
      contest.threads = threads_of(options);
      contest.n = neurons;
      contest.steps = steps;
      contest.unit = "steps";
      contest.work = double(steps);
      contest.own = [=, neurons = neurons, patterns = patterns] {
        return precision == Precision::float32 ? run_memory<float>(neurons, patterns, steps, options)
                                               : run_memory<double>(neurons, patterns, steps, options);
      };
      contest.rival = rival_words("W3", contest, steps, patterns, "euler", options);
      contest.tolerance = 1e-3;
      if (precision == Precision::float32) {
        contest.ceiling = Ceiling::product;  // both products alone
        contest.operations = 4.0 * neurons * neurons * patterns;
        contest.bytes = 4.0 * neurons * neurons * bytes_of(precision);  // both states of a pair, read and written
      }
      all.push_back(std::move(contest));
    }
  return all;
}

std::vector<Contest> astrocyte_contests(const Options& options) {
  const std::size_t astrocytes = options.quick ? 20000 : 100000;
  const std::int64_t steps = options.quick ? 500 : 1000;
  std::vector<Contest> all;
  for (const Precision precision : options.precisions) {
    Contest contest;
    contest.workload = "W4";
    contest.variant = "rk4";
    contest.precision = precision;
    contest.method = contest.variant;
    contest.threads = threads_of(options);
    contest.n = long(astrocytes);
    contest.steps = steps;
    contest.unit = "astrocyte steps";
    contest.work = double(astrocytes) * double(steps);
    contest.own = [=] { return run_astrocytes(astrocytes, steps, precision, options); };
    contest.rival = rival_words("W4", contest, steps, 0, "rk4", options);
    contest.tolerance = precision == Precision::float32 ? 1e-4 : 1e-10;
    contest.ceiling = Ceiling::multiply_add;
    using Cell = Astrocyte<double, LiRinzel>;
    contest.operations = operations_per_step<Cell>(Method::rk4);
    contest.bytes = 2.0 * Cell::states * bytes_of(precision) / double(steps);
    all.push_back(std::move(contest));
  }
  return all;
}

}  // namespace tripartite::bench
