#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/attention/cpu_drive.hpp"
#include "host/attention/cpu_kernels.hpp"
#include "host/attention/cpu_plan.hpp"
#include "host/attention/cpu_state.hpp"
#include "host/attention/engine_state.hpp"
#include "host/simd/aligned.hpp"
#include "tripartite/attention/process_loops.hpp"

namespace tripartite::attention::cpu {

/// A batch of heads in the middle of a phase: what one chunk of time does to neurons and to rows of synapses. Calls for
/// different heads, and for different groups of rows, may run at the same time.
template <class Real>
class Heads {
 public:
  static constexpr int rows_at_once = 4;

  explicit Heads(const EngineSetup& setup);

  /// Forgets everything.
  void reset();
  /// Makes room for a phase.
  void reserve(const Plan<Real>& plan);
  /// Neurons of one head through a chunk: h, the global calcium, and l where the filtered value drives it; then the
  /// calcium that its synapses share. `value` [width]: the held token's, or null.
  void advance_neurons(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, const Real* value);
  /// Rows of synapses [rows_at_once * group, …) of one head through the chunk, and l of those rows while reading.
  void advance_rows(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int group);
  int groups() const { return (shape_.width + rows_at_once - 1) / rows_at_once; }

  /// Element `index` of a field, in the layout of tripartite/attention/state.hpp.
  Real value_of(Field field, int head, std::size_t index) const;

  /// Room for what save() writes and load() reads: state, processes and stored keys, not the tokens.
  EngineState<Real> blank_state() const;
  void save(EngineState<Real>& to) const;
  void load(const EngineState<Real>& from);
  /// Replaces elements from `first` on of a field that is kept element by element.
  void set_values(Field field, int head, std::size_t first, std::span<const Real> values);

  const Shape& shape() const { return shape_; }
  State<Real>& state() { return state_; }
  const State<Real>& state() const { return state_; }
  Drives<Real>& drives() { return drives_; }
  const Drives<Real>& drives() const { return drives_; }
  /// Rates at which a phase plan is to evaluate calcium.
  const std::vector<double>& calcium_kappas() const { return calcium_kappas_; }

 private:
  /// Response of p to the global calcium alone as Chebyshev series in ln rate, for synapses with rates of their own.
  struct Response {
    std::vector<Real> at_stages;  // [astrocytes x stages x nodes]
    std::vector<Real> at_end;     // [astrocytes x nodes]
  };

  /// Null for a field that synapses share.
  Real* element_of(Field field, int head, std::size_t index);

  bool has_own_rates() const { return !factors_.calcium_rate.empty(); }
  bool is_exact() const { return parameters_.solver == Solver::exact; }
  bool has_processes() const { return !scales_.empty(); }
  int stages(const Plan<Real>& plan, const Chunk<Real>& chunk) const { return chunk.panels * plan.time.stages; }
  Real* trajectory(int head) { return &trajectory_[std::size_t(head) * std::size_t(most_stages_) * shape_.stride]; }
  Real* global(int head, int astrocyte) {
    return &global_[(std::size_t(head) * shape_.astrocytes + astrocyte) * std::size_t(most_stages_)];
  }
  Real* current(int head, int row) {
    return &current_[(std::size_t(head) * shape_.width + row) * std::size_t(most_stages_)];
  }

  void gather_global_calcium(const Plan<Real>& plan, const Chunk<Real>& chunk, int head);
  void write_store(const Plan<Real>& plan, const Chunk<Real>& chunk, int head);
  void follow_value(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, const Real* value);
  void share_calcium(const Plan<Real>& plan, const Chunk<Real>& chunk, int head);
  void respond(const Plan<Real>& plan, const Chunk<Real>& chunk, int head);
  /// p of a process with a calcium model through the chunk: at every stage, and at the end. Its rates are those of the
  /// model times `factor`.
  Real follow_process(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int astrocyte, double factor,
                      double* process, Real* at_stages);
  void advance_own_processes(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int row);
  /// Processes with a calcium model to where they begin.
  void start_processes();
  void to_chebyshev(const std::vector<Real>& values, Real* coefficients) const;

  void collect_currents(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int first, int rows);
  void advance_own_calcium(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int row);
  void move_hebbian(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int first, int rows);

  Parameters parameters_;
  Shape shape_;
  Kernels<Real> kernels_;
  Factors<Real> factors_;
  State<Real> state_;
  Drives<Real> drives_;
  std::vector<double> calcium_kappas_;
  std::vector<ProcessScale> scales_;  // [heads] of a calcium model, or none
  const ProcessLoops* process_loops_ = nullptr;
  std::vector<double> process_parameters_;
  int process_calcium_ = 0;         // number of the state of calcium
  std::size_t process_states_ = 0;  // of one process
  PanelNodes panel_nodes_;
  // [heads x astrocytes x states], or [heads x width x hidden x states] if they have rates of their own
  std::vector<double> processes_;
  std::vector<double> chebyshev_;  // [nodes x nodes] values at the nodes to coefficients

  // Of the chunk in progress, with room for the longest of the phase.
  int most_stages_ = 0;
  AlignedVector<Real> trajectory_;  // h [heads x stages x stride]
  std::vector<Real> global_;        // G [heads x astrocytes x stages]
  std::vector<Real> gain_;          // H(t) / H(start) / (p(t) + floor) [heads x astrocytes x stages]; shared calcium
  std::vector<Real> current_;  // writing: l times its weight in H; reading: the input current [heads x width x stages]
  std::vector<Response> response_;  // [heads]
  AlignedVector<Real> column_;      // [heads x astrocytes x stride] scratch
};

}  // namespace tripartite::attention::cpu
