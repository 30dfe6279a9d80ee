#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"
#include "tripartite/memory/parameters.hpp"
#include "tripartite/memory/patterns.hpp"

namespace tripartite::memory {

enum class Field { neuron, synapse, process };

struct FieldInfo {
  Field field;
  std::string_view name, symbol, unit, meaning;
  bool is_pair;  // extends over pairs of neurons
};

/// The states of one cue. Pair (i, j) has index i * neurons + j.
inline constexpr std::array<FieldInfo, 3> fields{{
    {Field::neuron, "neuron", "x", "1", "membrane state of the neuron", false},
    {Field::synapse, "synapse", "s", "1", "state of the synapse", true},
    {Field::process, "process", "p", "1", "state of the astrocyte process", true},
}};

constexpr const FieldInfo& info(Field field) { return fields[std::size_t(field)]; }

/// Constant inputs; an empty one is 0.
struct Biases {
  std::vector<double> neuron;   // b [neurons]
  std::vector<double> synapse;  // c [neurons x neurons]
  std::vector<double> process;  // d [neurons x neurons]
};

/// A batch of `cues` that are recalled side by side from the same patterns, each a network of its own.
struct MemorySetup {
  Patterns patterns;
  int cues = 1;
  Parameters parameters;
  Biases biases;
  std::size_t tile_bytes = std::size_t(256) << 20;  // approximate bytes of tiles of the memory kernel on a CUDA device
};

/// Progress of one cue.
struct CueStatus {
  double time = 0;  // [s]
  double dt = 0;    // [s] of the next step
  std::int64_t steps = 0;
  std::int64_t rejected = 0;                              // steps of `adaptive` that were repeated with a smaller dt
  double rate = std::numeric_limits<double>::infinity();  // largest tau |dy/dt| / (1 + |y|) at the last step's start
  bool is_settled = false;                                // rate < settled_rate: advance() leaves this cue alone
};

/// 2 N^2 + N coupled equations per cue, and what advances them, on one backend. The fourth-order coupling is never
/// formed. On the CPU the result of a cue depends neither on the other cues nor on the number of threads, bit for bit;
/// on a CUDA device it depends on the other cues by rounding. Real is float or double. Errors: NumericsError if a state
/// stops being finite, DeviceError, MemoryError.
template <class Real>
class MemoryEngine {
 public:
  virtual ~MemoryEngine() = default;

  /// Begins anew at time 0 from the neurons' states x [cues x neurons]. cold: s = p = 0. warm: psi(p) = -phi(x)
  /// phi(x)^T and s such that g(s) = -T psi(p), both held inside (-1, 1).
  virtual void start(std::span<const Real> neurons, Regime regime) = 0;

  /// Begins anew from the neurons' states x [cues x neurons] and any s and p [cues x neurons x neurons].
  virtual void start(std::span<const Real> neurons, std::span<const Real> synapses,
                     std::span<const Real> processes) = 0;

  /// Advances every cue that has not settled by at most `steps` steps and not beyond time `until` [s]; `adaptive`
  /// shortens its last step to end there, the other solvers take whole steps.
  virtual void advance(std::int64_t steps, double until) = 0;

  virtual const CueStatus& status(int cue) const = 0;

  /// Energy of every cue (docs/memory.md). Throws ConfigError where none exists: see why_no_energy().
  virtual std::vector<double> energy() = 0;

  /// Overlap of every cue with every pattern, xi^T phi(x) / N [cues x patterns].
  virtual std::vector<double> overlaps() = 0;

  /// Rows [first, first + count) of a field of one cue; the neurons are one row.
  virtual std::vector<Real> rows(Field field, int cue, int first, int count) = 0;
  /// Replaces elements [first, first + values.size()) of a field of one cue; costs about a step. A cue that had settled
  /// goes on from `time` [s]. Throws ConfigError if the elements do not exist, or before start().
  virtual void set_values(Field field, int cue, std::size_t first, std::span<const Real> values, double time) = 0;

  /// Writes the complete state: fields, and time, step length and status of every cue. An engine of the same setup that
  /// loads it, started or not, continues bit for bit as this one would; on another backend to rounding. Throws
  /// ConfigError before start(), FileError if the stream fails.
  virtual void save(std::ostream& out) const = 0;
  /// Throws FileError that names what differs if the stream is damaged or belongs to another setup or precision; the
  /// engine is then unchanged.
  virtual void load(std::istream& in) = 0;

  /// From now on `advance` and `energy` ask `stop` several times a second, from any thread, and throw Cancelled once it
  /// says true. An engine that was stopped like this needs a new start.
  void stop_when(std::function<bool()> stop) { stop_ = std::move(stop); }

 protected:
  /// Throws Cancelled if a caller wants to stop.
  void check_stop() const {
    if (stop_ && stop_()) throw Cancelled("interrupted");
  }

 private:
  std::function<bool()> stop_;
};

/// Empty if the dynamics have an energy that never rises: w_h >= 0, w_p and w_s of one sign (or both 0), c and d
/// symmetric. Else the reason, as a sentence. (s and p must be symmetric, too, when the flow starts.)
std::string why_no_energy(const MemorySetup& setup);

/// `threads` = 0 takes OpenMP's maximum. Throws MemoryError before allocating what does not fit: 2 N^2 values per cue
/// (`adaptive` 4 N^2), the rest O(N K / 128 + N^2 / 128).
template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_cpu_memory_engine(const MemorySetup& setup, int threads = 0);

/// Throws DeviceError without CUDA.
template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_cuda_memory_engine(const MemorySetup& setup);

/// `backend` resolved by tripartite::resolve. Throws ConfigError if the parts of `setup` do not fit together.
template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_memory_engine(Backend backend, const MemorySetup& setup, int threads = 0);

}  // namespace tripartite::memory
