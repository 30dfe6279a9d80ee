#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/memory/aligned_buffer.hpp"
#include "host/memory/cpu_kernels.hpp"
#include "tripartite/memory/patterns.hpp"

namespace tripartite::memory::cpu {

/// Patterns are unpacked this many at a time.
constexpr int pattern_tile = 256;

constexpr std::ptrdiff_t padded(std::ptrdiff_t neurons) { return (neurons + 15) / 16 * 16; }
constexpr int panels(int neurons) { return (neurons + tile - 1) / tile; }
constexpr std::size_t pattern_stride(std::int64_t patterns) { return std::size_t(patterns + 63) / 64 * 64; }

/// Tiles of the memory kernel and of what is projected onto the patterns. Both K N^2 products are made for the tiles on
/// and above the diagonal only: Xi diag(a) Xi^T is symmetric, and xi^T psi xi asks for psi + psi^T alone, whether psi
/// is symmetric or not.
template <class Real>
class TileWorker {
 public:
  TileWorker(const Patterns& patterns, const Kernels<Real>& kernels, int stages);

  /// Bytes that a worker holds.
  static std::size_t bytes(int stages);

  static int first_of(int panel) { return panel * tile; }
  int rows_of(int panel) const;
  int columns_of(int panel) const;

  /// drive(q) = Xi_I diag(factor_q) Xi_J^T for each factor [patterns]; `mirrored`, if asked for, is its transpose.
  /// Without factors, 0.
  void make_drives(int row_panel, int column_panel, bool with_mirrored, std::span<const Real* const> factors);
  Real* drive(int q) { return drives_.data() + std::size_t(q) * tile * tile; }
  Real* mirrored(int q) { return mirrored_.data() + std::size_t(q) * tile * tile; }

  /// sum[mu] += xi_I^T psi xi_J, + xi_J^T mirrored xi_I if the panels differ; psi = drive(0), mirrored = mirrored(0)
  /// or, without it, the transpose of psi.
  void project(int row_panel, int column_panel, bool with_mirrored, double* sum);

  /// The signs of a panel's neurons times factor (null: 1) for a few patterns: [tile x few_most].
  const Real* make_few(int panel, const Real* factor, int place);

  /// overlap[mu] += sum over the panel's neurons of xi phi.
  void overlap(int panel, const Real* phi, double* sum);

 private:
  void unpack(int panel, std::int64_t first, int count, bool with_padding, const Real* factor, Real* to);

  const Patterns& patterns_;
  const Kernels<Real>& kernels_;
  AlignedBuffer<Real> drives_, mirrored_, left_, right_, product_;
  AlignedBuffer<Real> few_;  // [(stages + 1) x tile x few_most]
};

}  // namespace tripartite::memory::cpu
