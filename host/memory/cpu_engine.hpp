#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "host/memory/aligned_buffer.hpp"
#include "host/memory/cpu_kernels.hpp"
#include "host/memory/cpu_tiles.hpp"
#include "host/memory/stepped_engine.hpp"

namespace tripartite::memory::cpu {

/// One cue's synapses are cut into square tiles; a task is all tiles of one cue right of and below one diagonal tile.
/// Everything that tasks add up is kept apart and summed in a fixed order afterwards. While s, p and their biases are
/// symmetric, a tile right of the diagonal stands for its mirror image below, which is written when someone looks.
/// Until then the place of the image holds g(s) and psi(p) of the tile, which the next step needs again.
template <class Real>
class CpuEngine final : public SteppedEngine<Real> {
 public:
  CpuEngine(const MemorySetup& setup, int threads);
  static std::size_t bytes(const MemorySetup& setup, int threads);

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
  /// A moment of one cue: what couples its synapses.
  struct Moment {
    AlignedBuffer<Real> neurons;     // x [stride]
    AlignedBuffer<Real> phi;         // phi(x) [stride]
    std::vector<Real> current;       // sum_j g(s_ij) phi_j [neurons]
    std::vector<double> projection;  // xi^T psi xi [patterns]
    AlignedBuffer<Real> factor;      // kappa / N^3 times the projection [patterns]
  };
  struct Cue {
    AlignedBuffer<Real> synapse, process;            // [neurons x stride]
    AlignedBuffer<Real> next_synapse, next_process;  // adaptive only: where a step ends until it is accepted
    std::array<Moment, max_stages + 1> moments;      // of the known stages; the one after the last ends the step
    std::vector<TileNorms<Real>> norms;              // [panels]
    double neuron_error = 0;                         // mean square
    Real neuron_rate = 0;
    mutable bool is_complete = true;  // below the diagonal
  };

  /// Whether the tiles below the diagonal go by their mirror images.
  bool is_half(int cue) const { return has_symmetric_biases_ && this->is_symmetric(cue); }
  /// Brings the tiles below the diagonal of a cue up to date.
  void complete(const Cue& cue) const;
  Moment make_moment() const;
  void begin(std::span<const Real> neurons);
  void advance_neurons(Cue& cue, int known, const StepScheme<Real>& scheme);
  void run_tasks(int known, std::span<const CueStep> steps);
  void run_task(TileWorker<Real>& worker, Cue& cue, bool is_half, int known, const StepScheme<Real>& scheme, int panel,
                Real* current, double* projection);
  void gather(Cue& cue, int known, const Real* current, const double* projection);
  void start_synapses(Cue& cue);
  /// All rows [neurons x neurons] of a field.
  void set_rows(AlignedBuffer<Real>& to, const Real* from);

  using Work = std::function<void(TileWorker<Real>&, std::size_t cue, int panel)>;
  /// Calls work for every panel of every cue, on all threads; what one of them throws is thrown here.
  void for_each_panel(std::size_t cues, const Work& work);

  const Kernels<Real>& kernels_;
  AssociativeMemory<Real> model_;
  int threads_, panels_;
  std::ptrdiff_t stride_;
  std::vector<Real> neuron_bias_;
  AlignedBuffer<Real> synapse_bias_, process_bias_;  // no memory if 0
  bool has_symmetric_biases_;
  int few_ = 0;                    // patterns, rounded up, if they are few; else 0
  AlignedBuffer<Real> few_signs_;  // [few x stride]
  std::vector<Cue> cues_;
  std::vector<std::unique_ptr<TileWorker<Real>>> workers_;
  // Of every task: currents [cues x panels x stride] by the panel of the columns, projections [cues x panels x
  // patterns].
  AlignedBuffer<Real> task_currents_;
  std::vector<double> task_projections_;
};

}  // namespace tripartite::memory::cpu
