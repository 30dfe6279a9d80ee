#pragma once

#include <cstddef>
#include <cstdint>

#include "tripartite/backend.hpp"
#include "tripartite/memory/equations.hpp"
#include "tripartite/memory/step_scheme.hpp"

// The inner loops of the CPU backend, on one tile of a cue's synapses. Every row starts at a multiple of 64 bytes and
// `columns` is a multiple of 16; columns beyond the neurons hold zeros and stay zeros.

namespace tripartite::memory::cpu {

/// Synapses are worked on in square tiles, which stay in a core's cache.
constexpr int tile = 128;

/// Largest relative rate at the start of the step, and sums of squares of the step's scaled errors.
template <class Real>
struct TileNorms {
  Real rate;
  double synapse_error, process_error;
};

/// Advances a tile to the stage after `known` known ones.
template <class Real>
struct TileRun {
  const AssociativeMemory<Real>* model;
  const StepScheme<Real>* scheme;
  int known;
  int rows, columns;
  std::ptrdiff_t stride;                    // between rows of the state and of the biases
  const Real *synapse, *process;            // at the start of the step
  Real *next_synapse, *next_process;        // after it; written if known == stages
  const Real *synapse_bias, *process_bias;  // or null: 0
  const Real* row_phi[max_stages];          // phi of the rows' neurons at the known stages
  const Real* column_phi[max_stages];       // phi of the columns' neurons
  const Real* next_column_phi;              // at the new stage
  std::ptrdiff_t tile_stride;               // between rows of the two below
  Real* drive[max_stages];                  // memory kernel at the known stages
  Real* psi;                                // out: psi(p) at the new stage; may be drive[0]
  Real* current;                            // out [rows]: sum over the columns of g(s) phi
  TileNorms<Real>* norms;                   // accumulated if known == stages; null: nobody asks
  // Of the first rows, between rows as of the state: g(s) and psi(p) at the start of the step, and room for those at
  // its end.
  int start_rows, end_rows;
  const Real *start_g, *start_psi;
  Real *end_g, *end_psi;
  // Where a tile stands for its mirror image, too.
  const Real* next_row_phi;  // phi of the rows' neurons at the new stage
  Real* column_current;      // out [columns]: sum over the rows of g(s) phi; null: the tile stands for itself
  // Few patterns: the kernel makes the rows of `drive` and the projections itself.
  int few;                         // patterns, rounded up to a multiple of few_step; 0: drives are given
  const Real* factor[max_stages];  // [rows x few_most]: of the known stages, with the sign of the row's neuron
  const Real* row_sign;            // [rows x few_most]
  const Real* column_sign;         // [few x column_sign_stride]
  std::ptrdiff_t column_sign_stride;
  double* projection;  // sum[mu] += xi^T psi xi, of the mirror image, too, where the tile stands for it
};

/// As many patterns, rounded up, are summed beside the steps of the synapses. Beyond, a product of matrices is faster.
constexpr int few_most = 64, few_step = 4;

template <class Real>
struct EnergyRun {
  const AssociativeMemory<Real>* model;
  int rows, columns;
  std::ptrdiff_t stride;
  const Real *synapse, *process, *synapse_bias, *process_bias;
};

template <class Real>
struct Kernels {
  void (*advance)(const TileRun<Real>&);
  double (*energy)(const EnergyRun<Real>&);
  /// to[i][k] = +-factor[k] (null: 1) by bit first + k of row i, k < count; rows >= `filled` are 0. `first` and `count`
  /// (rounded up, the excess as bits say) are multiples of 64.
  void (*unpack)(const std::uint64_t* bits, std::ptrdiff_t words, std::int64_t first, int count, int filled, int rows,
                 const Real* factor, Real* to, std::ptrdiff_t stride);
  /// sum[k] += sum_i +-values[i][k] by bit first + k of row i.
  void (*contract)(const std::uint64_t* bits, std::ptrdiff_t words, std::int64_t first, int count, int rows,
                   const Real* values, std::ptrdiff_t stride, double* sum);
  /// to[j][i] = from[i][j] or, if `add`, += ; rows x columns of `from`.
  void (*transpose)(const Real* from, int rows, int columns, bool add, Real* to, std::ptrdiff_t stride);
  /// to = tanh(gain * from), count a multiple of 16.
  void (*activate)(const Real* from, Real gain, int count, Real* to);
};

template <class Real>
const Kernels<Real>& kernels(InstructionSet set);

}  // namespace tripartite::memory::cpu
