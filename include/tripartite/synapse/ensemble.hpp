#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tripartite/backend.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::synapse {

/// How the equations are integrated. The first three take steps of `dt`, at whose ends events act; the others choose
/// their steps per synapse and locate events.
enum class Solver { exponential_euler, euler, rk4, dormand_prince, rosenbrock };

constexpr bool is_adaptive(Solver solver) { return solver == Solver::dormand_prince || solver == Solver::rosenbrock; }

/// mean + amplitude sin(2π frequency t + phase), t [s] since the run began.
struct Signal {
  double mean = 0;
  double amplitude = 0;
  double frequency = 0;  // [1/s]
  double phase = 0;
  double operator()(double t) const;
};

/// What acts on the synapses of a population during one call of `advance`.
struct Drive {
  Signal rate;      // presynaptic firing [1/s], times the rate factor of the synapse
  double bias = 0;  // I_bias [uM]
};

/// Where presynaptic spikes come from. Each acts at the end of a step.
class SpikeSource {
 public:
  struct Arrival {
    std::uint64_t synapse;
    std::int32_t step;  // of the window, from 0: at the end of this step
  };
  virtual ~SpikeSource() = default;
  /// Appends what arrives at synapses [first, last) during steps [begin, begin + steps) of the run, sorted by synapse,
  /// then step. Called by several threads at once.
  virtual void collect(std::uint64_t first, std::uint64_t last, std::int64_t begin, int steps,
                       std::vector<Arrival>& arrivals) const = 0;
};

/// A synapse crossed its calcium threshold: gliotransmitter was released.
struct Release {
  double time;  // [s]: the end of a step, or where it was located
  std::uint64_t synapse;
};

/// A value of its own for every synapse.
struct Varied {
  ParameterIndex parameter;
  std::vector<double> values;
};

struct EnsembleSetup {
  std::size_t synapses = 0;
  Parameters<double> parameters = standard_parameters();
  std::vector<Varied> varied;
  std::vector<double> rate_factor;  // empty: 1
  Options options;
  double initial[state_count] = {};  // of every synapse
  Solver solver = Solver::exponential_euler;
  double dt = 1e-3;                  // [s]
  int substeps = 1;                  // a step is taken in so many parts; events act at its end
  int calcium_every = 1;             // fixed steps: I, C, h and x_A take one step in the time of so many
  double relative_tolerance = 1e-6;  // of the adaptive solvers
  double absolute_tolerance = 1e-9;
  int threads = 0;  // 0: one per core
};

/// Bytes that `make_ensemble` will allocate.
std::size_t ensemble_bytes(const EnsembleSetup& setup, Precision precision);

/// Tripartite synapses that do not act on each other. The result depends neither on threads nor on how the time is cut
/// into calls, but for the windows of the adaptive solvers.
template <class Real>
class Ensemble {
 public:
  virtual ~Ensemble() = default;

  /// Advances all synapses by `steps` steps of dt. Throws NumericsError with synapse, state and time if a state leaves
  /// its domain or is no number; what was released before is in `releases()`.
  virtual void advance(int steps, const Drive& drive, const SpikeSource* spikes) = 0;

  /// Steps since the run began.
  virtual std::int64_t steps() const = 0;
  /// States of synapses [first, first + values.size()).
  virtual void read(StateIndex state, std::size_t first, std::span<Real> values) const = 0;
  /// values[i] = the state of synapse places[i]: for a few among many.
  virtual void gather(StateIndex state, std::span<const std::uint64_t> places, std::span<Real> values) const = 0;
  virtual void write(StateIndex state, std::size_t first, std::span<const Real> values) = 0;
  /// Moves out what was released since the last call, by time, then synapse.
  virtual std::vector<Release> take_releases() = 0;
};

/// Throws ConfigError on a setup that does not fit together, MemoryError if it needs more than there is, DeviceError.
template <class Real>
std::unique_ptr<Ensemble<Real>> make_ensemble(Backend backend, EnsembleSetup setup);

}  // namespace tripartite::synapse
