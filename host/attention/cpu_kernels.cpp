// Compiled once per instruction set (cmake/TripartiteSimd.cmake).
#include "host/attention/cpu_kernels.hpp"

#include <type_traits>

#include "host/simd/exponential.hpp"
#include "host/simd/wide.hpp"

namespace tripartite::attention::cpu::TRIPARTITE_ISA {
namespace {

namespace wide = simd::TRIPARTITE_ISA;
using integrate::LinearMethod;
using integrate::max_stages;
using wide::broadcast;
using wide::load;
using wide::store;

template <class Real>
using V = wide::Wide<Real>;

/// Registers of synapses that one pass keeps at a time: enough independent chains to hide the latency of a
/// multiply-add.
constexpr int tile = 4;

template <Drive drive, class Real>
TRIPARTITE_INLINE V<Real> drive_of(V<Real> z, Real scalar) {
  if constexpr (drive == Drive::exponential) return wide::exponential(z + scalar);
  if constexpr (drive == Drive::relu) return wide::larger<Real>(z, V<Real>{});
  const V<Real> rising = wide::exponential(z);
  return z > V<Real>{} ? z + Real(1) : rising;
}

/// Stage values and step of one linear state whose drives at the stages are known.
template <int stages, class Real>
TRIPARTITE_INLINE void stage_values(const Scheme<Real>& scheme, V<Real> state, const V<Real>* drive, V<Real>* value) {
  for (int s = 0; s < stages; ++s) {
    V<Real> y = state * scheme.stage_decay[s];
    // Explicit methods need earlier stages only; collocation needs them all.
    const int used = stages == max_stages ? stages : s;
    for (int r = 0; r < used; ++r) y += drive[r] * scheme.stage_weight[s][r];
    value[s] = y;
  }
}

template <int stages, class Real>
TRIPARTITE_INLINE V<Real> step(const Scheme<Real>& scheme, V<Real> state, const V<Real>* drive) {
  V<Real> change = drive[0] * scheme.weight[0];
  for (int s = 1; s < stages; ++s) change += drive[s] * scheme.weight[s];
  return state + (change - state * scheme.loss);
}

template <Drive drive, int stages, class Real>
void hidden_run(const HiddenRun<Real>& run) {
  constexpr int lanes = wide::lanes<Real>;
  for (int j = 0; j < run.stride; j += lanes) {
    const V<Real> z_inf = load(run.z_inf + j), delta = load(run.delta + j);
    V<Real> rate = load(run.rates + j);
    for (int panel = 0; panel < run.panels; ++panel) {
      const Scheme<Real>& scheme = run.scheme[run.kind[panel]];
      V<Real> input[stages], value[stages];
      for (int s = 0; s < stages; ++s) {
        const int stage = panel * stages + s;
        input[s] = drive_of<drive, Real>(z_inf + delta * run.rho[stage], run.scalar[stage]);
      }
      stage_values<stages, Real>(scheme, rate, input, value);
      for (int s = 0; s < stages; ++s)
        store(run.trajectory + std::size_t(panel * stages + s) * run.stride + j, value[s]);
      rate = step<stages, Real>(scheme, rate, input);
      if (run.after != nullptr) store(run.after + std::size_t(panel) * run.stride + j, rate);
    }
    store(run.rates + j, rate);
  }
}

template <int stages, class Real>
void hidden_by_drive(const HiddenRun<Real>& run) {
  switch (run.drive) {
    case Drive::exponential: return hidden_run<Drive::exponential, stages>(run);
    case Drive::relu: return hidden_run<Drive::relu, stages>(run);
    case Drive::elu1: return hidden_run<Drive::elu1, stages>(run);
  }
}

template <class Real>
void hidden(const HiddenRun<Real>& run) {
  if (run.stages == 1) return hidden_by_drive<1>(run);
  if (run.stages == 4) return hidden_by_drive<4>(run);
  return hidden_by_drive<max_stages>(run);
}

template <int stages, class Real>
void store_run(const StoreRun<Real>& run) {
  constexpr int lanes = wide::lanes<Real>;
  const Real per_row = Real(1) / run.rows;
  for (int panel = 0; panel < run.panels; ++panel) {
    const Scheme<Real>& scheme = run.scheme[run.kind[panel]];
    V<Real> total[stages];
    for (int s = 0; s < stages; ++s) total[s] = V<Real>{};
    for (int j = 0; j < run.stride; j += lanes) {
      V<Real> rate[stages], drive[stages], value[stages];
      for (int s = 0; s < stages; ++s)
        rate[s] = load(run.trajectory + std::size_t(panel * stages + s) * run.stride + j);
      const V<Real> sum = load(run.column_sum + j);
      const V<Real> factor = run.plastic ? load(run.column_factor + j) : V<Real>{};
      for (int s = 0; s < stages; ++s) drive[s] = factor * rate[s];
      stage_values<stages, Real>(scheme, sum, drive, value);
      for (int s = 0; s < stages; ++s) total[s] += value[s] * rate[s];
      store(run.column_sum + j, step<stages, Real>(scheme, sum, drive));
    }
    for (int s = 0; s < stages; ++s) run.global[panel * stages + s] = wide::sum<Real>(total[s]) * per_row;
  }
}

template <class Real>
void store_sums(const StoreRun<Real>& run) {
  if (run.stages == 1) return store_run<1>(run);
  if (run.stages == 4) return store_run<4>(run);
  return store_run<max_stages>(run);
}

/// Calcium coefficients of one register of synapses: shared, or from each synapse's own rate.
template <int stages, class Real>
struct CalciumScheme {
  V<Real> loss, weight[stages], stage_decay[stages], stage_weight[stages][stages];

  TRIPARTITE_INLINE CalciumScheme shared(const Scheme<Real>& scheme) {
    CalciumScheme own;
    own.loss = broadcast<Real>(scheme.loss);
    for (int s = 0; s < stages; ++s) {
      own.weight[s] = broadcast<Real>(scheme.weight[s]);
      own.stage_decay[s] = broadcast<Real>(scheme.stage_decay[s]);
      for (int r = 0; r < s; ++r) own.stage_weight[s][r] = broadcast<Real>(scheme.stage_weight[s][r]);
    }
    return own;
  }

  /// The formulas of integrate::linear_scheme with gain kappa, for stepping methods.
  TRIPARTITE_INLINE CalciumScheme of_rate(V<Real> rate, Real dt, int method) {
    CalciumScheme own;
    const V<Real> z = rate * -dt, one = broadcast<Real>(1);
    own.stage_decay[0] = one;
    if constexpr (stages == 4) {
      own.weight[0] = -z * Real(1.0 / 6) * (one + z + z * z * Real(0.5) + z * z * z * Real(0.25));
      own.weight[1] = -z * Real(1.0 / 6) * (z * z * Real(0.5) + z + Real(2));
      own.weight[2] = -z * Real(1.0 / 6) * (z + Real(2));
      own.weight[3] = -z * Real(1.0 / 6);
      own.loss = -z * (one + z * Real(0.5) + z * z * Real(1.0 / 6) + z * z * z * Real(1.0 / 24));
      own.stage_decay[1] = one + z * Real(0.5);
      own.stage_decay[2] = one + z * Real(0.5) + z * z * Real(0.25);
      own.stage_decay[3] = one + z + z * z * Real(0.5) + z * z * z * Real(0.25);
      own.stage_weight[1][0] = z * Real(-0.5);
      own.stage_weight[2][0] = z * z * Real(-0.25);
      own.stage_weight[2][1] = z * Real(-0.5);
      own.stage_weight[3][0] = z * z * z * Real(-0.25);
      own.stage_weight[3][1] = z * z * Real(-0.5);
      own.stage_weight[3][2] = -z;
    } else {
      // 1 - e^z; for the small z of a step the series keeps the digits that the difference would lose.
      const V<Real> series =
          -z * (one + z * Real(0.5) * (one + z * Real(1.0 / 3) * (one + z * Real(0.25) * (one + z * Real(0.2)))));
      const V<Real> difference = Real(1) - wide::exponential(z);
      const V<Real> held = z > broadcast<Real>(sizeof(Real) == 4 ? Real(-0.02) : Real(-0.001)) ? series : difference;
      own.loss = own.weight[0] = method == int(LinearMethod::euler) ? -z : held;
    }
    return own;
  }

  inline __attribute__((always_inline)) V<Real> step(V<Real> state, const Real* drive) const {
    V<Real> change = weight[0] * drive[0];
    for (int s = 1; s < stages; ++s) change += weight[s] * drive[s];
    return state + (change - state * loss);
  }

  inline __attribute__((always_inline)) V<Real> stage(int s, V<Real> state, const Real* drive) const {
    V<Real> y = state * stage_decay[s];
    for (int r = 0; r < s; ++r) y += stage_weight[s][r] * drive[r];
    return y;
  }
};

template <int stages, class Real>
TRIPARTITE_INLINE CalciumScheme<stages, Real> calcium_scheme(const RowRun<Real>& run, int j) {
  if (run.calcium_rate == nullptr) return CalciumScheme<stages, Real>::shared(run.calcium);
  return CalciumScheme<stages, Real>::of_rate(load(run.calcium_rate + j), run.dt, run.method);
}

/// Settle, write, delay: a tile of synapses stays in registers for all steps.
template <bool plastic, int stages, class Real>
void advance_row_run(const RowRun<Real>& run) {
  constexpr int lanes = wide::lanes<Real>;
  // `stride` is a multiple of 16 values, so the last tile may be shorter than `tile` registers of small lanes, never
  // ragged.
  for (int first = 0; first < run.stride; first += tile * lanes) {
    const int used = (run.stride - first) / lanes < tile ? (run.stride - first) / lanes : tile;
    const auto pass = [&](auto count) __attribute__((always_inline)) {
      constexpr int n = decltype(count)::value;
      V<Real> hebbian[n], calcium_store[n], calcium[n];
      CalciumScheme<stages, Real> scheme[n];
      for (int k = 0; k < n; ++k) {
        const int j = first + k * lanes;
        hebbian[k] = load(run.hebbian_state + j);
        calcium_store[k] = load(run.store_state + j);
        calcium[k] = load(run.calcium_state + j);
        scheme[k] = calcium_scheme<stages>(run, j);
      }
      for (int panel = 0; panel < run.panels; ++panel) {
        const Real* global = run.global + panel * stages;
        V<Real> hebbian_drive[n], store_drive[n];
        if constexpr (plastic)
          for (int s = 0; s < stages; ++s) {
            const int stage = panel * stages + s;
            const Real hebbian_weight = run.output[stage] * run.hebbian.weight[s];
            for (int k = 0; k < n; ++k) {
              const V<Real> rate = load(run.trajectory + std::size_t(stage) * run.stride + first + k * lanes);
              hebbian_drive[k] = s == 0 ? rate * hebbian_weight : hebbian_drive[k] + rate * hebbian_weight;
              store_drive[k] = s == 0 ? rate * run.store.weight[s] : store_drive[k] + rate * run.store.weight[s];
            }
          }
        for (int k = 0; k < n; ++k) {
          const int j = first + k * lanes;
          if constexpr (plastic) {
            if (run.hebbian_factor != nullptr) {
              hebbian_drive[k] *= load(run.hebbian_factor + j);
              store_drive[k] *= load(run.store_factor + j);
            }
            hebbian[k] += hebbian_drive[k] - hebbian[k] * run.hebbian.loss;
            calcium_store[k] += store_drive[k] - calcium_store[k] * run.store.loss;
          } else {
            hebbian[k] -= hebbian[k] * run.hebbian.loss;
            calcium_store[k] -= calcium_store[k] * run.store.loss;
          }
          calcium[k] = scheme[k].step(calcium[k], global);
        }
      }
      for (int k = 0; k < n; ++k) {
        const int j = first + k * lanes;
        store(run.hebbian_state + j, hebbian[k]);
        store(run.store_state + j, calcium_store[k]);
        store(run.calcium_state + j, calcium[k]);
      }
    };
    if (used == tile)
      pass(std::integral_constant<int, tile>{});
    else
      for (int k = 0; k < used; ++k, first += lanes) pass(std::integral_constant<int, 1>{});
    if (used != tile) break;
  }
}

template <class Real>
void advance_row(const RowRun<Real>& run) {
  if (run.stages == 1) return run.plastic ? advance_row_run<true, 1>(run) : advance_row_run<false, 1>(run);
  return run.plastic ? advance_row_run<true, 4>(run) : advance_row_run<false, 4>(run);
}

/// Read: as above, and the row's input current at every stage.
template <int stages, class Real>
void read_row_run(const RowRun<Real>& run) {
  constexpr int lanes = wide::lanes<Real>;
  constexpr int chunk = 64;  // panels whose partial sums wait in L1 as whole registers
  for (int begin = 0; begin < run.panels; begin += chunk) {
    const int count = run.panels - begin < chunk ? run.panels - begin : chunk;
    V<Real> partial[chunk * stages];
    for (int stage = 0; stage < count * stages; ++stage) partial[stage] = V<Real>{};
    for (int j = 0; j < run.stride; j += 2 * lanes) {
      const auto pass = [&](auto width) __attribute__((always_inline)) {
        constexpr int n = decltype(width)::value;
        V<Real> hebbian[n], calcium_store[n], calcium[n];
        CalciumScheme<stages, Real> scheme[n];
        for (int k = 0; k < n; ++k) {
          hebbian[k] = load(run.hebbian_state + j + k * lanes);
          calcium_store[k] = load(run.store_state + j + k * lanes);
          calcium[k] = load(run.calcium_state + j + k * lanes);
          scheme[k] = calcium_scheme<stages>(run, j + k * lanes);
        }
        for (int panel = 0; panel < count; ++panel) {
          const Real* global = run.global + (begin + panel) * stages;
          for (int s = 0; s < stages; ++s) {
            const Real* rates = run.trajectory + std::size_t((begin + panel) * stages + s) * run.stride + j;
            V<Real> current = partial[panel * stages + s];
            for (int k = 0; k < n; ++k) {
              const V<Real> level = scheme[k].stage(s, calcium[k], global) + run.floor;
              current += hebbian[k] * run.hebbian.stage_decay[s] * load(rates + k * lanes) / level;
            }
            partial[panel * stages + s] = current;
          }
          for (int k = 0; k < n; ++k) {
            hebbian[k] -= hebbian[k] * run.hebbian.loss;
            calcium_store[k] -= calcium_store[k] * run.store.loss;
            calcium[k] = scheme[k].step(calcium[k], global);
          }
        }
        for (int k = 0; k < n; ++k) {
          store(run.hebbian_state + j + k * lanes, hebbian[k]);
          store(run.store_state + j + k * lanes, calcium_store[k]);
          store(run.calcium_state + j + k * lanes, calcium[k]);
        }
      };
      if (j + 2 * lanes <= run.stride)
        pass(std::integral_constant<int, 2>{});
      else
        pass(std::integral_constant<int, 1>{});
    }
    for (int stage = 0; stage < count * stages; ++stage)
      run.current[begin * stages + stage] = wide::sum<Real>(partial[stage]);
  }
}

template <class Real>
void read_row(const RowRun<Real>& run) {
  return run.stages == 1 ? read_row_run<1>(run) : read_row_run<4>(run);
}

/// Chebyshev series with `nodes` coefficients at x in [-1, 1], by Clenshaw's recurrence.
template <class Real>
TRIPARTITE_INLINE V<Real> chebyshev(const Real* coefficient, int nodes, V<Real> x) {
  V<Real> next{}, after{};
  for (int k = nodes - 1; k > 0; --k) {
    const V<Real> value = x * next * Real(2) - after + coefficient[k];
    after = next;
    next = value;
  }
  return x * next - after + coefficient[0];
}

template <int rows, class Real>
TRIPARTITE_INLINE void propagate_rows(const PropagateRun<Real>& run) {
  constexpr int lanes = wide::lanes<Real>;
  constexpr int columns = 2;
  for (int row = 0; row < rows; ++row)
    for (int w = 0; w < run.window; ++w) run.current[row][w] = 0;

  for (int first = 0; first < run.stride; first += columns * lanes) {
    const auto pass = [&](auto width) __attribute__((always_inline)) {
      constexpr int n = decltype(width)::value;
      V<Real> deposit[rows][n];
      for (int row = 0; row < rows; ++row)
        for (int k = 0; k < n; ++k) deposit[row][k] = V<Real>{};
      if (run.plastic)
        for (int s = 0; s < run.stages; ++s) {
          const Real* rates = run.trajectory + std::size_t(s) * run.stride + first;
          for (int k = 0; k < n; ++k) {
            const V<Real> rate = load(rates + k * lanes);
            for (int row = 0; row < rows; ++row) deposit[row][k] += rate * run.output_weighted[row][s];
          }
        }
      for (int row = 0; row < rows; ++row)
        for (int k = 0; k < n; ++k) {
          const int j = first + k * lanes;
          V<Real> hebbian = load(run.hebbian_state[row] + j);
          V<Real> calcium_store = load(run.store_state[row] + j);
          const V<Real> calcium = load(run.calcium_state[row] + j);
          const bool shared = run.calcium_rate[row] == nullptr;
          V<Real> rate{}, x{};
          if (!shared) {
            rate = load(run.calcium_rate[row] + j);
            x = (rate * Real(2) - (run.rate_low + run.rate_high)) / (run.rate_high - run.rate_low);
          }
          const auto calcium_at = [&](Real time, Real decay, const Real* response) __attribute__((always_inline)) {
            if (shared) return calcium * decay + response[0];
            return calcium * wide::exponential(rate * -time) + chebyshev<Real>(response, run.nodes, x);
          };
          for (int w = 0; w < run.window; ++w) {
            const V<Real> level =
                calcium_at(run.window_time[w], run.window_decay[w], run.window_response + std::size_t(w) * run.nodes);
            const V<Real> drawn =
                hebbian * load(run.window_trajectory + std::size_t(w) * run.stride + j) / (level + run.floor);
            run.current[row][w] += wide::sum<Real>(drawn) * run.window_hebbian[w];
          }
          hebbian -= hebbian * run.hebbian_loss;
          calcium_store -= calcium_store * run.store_loss;
          if (run.plastic) {
            V<Real> written = deposit[row][k], stored = load(run.store_deposit + j);
            if (run.hebbian_factor[row] != nullptr) {
              written *= load(run.hebbian_factor[row] + j);
              stored *= load(run.store_factor[row] + j);
            }
            hebbian += written;
            calcium_store += stored;
          }
          store(run.hebbian_state[row] + j, hebbian);
          store(run.store_state[row] + j, calcium_store);
          store(run.calcium_state[row] + j, calcium_at(run.duration, run.calcium_decay, run.response));
        }
    };
    if (first + columns * lanes <= run.stride)
      pass(std::integral_constant<int, columns>{});
    else
      pass(std::integral_constant<int, 1>{});
  }
}

template <class Real>
void propagate(const PropagateRun<Real>& run) {
  switch (run.row_count) {
    case 1: return propagate_rows<1>(run);
    case 2: return propagate_rows<2>(run);
    case 3: return propagate_rows<3>(run);
    default: return propagate_rows<4>(run);
  }
}

template <class Real>
Real largest_logit(const Real* z_inf, const Real* delta, Real rho, int count) {
  constexpr int lanes = wide::lanes<Real>;
  const int whole = count / lanes * lanes;
  Real result = z_inf[0] + rho * delta[0];
  if (whole > 0) {
    V<Real> best = load(z_inf) + load(delta) * rho;
    for (int j = lanes; j < whole; j += lanes) best = wide::larger<Real>(best, load(z_inf + j) + load(delta + j) * rho);
    result = wide::largest<Real>(best);
  }
  for (int j = whole; j < count; ++j) {
    const Real z = z_inf[j] + rho * delta[j];
    if (z > result) result = z;
  }
  return result;
}

template <class Real>
constexpr Kernels<Real> table{hidden<Real>,   store_sums<Real>, advance_row<Real>,
                              read_row<Real>, propagate<Real>,  largest_logit<Real>};

}  // namespace

const Kernels<float>& kernels_float() { return table<float>; }
const Kernels<double>& kernels_double() { return table<double>; }

}  // namespace tripartite::attention::cpu::TRIPARTITE_ISA
