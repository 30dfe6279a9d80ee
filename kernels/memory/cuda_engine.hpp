#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/memory/stepped_engine.hpp"
#include "kernels/device_buffer.hpp"
#include "kernels/linear_algebra/product.hpp"
#include "kernels/memory/moments.hpp"
#include "kernels/memory/network.hpp"
#include "kernels/stream.hpp"

namespace tripartite::memory::cuda {

/// Sizes of what works through the synapses panel by panel of rows.
struct PanelPlan {
  int rows;  // of a panel, a multiple of the largest square
  int panels;
  int pattern_tile;  // patterns unpacked at a time
};

template <class Real>
class CudaEngine final : public SteppedEngine<Real> {
 public:
  explicit CudaEngine(const MemorySetup& setup);
  static std::size_t bytes(const MemorySetup& setup);

  void start(std::span<const Real> neurons, Regime regime) override;
  void start(std::span<const Real> neurons, std::span<const Real> synapses, std::span<const Real> processes) override;
  std::vector<double> energy() override;
  std::vector<double> overlaps() override;
  std::vector<Real> rows(Field field, int cue, int first, int count) override;

 protected:
  using typename SteppedEngine<Real>::CueStep;
  void advance_stage(int known, std::span<const CueStep> steps) override;
  std::vector<StepNorms> norms(std::span<const CueStep> steps) override;
  void accept(std::span<const int> cues) override;
  std::vector<int> first_not_finite() override;
  void save_to(MemoryState<Real>& state) const override;
  void load_from(const MemoryState<Real>& state) override;
  void replace(Field field, int cue, std::size_t first, std::span<const Real> values) override;
  void recouple(int cue) override;

 private:
  void begin(std::span<const Real> neurons);
  /// Makes the first of a cue's two states its present one, and all cues the tasks.
  void begin_on_first_side();
  void set_tasks(std::span<const CueStep> steps);
  void pass(int known, bool is_last);
  void make_drives(int first, int rows, int first_column, int columns, int known, Real scale);
  void project(int panel, int first, int rows);
  /// The signs of some patterns of the neurons from `first_neuron` on [.. x pattern_tile].
  const Real* signs(int first_neuron, int first_pattern, int count);
  Real* drive(int q) { return drives_.data() + std::size_t(q) * drive_values_; }
  std::ptrdiff_t scaled_stride() const { return std::ptrdiff_t(plan_.rows) * plan_.pattern_tile; }
  std::ptrdiff_t drive_stride() const { return std::ptrdiff_t(plan_.rows) * network_.stride; }

  PanelPlan plan_;
  Stream stream_;
  linear_algebra::cuda::Blas blas_;
  Network<Real> network_{};
  std::size_t drive_values_;  // of one stage
  DeviceBuffer<std::uint64_t> bits_;
  DeviceBuffer<Real> synapse_[2], process_[2], neuron_bias_, synapse_bias_, process_bias_;
  DeviceBuffer<Real> neurons_, phi_, current_;
  DeviceBuffer<double> projection_;
  DeviceBuffer<Real> drives_, scaled_, signs_, square_currents_;
  DeviceBuffer<double> panel_projections_, pattern_sums_, energy_parts_, energies_;
  DeviceBuffer<SquareNorms> square_norms_;
  DeviceBuffer<NeuronNorms> neuron_norms_;
  DeviceBuffer<double2> step_norms_;
  DeviceBuffer<CueTask<Real>> tasks_;
  DeviceBuffer<unsigned char> accepted_;
  DeviceBuffer<int> sides_, not_finite_;
  std::vector<CueTask<Real>> task_list_;  // what tasks_ holds
  std::vector<int> side_;                 // of every cue
  bool signs_are_unpacked_ = false;       // all of them fit into signs_
};

/// Throws ConfigError if the parts of `setup` do not fit together, MemoryError before allocating what does not fit,
/// DeviceError.
template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_engine(const MemorySetup& setup);

}  // namespace tripartite::memory::cuda
