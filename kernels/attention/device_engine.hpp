#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "host/attention/engine_state.hpp"
#include "kernels/attention/device_state.hpp"
#include "kernels/attention/frames.hpp"
#include "kernels/attention/neurons.hpp"
#include "kernels/attention/phase_tables.hpp"
#include "kernels/attention/processes.hpp"
#include "kernels/attention/propagate.hpp"
#include "kernels/attention/trajectories.hpp"
#include "kernels/device_buffer.hpp"
#include "kernels/stream.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::attention::cuda {

/// The heads of one device. Every call enqueues on the device's own stream and returns, except those that hand data to
/// the host: download_outputs, field and take_frames. Made while its device is current.
template <class Real>
class DeviceEngine {
 public:
  /// Throws MemoryError before allocating what does not fit.
  DeviceEngine(const EngineSetup& setup, HeadRange heads, CalciumRange rates);

  HeadRange heads() const { return heads_; }

  /// The three sources are rows of all heads, [count x heads * width] of the whole setup.
  void load_tokens(int first, int count, const Real* query, const Real* key, const Real* value);
  void advance(Phase phase, int token, double duration, std::span<const double> observe);
  void store_key(int token);
  void sample(int token);
  /// Writes this device's columns of [count x heads * width] of the whole setup. Throws NumericsError.
  void download_outputs(int first, int count, Real* context);
  void reset();
  /// `probes` number heads as the whole setup does, and are on this device.
  void set_probes(const std::vector<Probe>& probes);
  std::vector<Real> take_frames();
  std::vector<Real> field(Field field, int head);
  void gather(Field field, int head, std::span<const std::uint64_t> indices, std::span<Real> values);
  void set_values(Field field, int head, std::size_t first, std::span<const Real> values);

  /// Sizes of the arrays of all heads together that depend on what this backend keeps.
  void make_room(EngineState<Real>& state) const;
  /// Writes this device's part of a state of all heads; waits for the device.
  void save(EngineState<Real>& to) const;
  /// Takes this device's part of a state of all heads.
  void load(const EngineState<Real>& from);

 private:
  using Tables = PhaseTables<Real>;

  /// Calls use(array of all heads, buffer, offset in the buffer) for every array that lies head by head.
  template <class State, class Use>
  void for_each_array(State& state, Use&& use) const;
  /// The same, use(rows of all heads, buffer, offset in the buffer), for every array that lies token by token.
  template <class State, class Use>
  void for_each_rows(State& state, Use&& use) const;

  const Tables& tables(Phase phase, double duration, std::span<const double> observe);

  // A phase, in the order of the cascade.
  Rule prepare_drive(Phase phase, int token);
  void advance_neurons(const Tables& tables, const Chunk& chunk, Phase phase, int token, Rule rule);
  void gather_global_calcium(const Tables& tables, const Chunk& chunk, bool plastic);
  void advance_synapses(const Tables& tables, const Chunk& chunk, Phase phase);
  void read(const Tables& tables, const Chunk& chunk);
  void advance_calcium(const Tables& tables, const Chunk& chunk);
  /// p that synapses share and, with a weight for each stage from `first_panel` on, the gains of reading.
  void share_calcium(const Tables& tables, const Chunk& chunk, const Real* weight, int first_panel);
  void follow_processes(const Tables& tables, const Chunk& chunk, int first_panel);
  void respond(const Tables& tables, const Chunk& chunk, int first_panel);
  void end_calcium(const Chunk& chunk, int stages);  // that precede the end in the series
  void advance_inputs(const Chunk& chunk, Phase phase, int token, bool phase_ends);

  bool has_processes() const { return parameters_.has_calcium_model(); }
  bool exact() const { return parameters_.solver == Solver::exact; }
  /// Row `token` of the key (0), query (1) or value (2) buffer; null in a delay.
  const Real* target(int input, Phase phase, int token) const;
  Input<Real> input(int input, Phase phase, int token) const;
  Calcium<Real> calcium() const;
  CalciumSteps<Real> calcium_steps(const Tables& tables, const Chunk& chunk) const;

  int device_ = 0;
  Stream stream_;
  HeadRange heads_;
  int all_heads_, capacity_;  // of the whole setup; tokens
  Parameters parameters_;
  bool uses_slots_, has_exponentials_;
  LaunchProcesses<Real>* launch_processes_ = nullptr;  // of the calcium model, or null
  std::vector<double> process_parameters_;
  std::vector<double> kappas_;  // calcium nodes
  PanelMoments<Real> moments_;
  DeviceState<Real> state_;
  Trajectories<Real> chunk_;  // of the chunk in progress
  Frames<Real> frames_;
  DeviceBuffer<unsigned long long> found_{1};  // for a search of the outputs

  std::map<std::tuple<Phase, double, double, std::vector<double>>, Tables> tables_;
  std::pair<int, bool> held_{-2, false};  // token and role of the input, and for how long
  double since_change_ = 0;
  int stored_ = 0;  // tokens that slots hold
};

}  // namespace tripartite::attention::cuda
