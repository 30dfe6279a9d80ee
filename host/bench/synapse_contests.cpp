#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>

#include "host/bench/contest.hpp"
#include "host/bench/counted.hpp"
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
};
constexpr Drive by_rates{"rates", false}, by_spikes{"Poisson spikes", true};

NetworkSetup setup_of(std::size_t synapses, Method method, Precision precision, const Drive& drive,
                      const Options& options) {
  NetworkSetup setup;
  PopulationSetup& population = setup[setup.add(model<TripartiteSynapse, Gchi>(), synapses, "synapses")];
  population.set("O_delta", 1.2);
  std::vector<double> rates(synapses);
  for (std::size_t i = 0; i < synapses; ++i) rates[i] = synapse_rate(i);
  if (drive.is_spikes) {
    population.spikes = std::make_shared<PoissonSpikes>(Schedule({{0, Signal{1, 0, 0, 0}}}), synapse_step, 1, 0, rates);
  } else {
    population.input("rate").common.mean = 1;
    population.input("rate").factor = rates;
  }
  set_run(setup, method, synapse_step, precision, options);
  return setup;
}

Turn advance(NetworkSetup setup, std::int64_t steps) { return network_turn(std::move(setup), steps, "synapses", "Y"); }

Contest contest_of(const char* workload, std::string variant, std::size_t synapses, std::int64_t steps,
                   Precision precision, std::function<NetworkSetup()> setup) {
  Contest contest;
  contest.workload = workload;
  contest.variant = std::move(variant);
  contest.precision = precision;
  contest.n = long(synapses);
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

/// Calcium at the end, and the times of all releases of each synapse.
struct Course {
  std::vector<double> calcium;
  std::vector<std::vector<double>> releases;
};

Course course_of(NetworkSetup setup, std::int64_t steps) {
  const auto network = make_network(std::move(setup));
  network->advance_steps(steps);
  Course course;
  course.calcium.resize(network->fields()[0].size);
  course.releases.resize(course.calcium.size());
  network->read(network->field("synapses", "C"), 0, std::span(course.calcium));
  for (const Event& event : network->take_events()) course.releases[event.index].push_back(event.time);
  return course;
}

/// The fraction of synapses whose calcium is within 1e-3 uM and whose releases are each within 2 ms of `tight`.
double accurate(const Course& course, const Course& tight) {
  std::size_t good = 0;
  for (std::size_t i = 0; i < tight.calcium.size(); ++i) {
    bool is_good =
        std::abs(course.calcium[i] - tight.calcium[i]) <= 1e-3 && course.releases[i].size() == tight.releases[i].size();
    for (std::size_t k = 0; is_good && k < tight.releases[i].size(); ++k)
      is_good = std::abs(course.releases[i][k] - tight.releases[i][k]) <= 2e-3;
    good += is_good ? 1 : 0;
  }
  return double(good) / double(tight.calcium.size());
}

}  // namespace

std::vector<Contest> synapse_contests(const Options& options) {
  const std::size_t synapses = options.quick ? 20000 : 100000;
  const std::int64_t steps = options.quick ? 200 : 400;
  std::vector<Contest> all;
  for (const Precision precision : options.precisions)
    for (const Method method : {Method::rk4, Method::euler, Method::exponential_euler}) {
      Contest contest = contest_of("W1", std::string(to_string(method)), synapses, steps, precision,
                                   [=] { return setup_of(synapses, method, precision, by_rates, options); });
      if (method != Method::exponential_euler) {
        contest.rival = rival_words("W1", contest, steps, 0, to_string(method), options);
        contest.tolerance = precision == Precision::float32 ? 1e-4 : 1e-10;
        contest.ceiling = Ceiling::multiply_add;
        contest.operations = operations_per_step<TripartiteSynapse<double, Gchi>>(method);
      }
      all.push_back(std::move(contest));
    }
  return all;
}

std::vector<Contest> accuracy_contests(const Options& options) {
  const std::size_t synapses = options.quick ? 4000 : 20000;
  const std::int64_t steps = 3000;
  struct Candidate {
    Method method;
    double tolerance;  // relative, of adaptive methods
  };
  std::vector<Contest> all;
  for (const Drive& drive : {by_rates, by_spikes}) {
    auto tight = setup_of(synapses, Method::dormand_prince, Precision::float64, drive, options);
    tight.relative_tolerance = 1e-10;
    tight.absolute_tolerance = 1e-12;
    const auto reference = std::make_shared<Course>(course_of(std::move(tight), steps));
    for (const Candidate& candidate : {Candidate{Method::dormand_prince, 1e-4}, Candidate{Method::dormand_prince, 1e-6},
                                       Candidate{Method::exponential_euler, 0}, Candidate{Method::rk4, 0}}) {
      const auto setup = [=] {
        NetworkSetup made = setup_of(synapses, candidate.method, Precision::float32, drive, options);
        if (candidate.tolerance > 0) made.relative_tolerance = candidate.tolerance;
        made.absolute_tolerance = 1e-7;
        return made;
      };
      std::string variant(to_string(candidate.method));
      if (candidate.tolerance > 0) variant += fmt::format(" {:.0e}", candidate.tolerance);
      Contest contest =
          contest_of("W1a", fmt::format("{}, {}", variant, drive.name), synapses, steps, Precision::float32, setup);
      contest.unit = "synapse ms";
      contest.remark =
          fmt::format("{:.2f} % of synapses accurate", 100 * accurate(course_of(setup(), steps), *reference));
      if (!drive.is_spikes) {
        contest.rival = rival_words("W1", contest, steps, 0, "rk4", options);
        contest.tolerance = 0.05;  // methods differ; what they keep is in the remark
      }
      all.push_back(std::move(contest));
    }
  }
  return all;
}

std::vector<Contest> matrix_contests(const Options& options) {
  const std::size_t synapses = options.quick ? 4000 : 16000;
  const std::int64_t steps = 200;
  std::vector<Contest> all;
  for (const Method method : integrate::methods)
    for (const Drive& drive : {by_rates, by_spikes})
      for (const int slow_every : {1, 10}) {
        if (slow_every > 1 && is_adaptive(method)) continue;
        for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
          if (set > best_instruction_set()) continue;
          for (const Precision precision : options.precisions) {
            const std::string variant =
                fmt::format("{}, {}, {}", to_string(method), drive.name, slow_every == 1 ? "one clock" : "two clocks");
            Contest contest = contest_of("matrix", variant, synapses, steps, precision, {});
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
    all.push_back(contest_of("scaling", fmt::format("rk4, {} threads", threads), synapses, steps, Precision::float32,
                             [=] { return setup_of(synapses, Method::rk4, Precision::float32, by_rates, with); }));
  };
  for (std::size_t synapses = 1000; synapses <= most; synapses *= 10) add(synapses, threads_of(options));
  for (int threads = 1; threads < threads_of(options); threads *= 2) add(100'000, threads);
  return all;
}

}  // namespace tripartite::bench
