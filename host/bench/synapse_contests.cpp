#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <span>

#include "host/bench/contest.hpp"
#include "host/bench/counted.hpp"
#include "host/bench/course.hpp"
#include "host/bench/network_turn.hpp"
#include "host/bench/problem.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

// W1: independent tripartite synapses under constant rates or Poisson spikes.
namespace tripartite::bench {
namespace {

using integrate::Method;

struct Drive {
  const char* name;
  bool is_spikes;
  double rate = 0;  // [1/s] of all synapses; 0: spread over 0 to 20 /s
};
using Synapse = TripartiteSynapse<double, Gchi>;
constexpr Drive by_rates{"rates", false}, by_spikes{"Poisson spikes", true};
constexpr Drive by_equal_rates{"rates of 5 /s", false, 5}, by_equal_spikes{"Poisson spikes of 5 /s", true, 5};

NetworkSetup setup_of(std::size_t synapses, Method method, Precision precision, const Drive& drive,
                      const Options& options) {
  NetworkSetup setup;
  PopulationSetup& population = setup[setup.add(model<TripartiteSynapse, Gchi>(), synapses, "synapses")];
  population.set("O_delta", 1.2);
  std::vector<double> rates(synapses);
  for (std::size_t i = 0; i < synapses; ++i) rates[i] = drive.rate > 0 ? drive.rate : synapse_rate(i);
  if (drive.is_spikes) {
    population.spikes = std::make_shared<PoissonSpikes>(Schedule({{0, Signal{1, 0, 0, 0}}}), synapse_step, 1, 0, rates);
  } else {
    population.input("rate").common.mean = 1;
    population.input("rate").factor = rates;
  }
  set_run(setup, method, synapse_step, precision, options);
  return setup;
}

/// Glutamate shows what the drive does, calcium all that follows.
Turn advance(NetworkSetup setup, std::int64_t steps) {
  return network_turn(std::move(setup), steps, {{"synapses", "Y"}, {"synapses", "C"}});
}

Contest contest_of(const char* workload, std::string variant, Method method, const Drive& drive, std::size_t synapses,
                   std::int64_t steps, Precision precision, const Options& options,
                   std::function<NetworkSetup()> setup) {
  Contest contest;
  contest.workload = workload;
  contest.variant = std::move(variant);
  contest.precision = precision;
  contest.method = to_string(method);
  contest.drive = drive.name;
  contest.is_spikes = drive.is_spikes;
  contest.clocks = 1;
  contest.threads = threads_of(options);
  contest.n = long(synapses);
  contest.steps = steps;
  contest.work = double(synapses) * double(steps);
  contest.unit = "synapse steps";
  contest.own = [setup = std::move(setup), steps] { return advance(setup(), steps); };
  return contest;
}

/// Sets TRIPARTITE_INSTRUCTION_SET for as long as it lives.
class Chosen {
 public:
  explicit Chosen(InstructionSet set) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, std::string(to_string(set)).c_str(), 1);
  }
  Chosen(const Chosen&) = delete;
  Chosen& operator=(const Chosen&) = delete;
  ~Chosen() { before_.empty() ? ::unsetenv(name) : ::setenv(name, before_.c_str(), 1); }

 private:
  static constexpr auto name = "TRIPARTITE_INSTRUCTION_SET";
  std::string before_;
};

/// A method with its tolerance or, of a fixed one, its substeps in a step.
struct Candidate {
  Method method;
  double tolerance = 0;
  int substeps = 1;
};

/// Candidates beside a tight solution, under rates and under spikes.
std::vector<Contest> compared_with_tight(const char* workload, std::span<const Candidate> candidates,
                                         std::size_t synapses, const Options& options) {
  const std::int64_t steps = 3000;
  std::vector<Contest> all;
  for (const Drive& drive : {by_rates, by_spikes}) {
    auto tight = setup_of(synapses, Method::dormand_prince, Precision::float64, drive, options);
    tight.relative_tolerance = 1e-10;
    tight.absolute_tolerance = 1e-12;
    const Course reference = course_of(std::move(tight), steps);
    for (const Candidate& candidate : candidates) {
      const auto setup = [=] {
        NetworkSetup made = setup_of(synapses, candidate.method, Precision::float32, drive, options);
        made.substeps = candidate.substeps;
        if (candidate.tolerance > 0) made.relative_tolerance = candidate.tolerance;
        made.absolute_tolerance = 1e-2 * made.relative_tolerance;
        return made;
      };
      std::string variant(to_string(candidate.method));
      if (candidate.tolerance > 0) variant += fmt::format(" {:.0e}", candidate.tolerance);
      if (candidate.substeps > 1) variant += fmt::format(" 1/{} ms", candidate.substeps);
      Contest contest = contest_of(workload, fmt::format("{}, {}", variant, drive.name), candidate.method, drive,
                                   synapses, steps, Precision::float32, options, setup);
      contest.unit = "synapse ms";
      measure_errors(setup(), steps, reference, contest);
      all.push_back(std::move(contest));
    }
  }
  return all;
}

}  // namespace

std::vector<Contest> synapse_contests(const Options& options) {
  const std::size_t synapses = options.quick ? 20000 : 100000;
  const std::int64_t steps = options.quick ? 200 : 400;
  std::vector<Contest> all;
  for (const Precision precision : options.precisions)
    for (const Method method : {Method::rk4, Method::euler, Method::exponential_euler}) {
      Contest contest = contest_of("W1", std::string(to_string(method)), method, by_rates, synapses, steps, precision,
                                   options, [=] { return setup_of(synapses, method, precision, by_rates, options); });
      if (method != Method::exponential_euler) {
        contest.rival = rival_words("W1", contest, steps, 0, to_string(method), options);
        contest.tolerance = precision == Precision::float32 ? 1e-4 : 1e-10;
        contest.ceiling = Ceiling::multiply_add;
        contest.operations = operations_per_step<Synapse>(method);
        // All steps are taken in one pass over the states.
        contest.bytes = 2.0 * Synapse::states * bytes_of(precision) / double(steps);
      }
      all.push_back(std::move(contest));
    }
  // What spikes cost beside rates.
  for (const Precision precision : options.precisions) {
    const auto add = [&](Method method, const Drive& drive) {
      // Adaptive methods take long steps, and cut the last one short.
      const std::int64_t taken = is_adaptive(method) ? 10 * steps : steps;
      all.push_back(contest_of("W1", fmt::format("{}, {}", to_string(method), drive.name), method, drive, synapses,
                               taken, precision, options,
                               [=] { return setup_of(synapses, method, precision, drive, options); }));
    };
    for (const Method method : {Method::rk4, Method::euler, Method::exponential_euler}) add(method, by_equal_spikes);
    add(Method::dormand_prince, by_equal_rates);
    add(Method::dormand_prince, by_equal_spikes);
  }
  return all;
}

std::vector<Contest> accuracy_contests(const Options& options) {
  const Candidate candidates[] = {{Method::dormand_prince, 3e-4},
                                  {Method::dormand_prince, 1e-4},
                                  {Method::dormand_prince, 1e-6},
                                  {Method::exponential_euler},
                                  {Method::rk4}};
  auto all = compared_with_tight("W1a", candidates, options.quick ? 4000 : 20000, options);
  // The rival under rates, though spikes drive: what they cost is part of the comparison.
  for (Contest& contest : all) {
    contest.rival = rival_words("W1", contest, contest.steps, 0, "rk4", options);
    // Methods and drives differ; how accurate each is is told beside.
    contest.tolerance = contest.drive == by_spikes.name ? std::numeric_limits<double>::infinity() : 0.05;
  }
  return all;
}

std::vector<Contest> precision_contests(const Options& options) {
  std::vector<Candidate> candidates;
  for (const double tolerance : {1e-2, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6})
    candidates.push_back({Method::dormand_prince, tolerance});
  for (const double tolerance : {1e-2, 1e-3, 1e-4}) candidates.push_back({Method::rosenbrock, tolerance});
  for (const Method method : integrate::fixed_methods)
    for (const int substeps : {1, 2, 4, 8}) candidates.push_back({method, 0, substeps});
  auto all = compared_with_tight("precision", candidates, options.quick ? 1000 : 4000, options);
  for (Contest& each : network_precision_contests(options)) all.push_back(std::move(each));
  return all;
}

std::vector<Contest> matrix_contests(const Options& options) {
  const std::size_t synapses = options.quick ? 4000 : 16000;
  const std::int64_t steps = options.quick ? 200 : 500;
  std::vector<Contest> all;
  for (const Method method : integrate::methods)
    for (const Drive& drive : {by_rates, by_spikes})
      for (const int slow_every : {1, 10}) {
        if (slow_every > 1 && is_adaptive(method)) continue;
        for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
          if (set > best_instruction_set()) continue;
          for (const Precision precision : options.precisions) {
            const std::string variant = fmt::format("{}, {}, {}, {}", to_string(method), drive.name,
                                                    slow_every == 1 ? "one clock" : "two clocks", to_string(set));
            Contest contest = contest_of("matrix", variant, method, drive, synapses, steps, precision, options, {});
            contest.clocks = slow_every == 1 ? 1 : 2;
            contest.instruction_set = set;
            contest.own = [=] {
              NetworkSetup setup = setup_of(synapses, method, precision, drive, options);
              setup.slow_every = slow_every;
              setup.backend = Backend::cpu;
              setup.relative_tolerance = 1e-4;
              setup.absolute_tolerance = 1e-7;
              const Chosen chosen(set);
              return advance(std::move(setup), steps);
            };
            all.push_back(std::move(contest));
          }
        }
      }
  return all;
}

std::vector<Contest> scaling_contests(const Options& options) {
  std::vector<Contest> all;
  const std::size_t most = options.quick ? 1'000'000 : 10'000'000;
  const auto add = [&](std::size_t synapses, int threads) {
    Options with = options;
    with.threads = threads;
    const auto steps = std::int64_t(std::clamp<std::size_t>(10'000'000 / synapses, 10, 2000));
    all.push_back(contest_of("scaling", fmt::format("rk4, {} thread{}", threads, threads == 1 ? "" : "s"), Method::rk4,
                             by_rates, synapses, steps, Precision::float32, with,
                             [=] { return setup_of(synapses, Method::rk4, Precision::float32, by_rates, with); }));
  };
  for (std::size_t synapses = 1000; synapses <= most; synapses *= 10) add(synapses, threads_of(options));
  for (int threads = 1; threads < threads_of(options); threads *= 2) add(100'000, threads);
  return all;
}

}  // namespace tripartite::bench
