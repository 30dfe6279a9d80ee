#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tripartite/attention/feature_map.hpp"
#include "tripartite/attention/parameters.hpp"
#include "tripartite/attention/process_scale.hpp"
#include "tripartite/attention/state.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {

/// settle: r = 0, eta = 0; write: r = 0, eta = 1; delay: r = 0, eta = 0, no input; read: r = 1, eta = 0.
enum class Phase { settle, write, delay, read };

/// Factors of every synapse of one head, [width x hidden] each; empty means 1, 1 and tau_calcium.
struct SynapseFactors {
  std::vector<double> hebbian;      // a_ij
  std::vector<double> store;        // b_ij
  std::vector<double> tau_calcium;  // tau_p of the synapse [s]
};

/// Log-normal factors with mean 1 and coefficient of variation parameters.heterogeneity, by synapse index; empty if
/// that is 0.
SynapseFactors draw_factors(const Parameters& parameters, int width, int hidden, std::uint64_t stream);

/// A batch of heads of one shape. maps.size() is the number of heads; factors has as many entries or none.
struct EngineSetup {
  int width = 0;   // d
  int hidden = 0;  // m; for slots at least the number of tokens
  int tokens = 0;  // capacity of the token buffers T
  Parameters parameters;
  std::vector<FeatureMap> maps;
  std::vector<SynapseFactors> factors;
  std::vector<ProcessScale> processes;  // one per head if parameters.calcium_model is not linear, else none

  int heads() const { return int(maps.size()); }
};

/// One recorded value: element `index` of `field` in `head`.
struct Probe {
  Field field = Field::calcium;
  int head = 0;
  std::size_t index = 0;
};

/// The state of a batch of heads and the methods that advance it, on one backend. It knows no schedule, no clock and no
/// file: a caller (NetworkAttention) loads tokens and asks for phases. All states start at 0. Real is float or double.
/// Errors: DeviceError, MemoryError, and NumericsError if a state stops being finite. Such a state makes the output l
/// non-finite; outputs() reports it, as sample() and advance() do not wait for a device.
template <class Real>
class Engine {
 public:
  virtual ~Engine() = default;

  /// Queries, keys and values of tokens [first, first + count), each [count x heads * width], heads contiguous in a
  /// row.
  virtual void load_tokens(int first, int count, const Real* query, const Real* key, const Real* value) = 0;

  /// Advances every head by `duration` [s] in `phase` while `token` is held. `observe` lists times from the start of
  /// this call, ascending, in (0, duration], at which a frame of all probes is appended. A stepping solver needs
  /// `duration` and observation times to be multiples of dt within 1e-6 dt (ConfigError).
  virtual void advance(Phase phase, int token, double duration, std::span<const double> observe = {}) = 0;

  /// Ends the write of a token: slots store the filtered key in the input synapses of hidden neuron `token`; other
  /// feature maps do nothing.
  virtual void store_key(int token) = 0;

  /// Keeps l as the output of `token`.
  virtual void sample(int token) = 0;

  /// Outputs of tokens [first, first + count), [count x heads * width]. Waits for the device. Throws NumericsError that
  /// names a token, head and neuron of the range whose sampled l is not finite; `context` is then unspecified.
  virtual void outputs(int first, int count, Real* context) = 0;

  /// Forgets everything: all states and stored keys to 0.
  virtual void reset() = 0;

  /// What advance() records; replaces earlier probes and drops their frames.
  virtual void set_probes(std::vector<Probe> probes) = 0;
  /// Frames recorded since the last call, frame-major [frames x probes].
  virtual std::vector<Real> take_frames() = 0;

  /// All values of a field of one head, in the layout of `state.hpp`.
  virtual std::vector<Real> field(Field field, int head) = 0;
  /// values[k] = element indices[k] of a field of one head; for a few of many. Throws ConfigError if there is none.
  virtual void gather(Field field, int head, std::span<const std::uint64_t> indices, std::span<Real> values) = 0;
  /// Replaces elements [first, first + values.size()) of a field of one head. Throws ConfigError if they do not exist,
  /// and for store and calcium, which synapses share and which have no value of their own to replace.
  virtual void set_values(Field field, int head, std::size_t first, std::span<const Real> values) = 0;

  /// Writes the complete state: fields, processes of a calcium model, stored keys, tokens, outputs, and for how long
  /// the input has been held. An engine of the same setup on the same backend that loads it continues bit for bit as
  /// this one would. Probes and frames not taken yet are not part of it. Throws FileError if the stream fails.
  virtual void save(std::ostream& out) const = 0;
  /// Drops frames not taken yet; probes stay. Throws FileError that names what differs if the stream is damaged or
  /// belongs to another setup, precision or backend; the engine is then unchanged.
  virtual void load(std::istream& in) = 0;

  /// From now on `advance` asks `stop` several times a second, from any thread, and throws Cancelled once it says true;
  /// on a device, whose queue is ahead of it, between calls alone. An engine that was stopped like this needs a reset.
  void stop_when(std::function<bool()> stop) { stop_ = std::move(stop); }

 protected:
  /// Throws Cancelled if a caller wants to stop.
  void check_stop() const {
    if (stop_ && stop_()) throw Cancelled("interrupted");
  }

 private:
  std::function<bool()> stop_;
};

/// Bytes of state and buffers that an engine of this setup allocates.
template <class Real>
std::size_t engine_bytes(const EngineSetup& setup);

/// `threads` = 0 uses OpenMP's maximum. The result does not depend on the number of threads.
template <class Real>
std::unique_ptr<Engine<Real>> make_cpu_engine(const EngineSetup& setup, int threads = 0);

/// Spreads the heads over all CUDA devices. Throws DeviceError without CUDA, and ConfigError for a calcium model whose
/// processes have speeds of their own, which only the CPU backend supports.
template <class Real>
std::unique_ptr<Engine<Real>> make_cuda_engine(const EngineSetup& setup);

/// Where such a network runs: as tripartite::resolve says, but `automatic` means the CPU for what make_cuda_engine
/// refuses: a calcium model whose processes have speeds of their own.
Backend resolve_backend(Backend backend, const Parameters& parameters);

/// `backend` resolved by resolve_backend. Throws MemoryError before allocating what does not fit.
template <class Real>
std::unique_ptr<Engine<Real>> make_engine(Backend backend, const EngineSetup& setup, int threads = 0);

}  // namespace tripartite::attention
