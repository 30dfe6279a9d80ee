// Compiled once per instruction set (cmake/TripartiteSimd.cmake). Synapses that share their calcium: matrix products.
#include "host/attention/cpu_kernel_steps.hpp"

namespace tripartite::attention::cpu::TRIPARTITE_ISA {
namespace {

constexpr int rows_at_once = 4;

// Tiles fill about half of the registers with independent sums: 32 of them with 64 bytes, else 16.
constexpr int stages_at_once = TRIPARTITE_VECTOR_BYTES == 64 ? 4 : 2;
constexpr int columns_at_once = TRIPARTITE_VECTOR_BYTES == 64 ? 4 : 2;

/// A ragged tile repeats its first row or stage; what comes out for those is not kept.
constexpr int within(int index, int count) { return index < count ? index : 0; }

template <class Real>
void gather(const GatherRun<Real>& run) {
  constexpr int tile = rows_at_once * stages_at_once;
  constexpr int sums = (tile + lanes<Real> - 1) / lanes<Real> * lanes<Real>;  // in whole registers
  for (int first = 0; first < run.stages; first += stages_at_once) {
    V<Real> sum[sums] = {};
    const Real* row[rows_at_once];
    const Real* rates[stages_at_once];
    for (int r = 0; r < rows_at_once; ++r) row[r] = run.row[within(r, run.rows)];
    for (int s = 0; s < stages_at_once; ++s)
      rates[s] = run.trajectory + std::size_t(within(first + s, run.stages)) * run.stride;
    for (int j = 0; j < run.stride; j += lanes<Real>) {
      V<Real> rate[stages_at_once];
      for (int s = 0; s < stages_at_once; ++s) rate[s] = load(rates[s] + j);
      for (int r = 0; r < rows_at_once; ++r) {
        const V<Real> weight = load(row[r] + j);
        for (int s = 0; s < stages_at_once; ++s) sum[r * stages_at_once + s] += weight * rate[s];
      }
    }
    alignas(64) Real total[sums];
    for (int group = 0; group < sums; group += lanes<Real>) store(total + group, wide::sums<Real>(sum + group));
    for (int r = 0; r < run.rows; ++r)
      for (int s = 0; s < stages_at_once && first + s < run.stages; ++s)
        run.sum[r][first + s] = total[r * stages_at_once + s];
  }
}

template <int columns, class Real>
TRIPARTITE_INLINE void deposit_tile(const DepositRun<Real>& run, int first) {
  const Real* weighted[rows_at_once];
  for (int r = 0; r < rows_at_once; ++r) weighted[r] = run.weighted[within(r, run.rows)];
  V<Real> written[rows_at_once][columns] = {};
  for (int s = 0; s < run.stages; ++s) {
    V<Real> rate[columns];
    for (int k = 0; k < columns; ++k)
      rate[k] = load(run.trajectory + std::size_t(s) * run.stride + first + k * lanes<Real>);
    for (int r = 0; r < rows_at_once; ++r)
      for (int k = 0; k < columns; ++k) written[r][k] += rate[k] * weighted[r][s];
  }
  for (int r = 0; r < run.rows; ++r)
    for (int k = 0; k < columns; ++k) {
      const int j = first + k * lanes<Real>;
      if (run.factor[r] != nullptr) written[r][k] *= load(run.factor[r] + j);
      const V<Real> hebbian = load(run.hebbian[r] + j);
      store(run.hebbian[r] + j, hebbian + (written[r][k] - hebbian * run.loss));
    }
}

template <class Real>
void deposit(const DepositRun<Real>& run) {
  int first = 0;
  for (; first + columns_at_once * lanes<Real> <= run.stride; first += columns_at_once * lanes<Real>)
    deposit_tile<columns_at_once>(run, first);
  for (; first < run.stride; first += lanes<Real>) deposit_tile<1>(run, first);
}

}  // namespace

template <class Real>
SynapseKernels<Real> synapse_kernels() {
  return {gather<Real>, deposit<Real>};
}

template SynapseKernels<float> synapse_kernels<float>();
template SynapseKernels<double> synapse_kernels<double>();

}  // namespace tripartite::attention::cpu::TRIPARTITE_ISA
