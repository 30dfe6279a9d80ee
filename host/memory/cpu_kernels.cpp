// Compiled once per instruction set (cmake/TripartiteSimd.cmake).
#include "host/memory/cpu_kernels.hpp"

#include "host/simd/exponential.hpp"
#include "host/simd/hyperbolic.hpp"
#include "host/simd/wide.hpp"

namespace tripartite::memory::cpu::TRIPARTITE_ISA {
namespace {

namespace wide = simd::TRIPARTITE_ISA;
using wide::broadcast;
using wide::lanes;
using wide::load;
using wide::store;

template <class Real>
using V = wide::Wide<Real>;

template <class Real>
struct Arithmetic {
  using Value = V<Real>;
  __attribute__((always_inline)) static Value tanh(Value z) { return wide::hyperbolic_tangent<Real>(z); }
};

template <int value>
struct Count {};

template <class Real>
TRIPARTITE_INLINE V<Real> load_or_zero(const Real* from, std::ptrdiff_t offset) {
  return from != nullptr ? load(from + offset) : V<Real>{};
}

/// (error / (tolerance (1 + |y|)))^2 with the larger |y| of both ends.
template <class Real>
TRIPARTITE_INLINE V<Real> scaled_square(V<Real> error, V<Real> before, V<Real> after, Real tolerance) {
  const V<Real> size = wide::larger<Real>(wide::abs<Real>(before), wide::abs<Real>(after));
  const V<Real> scaled = error / ((size + Real(1)) * tolerance);
  return scaled * scaled;
}

/// Calls use(first, width) for `count` patterns by eights, then by fours; width is a constant.
template <class Use>
TRIPARTITE_INLINE void each_few(int count, const Use& use) {
  int first = 0;
  for (; first + 8 <= count; first += 8) use(first, Count<8>());
  for (; first < count; first += few_step) use(first, Count<few_step>());
}

/// to[j] = sum_mu factor[mu] sign[mu][j].
template <class Real>
TRIPARTITE_INLINE void make_drive_row(const TileRun<Real>& run, const Real* factor, Real* to) {
  each_few(
      run.few, [&]<int width>(int first, Count<width>) __attribute__((always_inline)) {
        V<Real> scale[width];
        for (int m = 0; m < width; ++m) scale[m] = broadcast(factor[first + m]);
        const Real* sign = run.column_sign + first * run.column_sign_stride;
        for (int j = 0; j < run.columns; j += lanes<Real>) {
          V<Real> sum = first == 0 ? V<Real>{} : load(to + j);
          for (int m = 0; m < width; ++m) sum += scale[m] * load(sign + m * run.column_sign_stride + j);
          store(to + j, sum);
        }
      });
}

/// sum[mu] += sign of the row's neuron times sum_j psi[j] sign[mu][j], lane by lane.
template <class Real>
TRIPARTITE_INLINE void project_row(const TileRun<Real>& run, const Real* row_sign, const Real* psi, V<Real>* sum) {
  each_few(
      run.few, [&]<int width>(int first, Count<width>) __attribute__((always_inline)) {
        V<Real> part[width] = {};
        const Real* sign = run.column_sign + first * run.column_sign_stride;
        for (int j = 0; j < run.columns; j += lanes<Real>) {
          const V<Real> value = load(psi + j);
          for (int m = 0; m < width; ++m) part[m] += value * load(sign + m * run.column_sign_stride + j);
        }
        for (int m = 0; m < width; ++m) sum[first + m] += part[m] * row_sign[first + m];
      });
}

/// What a pass leaves behind beside what couples the synapses.
enum class Leaves { nothing, states, states_and_norms };

/// What a row of a tile adds up.
template <class Real>
struct RowNorms {
  V<Real> rate, synapse_error, process_error;
};

/// g(s) and psi(p) of a row.
template <class Real>
TRIPARTITE_INLINE void activate_row(const TileRun<Real>& run, std::ptrdiff_t row, Real* g, Real* psi) {
  const AssociativeMemory<Real> model = *run.model;
  for (int j = 0; j < run.columns; j += lanes<Real>) {
    store(psi + j, wide::hyperbolic_tangent<Real>(load(run.process + row + j) * model.gain_process));
    store(g + j, wide::hyperbolic_tangent<Real>(load(run.synapse + row + j) * model.gain_synapse));
  }
}

/// Row i of the tile at the new stage, in synapse and process, from its g(s) and psi(p).
template <int known, Leaves leaves, class Real>
TRIPARTITE_INLINE void step_row(const TileRun<Real>& run, int i, const Real* g, const Real* psi, Real* synapse,
                                Real* process, RowNorms<Real>& norms) {
  const AssociativeMemory<Real> model = *run.model;
  const StepScheme<Real>& scheme = *run.scheme;
  const std::ptrdiff_t row = i * run.stride, tile_row = i * run.tile_stride;
  for (int j = 0; j < run.columns; j += lanes<Real>) {
    const V<Real> s = load(run.synapse + row + j), p = load(run.process + row + j), start_g = load(g + j),
                  start_psi = load(psi + j);
    // Rows of a tile are too short for the processor to foresee the next ones.
    const Real* const followed[] = {run.synapse + row, run.process + row, g, psi};
    for (const Real* each : followed) __builtin_prefetch(each + 2 * run.stride + j);
    V<Real> phi_phi[max_stages], memory[max_stages];
    for (int q = 0; q < known; ++q) {
      phi_phi[q] = load(run.column_phi[q] + j) * run.row_phi[q][i];
      memory[q] = load(run.drive[q] + tile_row + j);
    }
    const ElementStep<Arithmetic<Real>, known> step(model, scheme, s, p, phi_phi, memory,
                                                    load_or_zero(run.synapse_bias, row + j),
                                                    load_or_zero(run.process_bias, row + j), &start_g, &start_psi);
    store(synapse + j, step.synapse);
    store(process + j, step.process);
    if constexpr (leaves == Leaves::states_and_norms) {
      const V<Real> rate_s = wide::abs<Real>(step.synapse_rate[0]) / (wide::abs<Real>(s) + Real(1)),
                    rate_p = wide::abs<Real>(step.process_rate[0]) / (wide::abs<Real>(p) + Real(1));
      norms.rate = wide::larger<Real>(norms.rate, wide::larger<Real>(rate_s, rate_p));
      if constexpr (known == 2) {  // the only method with an error estimate
        norms.synapse_error += scaled_square<Real>(
            step.synapse_rate[0] * scheme.synapse.error[0] + step.synapse_rate[1] * scheme.synapse.error[1], s,
            step.synapse, scheme.tolerance);
        norms.process_error += scaled_square<Real>(
            step.process_rate[0] * scheme.process.error[0] + step.process_rate[1] * scheme.process.error[1], p,
            step.process, scheme.tolerance);
      }
    }
  }
}

/// What row i of the tile, now at synapse and process, sends to the neurons and, as psi, to the patterns. It stays in
/// end_g and end_psi, too, if these are not null.
template <bool has_mirror, class Real>
TRIPARTITE_INLINE void couple_row(const TileRun<Real>& run, int i, const Real* synapse, const Real* process, Real* psi,
                                  Real* end_g, Real* end_psi) {
  const AssociativeMemory<Real> model = *run.model;
  V<Real> current{};
  for (int j = 0; j < run.columns; j += lanes<Real>) {
    const V<Real> sent = wide::hyperbolic_tangent<Real>(load(process + j) * model.gain_process);
    store(psi + j, sent);
    const V<Real> g = wide::hyperbolic_tangent<Real>(load(synapse + j) * model.gain_synapse);
    current += g * load(run.next_column_phi + j);
    if (end_g != nullptr) {
      store(end_g + j, g);
      store(end_psi + j, sent);
    }
    if constexpr (has_mirror) store(run.column_current + j, load(run.column_current + j) + g * run.next_row_phi[i]);
  }
  run.current[i] = wide::sum<Real>(current);
}

/// Activations, steps and couplings of a row are loops of their own: each is a chain of operations, and a processor
/// looks ahead over several elements of one, but not of all.
template <int known, Leaves leaves, class Real>
void advance_tile(const TileRun<Real>& run) {
  const bool has_mirror = run.column_current != nullptr;
  const double weight = has_mirror ? 2 : 1;  // of the tile and what it stands for
  alignas(64) Real start[2][tile];           // g(s) and psi(p) of a row that has none yet
  alignas(64) Real between[2][tile];         // a row at a stage that is no step's end
  RowNorms<Real> norms{};
  V<Real> projection[few_most];
  for (int mu = 0; mu < run.few; ++mu) projection[mu] = V<Real>{};
  if (has_mirror)
    for (int j = 0; j < run.columns; j += lanes<Real>) store(run.column_current + j, V<Real>{});
  for (int i = 0; i < run.rows; ++i) {
    const std::ptrdiff_t row = i * run.stride, tile_row = i * run.tile_stride;
    const Real *synapse = run.synapse + row, *process = run.process + row;
    if constexpr (known > 0) {
      if (run.few > 0)
        for (int q = 0; q < known; ++q) make_drive_row(run, run.factor[q] + i * few_most, run.drive[q] + tile_row);
      Real* next[2] = {between[0], between[1]};
      if constexpr (leaves != Leaves::nothing) next[0] = run.next_synapse + row, next[1] = run.next_process + row;
      norms.synapse_error = norms.process_error = V<Real>{};
      const Real *g = run.start_g + row, *psi = run.start_psi + row;
      if (i >= run.start_rows) {
        activate_row(run, row, start[0], start[1]);
        g = start[0], psi = start[1];
      }
      step_row<known, leaves>(run, i, g, psi, next[0], next[1], norms);
      if constexpr (leaves == Leaves::states_and_norms && known == 2) {
        run.norms->synapse_error += weight * double(wide::sum<Real>(norms.synapse_error));
        run.norms->process_error += weight * double(wide::sum<Real>(norms.process_error));
      }
      synapse = next[0], process = next[1];
    }
    const bool is_kept = leaves != Leaves::nothing && i < run.end_rows;
    Real *end_g = is_kept ? run.end_g + row : nullptr, *end_psi = is_kept ? run.end_psi + row : nullptr;
    if (has_mirror)
      couple_row<true>(run, i, synapse, process, run.psi + tile_row, end_g, end_psi);
    else
      couple_row<false>(run, i, synapse, process, run.psi + tile_row, end_g, end_psi);
    if (run.few > 0) project_row(run, run.row_sign + i * few_most, run.psi + tile_row, projection);
  }
  for (int mu = 0; mu < run.few; ++mu) run.projection[mu] += weight * double(wide::sum<Real>(projection[mu]));
  if constexpr (leaves == Leaves::states_and_norms) {
    const Real largest = wide::largest<Real>(norms.rate);
    if (largest > run.norms->rate) run.norms->rate = largest;
  }
}

template <class Real>
void advance(const TileRun<Real>& run) {
  const bool last = run.known > 0 && run.known == run.scheme->stages;
  const auto as = [&]<int known>(Count<known>) {
    if (!last) return advance_tile<known, Leaves::nothing>(run);
    return run.norms != nullptr ? advance_tile<known, Leaves::states_and_norms>(run)
                                : advance_tile<known, Leaves::states>(run);
  };
  switch (run.known) {
    case 0: return advance_tile<0, Leaves::nothing>(run);
    case 1: return as(Count<1>());
    case 2: return as(Count<2>());
    case 3: return advance_tile<3, Leaves::nothing>(run);
    default:
      return run.norms != nullptr ? advance_tile<4, Leaves::states_and_norms>(run)
                                  : advance_tile<4, Leaves::states>(run);
  }
}

template <class Real>
double energy(const EnergyRun<Real>& run) {
  const AssociativeMemory<Real> model = *run.model;
  double total = 0;
  for (int i = 0; i < run.rows; ++i) {
    const std::ptrdiff_t row = i * run.stride;
    V<Real> sum{};
    for (int j = 0; j < run.columns; j += lanes<Real>) {
      const V<Real> s = load(run.synapse + row + j), p = load(run.process + row + j);
      const V<Real> size_s = wide::abs<Real>(s), size_p = wide::abs<Real>(p);
      const V<Real> t_s = wide::exp(size_s * (Real(-2) * model.gain_synapse)),
                    t_p = wide::exp(size_p * (Real(-2) * model.gain_process));
      sum += model.element_energy(
          AssociativeMemory<Real>::relaxation(size_s, t_s, wide::log_one_plus<Real>(t_s), model.gain_synapse),
          AssociativeMemory<Real>::relaxation(size_p, t_p, wide::log_one_plus<Real>(t_p), model.gain_process),
          wide::hyperbolic_tangent<Real>(s * model.gain_synapse),
          wide::hyperbolic_tangent<Real>(p * model.gain_process), load_or_zero(run.synapse_bias, row + j),
          load_or_zero(run.process_bias, row + j));
    }
    total += double(wide::sum<Real>(sum));
  }
  return total;
}

/// Bit l of the result's lane l decides; the lanes' masks are powers of two.
template <class Real>
TRIPARTITE_INLINE wide::Integers<Real> lane_masks() {
  wide::Integers<Real> masks;
  for (int lane = 0; lane < lanes<Real>; ++lane) masks[lane] = 1 << lane;
  return masks;
}

template <class Real>
TRIPARTITE_INLINE V<Real> with_sign(V<Real> value, std::uint64_t bits, wide::Integers<Real> masks) {
  const wide::Integers<Real> positive = masks & decltype(masks[0] + 0)(bits & 0xFFFF);
  return positive == 0 ? -value : value;
}

template <class Real>
void unpack(const std::uint64_t* bits, std::ptrdiff_t words, std::int64_t first, int count, int filled, int rows,
            const Real* factor, Real* to, std::ptrdiff_t stride) {
  const auto masks = lane_masks<Real>();
  for (int i = 0; i < rows; ++i)
    for (int k = 0; k < count; k += 64) {
      const std::uint64_t word = i < filled ? bits[i * words + (first + k) / 64] : 0;
      for (int l = 0; l < 64; l += lanes<Real>) {
        V<Real> value{};
        if (i < filled)
          value = with_sign<Real>(factor != nullptr ? load(factor + k + l) : broadcast(Real(1)), word >> l, masks);
        store(to + i * stride + k + l, value);
      }
    }
}

template <class Real>
void contract(const std::uint64_t* bits, std::ptrdiff_t words, std::int64_t first, int count, int rows,
              const Real* values, std::ptrdiff_t stride, double* sum) {
  const auto masks = lane_masks<Real>();
  for (int k = 0; k < count; k += 64) {
    constexpr int registers = 64 / lanes<Real>;
    V<Real> part[registers] = {};
    for (int i = 0; i < rows; ++i) {
      const std::uint64_t word = bits[i * words + (first + k) / 64];
      for (int l = 0; l < registers; ++l)
        part[l] += with_sign<Real>(load(values + i * stride + k + l * lanes<Real>), word >> l * lanes<Real>, masks);
    }
    for (int l = 0; l < registers; ++l)
      for (int lane = 0; lane < lanes<Real>; ++lane) sum[k + l * lanes<Real> + lane] += double(part[l][lane]);
  }
}

template <class Real>
void transpose(const Real* from, int rows, int columns, bool add, Real* to, std::ptrdiff_t stride) {
  constexpr int block = 64 / int(sizeof(Real));  // a cache line
  for (int i0 = 0; i0 < rows; i0 += block)
    for (int j0 = 0; j0 < columns; j0 += block) {
      const int i1 = i0 + block < rows ? i0 + block : rows, j1 = j0 + block < columns ? j0 + block : columns;
      for (int j = j0; j < j1; ++j)
        for (int i = i0; i < i1; ++i) {
          const Real value = from[i * stride + j];
          Real& target = to[j * stride + i];
          target = add ? target + value : value;
        }
    }
}

template <class Real>
void activate(const Real* from, Real gain, int count, Real* to) {
  for (int i = 0; i < count; i += lanes<Real>) store(to + i, wide::hyperbolic_tangent<Real>(load(from + i) * gain));
}

template <class Real>
constexpr Kernels<Real> table{advance<Real>,  energy<Real>,    unpack<Real>,
                              contract<Real>, transpose<Real>, activate<Real>};

}  // namespace

const Kernels<float>& kernels_float() { return table<float>; }
const Kernels<double>& kernels_double() { return table<double>; }

}  // namespace tripartite::memory::cpu::TRIPARTITE_ISA
