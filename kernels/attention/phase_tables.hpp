#pragma once

#include <cuda_runtime_api.h>

#include <vector>

#include "kernels/attention/scheme.hpp"
#include "kernels/device_buffer.hpp"
#include "tripartite/attention/phase_plan.hpp"

namespace tripartite::attention::cuda {

/// Panels that the kernels run through at once. Between chunks all states are up to date in device memory: that is
/// where frames are taken, and what bounds the trajectories of the neurons.
struct Chunk {
  int first_panel = 0;
  int panels = 0;
  int first_read_panel = 0;  // within the chunk: drives before it no longer matter for l at its end
  int frames_after = 0;      // frames due at its end
  double duration = 0;       // [s]
  double rho_after = 1;
  double hebbian_decay = 1, store_decay = 1, output_decay = 1;  // over the chunk
};

/// A phase plan on the device: schemes by kind of panel, and for each stage its weight in what it drives, worked out in
/// double once. Uploaded when it is made; nothing is copied while a phase runs.
template <class Real>
class PhaseTables {
 public:
  /// No chunk is longer than `chunk_stages` stages (or one panel) or `chunk_duration` [s].
  PhaseTables(const PhasePlan& plan, const Parameters& parameters, int chunk_stages, double chunk_duration,
              cudaStream_t stream);

  const std::vector<Chunk>& chunks() const { return chunks_; }
  int stages() const { return stages_; }  // per panel
  int kinds() const { return kinds_; }
  Real step() const { return step_; }  // [s], of the stepping solvers

  Panels<Real> panels(const Chunk& chunk) const {
    return {chunk.panels, kind_.data() + chunk.first_panel, of(rho_, chunk),
            values_.data() + border_ + chunk.first_panel, values_.data() + span_ + chunk.first_panel};
  }
  const double* lengths(const Chunk& chunk) const { return lengths_.data() + chunk.first_panel; }  // [panels] [s]
  const Real* hidden_schemes() const { return values_.data() + hidden_; }
  const Real* output_schemes() const { return values_.data() + output_; }
  const Real* store_schemes() const { return values_.data() + store_; }
  const Real* calcium_schemes() const { return values_.data() + calcium_; }  // [nodes][kinds]

  // Of the stages of a chunk:
  const Real* hebbian_weight(const Chunk& chunk) const { return of(hebbian_weight_, chunk); }  // of l h in H at the end
  const Real* store_decay(const Chunk& chunk) const { return of(store_decay_, chunk); }        // of g so far
  const Real* read_weight(const Chunk& chunk) const { return of(read_weight_, chunk); }  // of a current in l at the end
  const Real* elapsed(const Chunk& chunk) const { return of(elapsed_, chunk); }          // time so far [s]

 private:
  const Real* of(std::size_t table, const Chunk& chunk) const {
    return values_.data() + table + std::size_t(chunk.first_panel) * stages_;
  }

  int stages_ = 1;
  int kinds_ = 0;
  Real step_ = 0;
  std::vector<Chunk> chunks_;
  std::size_t hidden_, output_, store_, calcium_, rho_, border_, span_, hebbian_weight_, store_decay_, read_weight_,
      elapsed_;  // where each table begins in values_
  DeviceBuffer<Real> values_;
  DeviceBuffer<int> kind_;
  DeviceBuffer<double> lengths_;
};

/// [nodes x nodes] from values at calcium_nodes(), in their order, to the coefficients of a Chebyshev series.
std::vector<double> chebyshev_transform(int nodes);

}  // namespace tripartite::attention::cuda
