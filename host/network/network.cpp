#include "tripartite/network/network.hpp"

#include <fmt/format.h>

#include <cmath>

#include "host/network/cpu_circuit.hpp"
#include "host/backend/cuda_factories.hpp"
#include "tripartite/error.hpp"

namespace tripartite::network {

std::size_t network_bytes(const NetworkSetup& setup, Precision precision) {
  const std::size_t number = precision == Precision::float64 ? 8 : 4;
  const std::size_t copies = copies_of_states(setup);
  // Calcium at the beginning of the step, receptors of a slow step; connectivity and its two orders.
  const std::size_t per_tripartite = number * (copies * synapse::state_count + 4 + setup.varied.size()) +
                                     2 * sizeof(Index) + 2 * (sizeof(double) + 2 * sizeof(Index));
  const std::size_t per_bare = number * 2 * (copies + 1) + 2 * (sizeof(double) + 2 * sizeof(Index));
  return setup.tripartite.size() * per_tripartite + setup.bare.size() * per_bare +
         (setup.initial_rate.size() + 3 * setup.astrocytes + 2 * setup.gap_junctions.size()) * (copies + 5) * number;
}

namespace {

void check_connections(const Connections& connections, std::size_t neurons, const char* kind) {
  if (connections.post.size() != connections.size() || connections.efficacy.size() != connections.size())
    throw ConfigError(fmt::format("{} connections: {} sources, {} targets, {} efficacies", kind, connections.size(),
                                  connections.post.size(), connections.efficacy.size()));
  for (std::size_t i = 0; i < connections.size(); ++i)
    if (connections.pre[i] >= neurons || connections.post[i] >= neurons || !std::isfinite(connections.efficacy[i]))
      throw ConfigError(
          fmt::format("{} connection {}: from {} to {} with J = {}: expected neurons below {} and a "
                      "finite J",
                      kind, i, connections.pre[i], connections.post[i], connections.efficacy[i], neurons));
}

void check(const NetworkSetup& setup) {
  if (setup.solver == synapse::Solver::rosenbrock)
    throw ConfigError(
        "solver.method = rosenbrock: a network has no Jacobian of its own; expected exponential_euler, euler, rk4 or "
        "dormand_prince");
  if (setup.solver == synapse::Solver::dormand_prince && setup.coupling == Coupling::held)
    throw ConfigError("solver.coupling = held: needs fixed steps; dormand_prince couples in every stage");
  if (setup.calcium_every < 1 || (setup.calcium_every > 1 && synapse::is_adaptive(setup.solver)))
    throw ConfigError(
        fmt::format("solver.calcium_every = {}: must be at least 1, and 1 for a solver that chooses its steps",
                    setup.calcium_every));
  if (!(setup.relative_tolerance > 0 && setup.absolute_tolerance > 0))
    throw ConfigError("solver.relative_tolerance and solver.absolute_tolerance must be > 0");
  if (!(setup.dt > 0) || setup.substeps < 1) throw ConfigError("solver.dt must be > 0, solver.substeps at least 1");
  if (setup.input.size() != setup.initial_rate.size())
    throw ConfigError(fmt::format("{} external inputs for {} neurons", setup.input.size(), setup.initial_rate.size()));
  check_connections(setup.bare, setup.initial_rate.size(), "bare");
  check_connections(setup.tripartite, setup.initial_rate.size(), "tripartite");
  if (!setup.astrocyte.empty() && setup.astrocyte.size() != setup.tripartite.size())
    throw ConfigError(
        fmt::format("{} astrocytes for {} tripartite synapses", setup.astrocyte.size(), setup.tripartite.size()));
  for (const Index a : setup.astrocyte)
    if (setup.astrocytes > 0 && a >= setup.astrocytes)
      throw ConfigError(fmt::format("astrocyte {}: there are {}", a, setup.astrocytes));
  for (const auto& [a, b] : setup.gap_junctions)
    if (a >= setup.astrocytes || b >= setup.astrocytes || a == b)
      throw ConfigError(fmt::format("gap junction between astrocytes {} and {} of {}", a, b, setup.astrocytes));
  if (!setup.soma_bias.empty() && setup.soma_bias.size() != setup.astrocytes)
    throw ConfigError(fmt::format("{} soma biases for {} astrocytes", setup.soma_bias.size(), setup.astrocytes));
  if (setup.options.soma && (setup.astrocytes == 0 || setup.astrocyte.size() != setup.tripartite.size()))
    throw ConfigError("processes exchange IP3 with somata: every tripartite synapse needs an astrocyte");
  for (const synapse::Varied& varied : setup.varied)
    if (varied.values.size() != setup.tripartite.size())
      throw ConfigError(fmt::format("{}: {} values for {} tripartite synapses",
                                    synapse::parameter_infos[varied.parameter].name, varied.values.size(),
                                    setup.tripartite.size()));
}

}  // namespace

Backend network_backend(Backend backend, synapse::Solver solver) {
  if (!synapse::is_adaptive(solver)) return resolve(backend);
  if (backend == Backend::cuda)
    throw ConfigError(
        "run.backend = cuda: networks take fixed steps there; take exponential_euler, euler or rk4 as solver.method, "
        "or "
        "run.backend = cpu");
  return Backend::cpu;
}

template <class Real>
std::unique_ptr<Network<Real>> make_network(Backend backend, NetworkSetup setup) {
  check(setup);
  if (network_backend(backend, setup.solver) == Backend::cuda) return make_cuda_network<Real>(setup);
  if (synapse::is_adaptive(setup.solver)) return make_adaptive_cpu_network<Real>(std::move(setup));
  return make_fixed_cpu_network<Real>(std::move(setup));
}

template std::unique_ptr<Network<float>> make_network(Backend, NetworkSetup);
template std::unique_ptr<Network<double>> make_network(Backend, NetworkSetup);

}  // namespace tripartite::network
