#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tripartite/astrocyte/soma.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/neuron/rate_neuron.hpp"
#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::network {

using Index = std::uint32_t;

/// Connections from neuron `pre` to neuron `post` with efficacy J (negative: inhibitory).
struct Connections {
  std::vector<Index> pre, post;
  std::vector<double> efficacy;
  std::size_t size() const { return pre.size(); }
};

/// When a multi-stage method evaluates what couples the parts of the network.
enum class Coupling {
  staged,  // in every stage
  held     // once per step, as Brian2 does
};

/// Rate neurons on bare and tripartite synapses, astrocytes with somata and gap junctions (docs/models.md, part D).
struct NetworkSetup {
  neuron::RateNeuron<double> neuron;
  std::vector<double> initial_rate;  // [neurons]
  std::vector<double> input;         // external input [neurons]

  Connections bare;
  Connections tripartite;
  std::vector<Index> astrocyte;  // [tripartite] whose process wraps the synapse
  synapse::Parameters<double> parameters = synapse::standard_parameters();
  std::vector<synapse::Varied> varied;
  synapse::Options options;  // soma: whether processes exchange IP3 with somata
  double initial[synapse::state_count] = {};

  std::size_t astrocytes = 0;                          // with somata; 0: none is simulated
  std::vector<std::pair<Index, Index>> gap_junctions;  // each once
  double junction_flux = 0.09;                         // F [uM/s]
  double soma_initial[astrocyte::soma_states] = {0.01, 0.01, 0.9};
  std::vector<double> soma_bias;  // I_bias [uM] of a source of IP3 at every soma [astrocytes]; empty: there is none

  synapse::Solver solver = synapse::Solver::exponential_euler;  // not rosenbrock
  Coupling coupling = Coupling::staged;
  double dt = 1e-3;                  // [s]; of dormand_prince, whose steps are its own, where the states are looked at
  int substeps = 1;                  // of fixed steps
  int calcium_every = 1;             // fixed steps: I, C, h, x_A and somata take one step in the time of so many
  double relative_tolerance = 1e-6;  // of dormand_prince
  double absolute_tolerance = 1e-9;
  int threads = 0;
};

/// What acts on a network during one call of `advance`.
struct Stimulus {
  double added_input = 0;      // to the external input of the first `stimulated` neurons
  std::size_t stimulated = 0;  // 0: of all
  bool soma_bias = true;       // whether I_bias of somata is there; else it is 0
  bool operator==(const Stimulus&) const = default;
};

/// Bytes that `make_network` will allocate on the CPU.
std::size_t network_bytes(const NetworkSetup& setup, Precision precision);

/// What is returned as a span is valid until the next call of a function of the network; on CUDA it is fetched from the
/// device when it is asked for.
template <class Real>
class Network {
 public:
  virtual ~Network() = default;
  /// Throws NumericsError that names what left its domain, and when.
  virtual void advance(int steps, const Stimulus& stimulus) = 0;
  virtual std::int64_t steps() const = 0;
  virtual std::span<const Real> rates() const = 0;
  virtual std::span<const Real> synapses(synapse::StateIndex state) const = 0;
  /// Some tripartite synapses, and the mean over all (0 if there are none): on CUDA the others stay on the device.
  virtual void read(synapse::StateIndex state, std::span<const std::uint64_t> which, std::span<Real> values) const = 0;
  virtual double mean(synapse::StateIndex state) const = 0;
  virtual std::span<const Real> bare_utilisation() const = 0;
  virtual std::span<const Real> bare_resources() const = 0;
  virtual std::span<const Real> somata(astrocyte::SomaState state) const = 0;
  /// IP3 that gap junctions brought to each astrocyte in the last stage [uM/s].
  virtual std::span<const Real> junction_currents() const = 0;
  /// Moves out what was released since the last call, by time, then synapse.
  virtual std::vector<synapse::Release> take_releases() = 0;
};

/// The backend that runs a network: adaptive steps are the CPU's. Throws ConfigError or DeviceError if CUDA was asked
/// for by name and does not do it.
Backend network_backend(Backend backend, synapse::Solver solver);

/// Throws ConfigError on a setup that does not fit together, MemoryError if it needs more than there is.
template <class Real>
std::unique_ptr<Network<Real>> make_network(Backend backend, NetworkSetup setup);

}  // namespace tripartite::network
