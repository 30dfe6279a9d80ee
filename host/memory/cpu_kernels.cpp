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

template <int known, bool last, class Real>
void advance_tile(const TileRun<Real>& run) {
  const AssociativeMemory<Real> model = *run.model;
  const StepScheme<Real>& scheme = *run.scheme;
  V<Real> rate{};
  for (int i = 0; i < run.rows; ++i) {
    const std::ptrdiff_t row = i * run.stride, tile_row = i * run.tile_stride;
    V<Real> current{}, synapse_error{}, process_error{};
    for (int j = 0; j < run.columns; j += lanes<Real>) {
      const V<Real> s = load(run.synapse + row + j), p = load(run.process + row + j);
      V<Real> phi_phi[max_stages], memory[max_stages];
      for (int q = 0; q < known; ++q) {
        phi_phi[q] = load(run.column_phi[q] + j) * run.row_phi[q][i];
        memory[q] = load(run.drive[q] + tile_row + j);
      }
      const ElementStep<Arithmetic<Real>, known> step(model, scheme, s, p, phi_phi, memory,
                                                      load_or_zero(run.synapse_bias, row + j),
                                                      load_or_zero(run.process_bias, row + j));
      store(run.psi + tile_row + j, wide::hyperbolic_tangent<Real>(step.process * model.gain_process));
      current += wide::hyperbolic_tangent<Real>(step.synapse * model.gain_synapse) * load(run.next_column_phi + j);
      if constexpr (last) {
        store(run.next_synapse + row + j, step.synapse);
        store(run.next_process + row + j, step.process);
        const V<Real> rate_s = wide::abs<Real>(step.synapse_rate[0]) / (wide::abs<Real>(s) + Real(1)),
                      rate_p = wide::abs<Real>(step.process_rate[0]) / (wide::abs<Real>(p) + Real(1));
        rate = wide::larger<Real>(rate, wide::larger<Real>(rate_s, rate_p));
        if constexpr (known == 2) {  // the only method with an error estimate
          synapse_error += scaled_square<Real>(
              step.synapse_rate[0] * scheme.synapse.error[0] + step.synapse_rate[1] * scheme.synapse.error[1], s,
              step.synapse, scheme.tolerance);
          process_error += scaled_square<Real>(
              step.process_rate[0] * scheme.process.error[0] + step.process_rate[1] * scheme.process.error[1], p,
              step.process, scheme.tolerance);
        }
      }
    }
    run.current[i] = wide::sum<Real>(current);
    if constexpr (last && known == 2) {
      run.norms->synapse_error += double(wide::sum<Real>(synapse_error));
      run.norms->process_error += double(wide::sum<Real>(process_error));
    }
  }
  if constexpr (last) {
    const Real largest = wide::largest<Real>(rate);
    if (largest > run.norms->rate) run.norms->rate = largest;
  }
}

template <class Real>
void advance(const TileRun<Real>& run) {
  const bool last = run.known > 0 && run.known == run.scheme->stages;
  switch (run.known) {
    case 0: return advance_tile<0, false>(run);
    case 1: return last ? advance_tile<1, true>(run) : advance_tile<1, false>(run);
    case 2: return last ? advance_tile<2, true>(run) : advance_tile<2, false>(run);
    case 3: return advance_tile<3, false>(run);
    default: return advance_tile<4, true>(run);
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
