#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "host/bench/contest.hpp"
#include "host/bench/counted.hpp"
#include "host/bench/course.hpp"
#include "host/bench/network_turn.hpp"
#include "host/bench/problem.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

// W5: networks of rate neurons and tripartite synapses, with somata or without.
namespace tripartite::bench {
namespace {

using integrate::Method;

struct NetworkSize {
  std::size_t neurons, indegree, somata;
  std::size_t synapses() const { return neurons * indegree; }
};

/// Somata in a ring, each of which exchanges IP3 with the processes at the synapses of its share of the neurons.
void add_somata(NetworkSetup& setup, std::size_t synapses, const NetworkSize& size) {
  const std::size_t somata = setup.add(model<Astrocyte, Gchi>(), size.somata, "astrocytes");
  setup[somata].set("O_delta", 1.2).set("processes", "true").input("has_processes").base.assign(size.somata, 1);
  setup[synapses].set("soma", "true");
  std::vector<Index> owner(size.synapses());
  for (std::size_t i = 0; i < owner.size(); ++i) owner[i] = Index(i / size.indegree * size.somata / size.neurons);
  setup.gather(somata, "I", synapses, "soma_ip3", owner);
  setup.mean(synapses, "I", somata, "process_ip3", std::move(owner));
  std::vector<std::pair<Index, Index>> ring;
  for (std::size_t i = 0; i < size.somata; ++i) ring.emplace_back(Index(i), Index((i + 1) % size.somata));
  setup.pair(somata, "junctions", std::move(ring));
}

NetworkSetup setup_of(const NetworkSize& size, Method method, Coupling coupling, Precision precision,
                      const Options& options) {
  NetworkSetup setup;
  const std::size_t cells = setup.add(model<RateNeuron>(), size.neurons, "neurons");
  const std::size_t joined = setup.add(model<TripartiteSynapse, Gchi>(), size.synapses(), "synapses");
  setup[joined].set("O_delta", 1.2);
  setup[cells].input("drive").common.mean = network_external;
  std::vector<Index> target(size.synapses());
  for (std::size_t i = 0; i < target.size(); ++i) target[i] = Index(i / size.indegree);
  setup.gather(cells, "nu", joined, "rate", network_sources(size.neurons, size.indegree));
  setup.sum(joined, "flow", cells, "drive", std::move(target),
            std::vector<double>(size.synapses(), network_efficacy * 100 / double(size.indegree)));
  if (size.somata > 0) add_somata(setup, joined, size);
  setup.coupling = coupling;
  set_run(setup, method, synapse_step, precision, options);
  return setup;
}

Turn run_network(NetworkSetup setup, std::int64_t steps) {
  return network_turn(std::move(setup), steps, {{"neurons", "nu"}, {"synapses", "C"}});
}

/// A method with its coupling and its substeps in a step.
struct Candidate {
  Method method;
  Coupling coupling;
  int substeps;
};

}  // namespace

std::vector<Contest> network_contests(const Options& options) {
  constexpr NetworkSize bare{1000, 100, 0}, with_somata{1000, 1000, 100};
  std::vector<Contest> all;
  for (const NetworkSize& size : {bare, with_somata})
    for (const Precision precision : options.precisions)
      for (const Method method : {Method::euler, Method::rk4}) {
        const std::int64_t steps = (options.quick ? 10'000'000 : 30'000'000) / std::int64_t(size.synapses());
        Contest contest;
        contest.workload = "W5";
        contest.variant = fmt::format("{}, held{}", to_string(method),
                                      size.somata > 0 ? fmt::format(", {} somata, 10^6 synapses", size.somata) : "");
        contest.precision = precision;
        contest.method = to_string(method);
        contest.threads = threads_of(options);
        contest.n = long(size.neurons);
        contest.indegree = long(size.indegree);
        contest.somata = long(size.somata);
        contest.steps = steps;
        contest.unit = "synapse steps";
        contest.work = double(size.synapses()) * double(steps);
        contest.own = [=] { return run_network(setup_of(size, method, Coupling::held, precision, options), steps); };
        if (size.somata == 0) {
          contest.rival = rival_words("W5", contest, steps, contest.indegree, to_string(method), options);
          // Held: the rival's neurons take a step of Euler's method also where the synapses take one of rk4.
          contest.tolerance = method == Method::rk4 ? 2e-2 : precision == Precision::float32 ? 1e-4 : 1e-9;
        }
        contest.ceiling = Ceiling::multiply_add;
        using Synapse = TripartiteSynapse<double, Gchi>;
        contest.operations = operations_per_step<Synapse>(method);
        // Every step passes over the states and over the indices of what the synapses listen to.
        contest.bytes = 2.0 * Synapse::states * bytes_of(precision) + sizeof(Index);
        all.push_back(std::move(contest));
      }
  return all;
}

std::vector<Contest> network_precision_contests(const Options& options) {
  // The size and the efficacy of the network that `tripartite network` runs by default.
  constexpr NetworkSize size{100, 10, 10};
  const std::int64_t steps = options.quick ? 10'000 : 40'000;
  auto tight = setup_of(size, Method::dormand_prince, Coupling::staged, Precision::float64, options);
  tight.relative_tolerance = 1e-10;
  tight.absolute_tolerance = 1e-12;
  const Course reference = course_of(std::move(tight), steps);
  std::vector<Candidate> candidates;
  for (const Method method : integrate::fixed_methods)
    for (const Coupling coupling : {Coupling::held, Coupling::staged})
      for (const int substeps : {1, 2, 4}) candidates.push_back({method, coupling, substeps});
  candidates.push_back({Method::dormand_prince, Coupling::staged, 1});
  std::vector<Contest> all;
  for (const Candidate& candidate : candidates) {
    const auto setup = [=] {
      NetworkSetup made = setup_of(size, candidate.method, candidate.coupling, Precision::float32, options);
      made.substeps = candidate.substeps;
      made.relative_tolerance = 1e-4;
      made.absolute_tolerance = 1e-6;
      return made;
    };
    const bool is_held = candidate.coupling == Coupling::held;
    Contest contest;
    contest.workload = "precision";
    contest.drive = is_held ? "network, held" : "network, staged";
    contest.variant =
        fmt::format("{}{}, {}", to_string(candidate.method),
                    candidate.substeps > 1 ? fmt::format(" 1/{} ms", candidate.substeps) : "", contest.drive);
    contest.precision = Precision::float32;
    contest.method = to_string(candidate.method);
    contest.clocks = 1;
    contest.threads = threads_of(options);
    contest.n = long(size.neurons);
    contest.indegree = long(size.indegree);
    contest.somata = long(size.somata);
    contest.steps = steps;
    contest.unit = "synapse ms";
    contest.work = double(size.synapses()) * double(steps);
    contest.own = [=] { return run_network(setup(), steps); };
    measure_errors(setup(), steps, reference, contest);
    all.push_back(std::move(contest));
  }
  return all;
}

}  // namespace tripartite::bench
