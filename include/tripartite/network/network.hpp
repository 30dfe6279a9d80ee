#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tripartite/backend.hpp"
#include "tripartite/integrate/methods.hpp"
#include "tripartite/model/registry.hpp"
#include "tripartite/network/signal.hpp"
#include "tripartite/network/spikes.hpp"
#include "tripartite/simulation.hpp"

/// Networks: populations of models, joined by projections. An ensemble of synapses that do not act on each other is a
/// network of one population.
namespace tripartite {

using Index = std::uint32_t;  // of an element within its population

/// A value of its own for every element.
struct Varied {
  int parameter;  // place in the description of the model
  std::vector<double> values;
};

/// What enters through one input beside projections: common(t) * factor[i] + base[i].
struct InputSetup {
  Signal common;
  std::vector<double> factor;  // [elements]; empty: 1. Only where the model says has_factor.
  std::vector<double> base;    // [elements]; empty: 0
};

/// `size` instances of a model.
struct PopulationSetup {
  std::string name;  // "synapses"
  const Model* model = nullptr;
  std::size_t size = 0;
  std::vector<double> parameters;  // [parameters of the model]
  std::vector<Varied> varied;
  std::vector<int> options;                         // [options of the model]
  std::vector<double> initial;                      // [states] of every element
  std::vector<std::vector<double>> initial_values;  // [states][elements] where they differ; empty: `initial`
  std::vector<InputSetup> inputs;                   // [inputs of the model]
  std::shared_ptr<const SpikeSource> spikes;        // null: none

  /// Sets a parameter or, by the word of a choice, an option. Throws ConfigError that lists what there is.
  PopulationSetup& set(std::string_view name, double value);
  PopulationSetup& set(std::string_view name, std::string_view choice);
  /// Gives every element a value of its own of a parameter.
  PopulationSetup& vary(std::string_view name, std::vector<double> values);
  InputSetup& input(std::string_view name);
  /// Initial value of a state of every element.
  PopulationSetup& start(std::string_view state, double value);
  /// Initial values of a state, one per element.
  PopulationSetup& start(std::string_view state, std::vector<double> values);
};

/// Places of what a model describes, by name. Throw ConfigError that lists what there is.
int state_place(const ModelDescription& model, std::string_view name);
int parameter_place(const ModelDescription& model, std::string_view name);
int input_place(const ModelDescription& model, std::string_view name);
int output_place(const ModelDescription& model, std::string_view name);
int option_place(const ModelDescription& model, std::string_view name);

enum class ProjectionKind {
  gather,  // input of target i = state of source index[i]
  sum,     // input of target g += sum over sources i with index[i] = g of weight[i] * output or state of i
  mean,    // the same divided by their number; 0 if there are none
  pair     // input of target i += sum over its neighbours of the flow that the model's `exchange` says
};

/// Joins an output or state of one population to an input of another.
struct Projection {
  ProjectionKind kind = ProjectionKind::gather;
  std::size_t source = 0, target = 0;          // numbers of populations
  std::string from, to;                        // state or output of the source, input of the target
  std::vector<Index> index;                    // gather: [target] a source each; sum, mean: [source] a target each
  std::vector<double> weight;                  // sum: [source]; empty: 1
  std::vector<std::pair<Index, Index>> pairs;  // pair: each once, within one population
};

/// When a multi-stage method evaluates projections.
enum class Coupling {
  staged,  // in every stage
  held     // once per step, as Brian2 does
};

struct NetworkSetup {
  std::vector<PopulationSetup> populations;
  std::vector<Projection> projections;

  integrate::Method method = integrate::Method::exponential_euler;
  Coupling coupling = Coupling::staged;
  double dt = 1e-3;    // [s]; of adaptive methods, whose steps are their own: where spikes act and states are looked at
  int substeps = 1;    // a step of a fixed method is taken in so many parts; events act at its end
  int slow_every = 1;  // fixed methods: slow states take one step in the time of so many
  double relative_tolerance = 1e-6;  // of adaptive methods
  double absolute_tolerance = 1e-9;
  Backend backend = Backend::automatic;
  Precision precision = Precision::float32;
  int threads = 0;  // 0: one per core. The result does not depend on it.

  /// Adds a population with the defaults of its model and returns its number.
  std::size_t add(const Model& model, std::size_t size, std::string name);
  PopulationSetup& operator[](std::size_t population) { return populations.at(population); }

  /// Joins state `from` of population `source` to input `to` of `target`, whose element i sees source index[i].
  void gather(std::size_t source, std::string from, std::size_t target, std::string to, std::vector<Index> index);
  /// Adds up output or state `from` of the sources with index[i] = g, times weight[i], in input `to` of target g.
  void sum(std::size_t source, std::string from, std::size_t target, std::string to, std::vector<Index> index,
           std::vector<double> weight = {});
  void mean(std::size_t source, std::string from, std::size_t target, std::string to, std::vector<Index> index);
  /// Joins pairs of elements of one population (gap junctions).
  void pair(std::size_t population, std::string to, std::vector<std::pair<Index, Index>> pairs);
};

/// Bytes that `make_network` will allocate on the CPU.
std::size_t network_bytes(const NetworkSetup& setup);

/// Fields are the states of all populations in their order, then the inputs that projections write, as derived
/// fields. The result depends neither on threads nor, with fixed methods, on how time is cut into calls.
class Network : public Simulation {
 public:
  /// Advances by whole steps of dt; what Simulation::advance does with a duration.
  virtual void advance_steps(std::int64_t steps) = 0;
  /// Steps since the run began.
  virtual std::int64_t steps() const = 0;
  virtual double dt() const = 0;
  virtual Backend backend() const = 0;
  virtual Precision precision() const = 0;

  /// Changes what enters from now on. Shapes as in InputSetup; throws ConfigError. `base` cannot be given to an input
  /// that had none when the network was made.
  virtual void set_common(std::size_t population, std::string_view input, const Signal& common) = 0;
  virtual void set_base(std::size_t population, std::string_view input, std::span<const double> base) = 0;
  virtual void set_spikes(std::size_t population, std::shared_ptr<const SpikeSource> spikes) = 0;

  /// Mean over all elements of a field; 0 if there are none. On CUDA the values stay on the device.
  virtual double mean(std::size_t field) const = 0;

  void advance(double duration) override;
  double time() const override { return double(steps()) * dt(); }
};

/// Where a network runs: adaptive methods of networks with projections are the CPU's. Throws ConfigError or DeviceError
/// if CUDA was asked for by name and does not do it.
Backend network_backend(Backend backend, integrate::Method method, bool has_projections);

/// Throws ConfigError on a setup that does not fit together, MemoryError if it needs more than there is, DeviceError.
std::unique_ptr<Network> make_network(NetworkSetup setup);

}  // namespace tripartite
