// Compiled once per instruction set (cmake/TripartiteSimd.cmake). Synapses whose calcium has a rate of its own.
#include "host/attention/cpu_kernel_steps.hpp"
#include "host/simd/hyperbolic.hpp"

namespace tripartite::attention::cpu::TRIPARTITE_ISA {
namespace {

/// Calcium coefficients of one register of synapses from their rates, for stepping methods: the formulas of
/// integrate::linear_scheme with gain kappa.
template <int stages, class Real>
struct RateScheme {
  V<Real> loss, weight[stages], stage_decay[stages], stage_weight[stages][stages];

  TRIPARTITE_INLINE RateScheme of(V<Real> rate, Real dt, LinearMethod method) {
    RateScheme own;
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
      const V<Real> difference = Real(1) - wide::exp(z);
      const V<Real> held = z > broadcast<Real>(sizeof(Real) == 4 ? Real(-0.02) : Real(-0.001)) ? series : difference;
      own.loss = own.weight[0] = method == LinearMethod::euler ? -z : held;
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

/// `tile` registers of synapses through all steps, adding to the partial sums of the current if that is wanted.
template <bool current, int tile, int stages, class Real>
TRIPARTITE_INLINE void step_tile(const CalciumRun<Real>& run, int first, int begin, int count, V<Real>* partial) {
  V<Real> calcium[tile], hebbian[tile];
  RateScheme<stages, Real> scheme[tile];
  for (int k = 0; k < tile; ++k) {
    const int j = first + k * lanes<Real>;
    calcium[k] = load(run.calcium + j);
    hebbian[k] = current ? load(run.hebbian + j) : V<Real>{};
    scheme[k] = RateScheme<stages, Real>::of(load(run.rate + j), run.dt, run.method);
  }
  for (int panel = 0; panel < count; ++panel) {
    const Real* global = run.global + (begin + panel) * stages;
    for (int s = 0; s < stages && current; ++s) {
      const Real* rates = run.trajectory + std::size_t((begin + panel) * stages + s) * run.stride + first;
      V<Real> sum = partial[panel * stages + s];
      for (int k = 0; k < tile; ++k) {
        const V<Real> level = scheme[k].stage(s, calcium[k], global) + run.floor;
        sum += hebbian[k] * load(rates + k * lanes<Real>) / level;
      }
      partial[panel * stages + s] = sum;
    }
    for (int k = 0; k < tile; ++k) calcium[k] = scheme[k].step(calcium[k], global);
  }
  for (int k = 0; k < tile; ++k) store(run.calcium + first + k * lanes<Real>, calcium[k]);
}

template <bool current, int stages, class Real>
void step_run(const CalciumRun<Real>& run) {
  // The schemes of RK4 fill the registers with fewer synapses.
  constexpr int tile = stages == 1 ? 4 : 2;
  constexpr int chunk = 64;  // panels whose partial sums wait in L1 as whole registers
  for (int begin = 0; begin < run.panels; begin += chunk) {
    const int count = run.panels - begin < chunk ? run.panels - begin : chunk;
    V<Real> partial[chunk * stages];
    for (int stage = 0; stage < count * stages && current; ++stage) partial[stage] = V<Real>{};
    int first = 0;
    for (; first + tile * lanes<Real> <= run.stride; first += tile * lanes<Real>)
      step_tile<current, tile, stages>(run, first, begin, count, partial);
    for (; first < run.stride; first += lanes<Real>) step_tile<current, 1, stages>(run, first, begin, count, partial);
    for (int stage = 0; stage < count * stages && current; ++stage)
      run.current[begin * stages + stage] = wide::sum<Real>(partial[stage]);
  }
}

template <class Real>
void step_calcium(const CalciumRun<Real>& run) {
  if (run.stages == 1) return run.hebbian != nullptr ? step_run<true, 1>(run) : step_run<false, 1>(run);
  return run.hebbian != nullptr ? step_run<true, 4>(run) : step_run<false, 4>(run);
}

/// Where a rate lies in the interval of the Chebyshev series, [-1, 1].
template <class Real>
TRIPARTITE_INLINE V<Real> place_of(const ResponseRun<Real>& run, V<Real> rate) {
  return (wide::logarithm<Real>(rate) - run.log_center) * run.inverse_half_width;
}

/// Adds `count` Chebyshev series at `columns` registers of places x: value[k][s]. The polynomials are made once for all
/// series, and enough sums are under way to hide the latency of their recurrence.
template <int columns, int count, class Real>
TRIPARTITE_INLINE void add_series(const Real* const* coefficient, int nodes, const V<Real>* x,
                                  V<Real> (*value)[count]) {
  V<Real> polynomial[columns], before[columns];
  for (int k = 0; k < columns; ++k) {
    polynomial[k] = broadcast<Real>(1);
    before[k] = x[k];
  }
  for (int node = 0; node < nodes; ++node)
    for (int k = 0; k < columns; ++k) {
      for (int s = 0; s < count; ++s) value[k][s] += polynomial[k] * coefficient[s][node];
      const V<Real> next = x[k] * polynomial[k] * Real(2) - before[k];
      before[k] = polynomial[k];
      polynomial[k] = next;
    }
}

template <class Real>
void respond_current(const ResponseRun<Real>& run) {
  constexpr int tile = 8;  // stages
  for (int first = 0; first < run.stages; first += tile) {
    const Real* coefficient[tile];
    const Real* rates[tile];
    Real time[tile];
    V<Real> sum[tile] = {};
    for (int s = 0; s < tile; ++s) {
      const int stage = first + s < run.stages ? first + s : run.stages - 1;
      coefficient[s] = run.stage_response + std::size_t(stage) * run.nodes;
      rates[s] = run.trajectory + std::size_t(stage) * run.stride;
      time[s] = run.stage_time[stage];
    }
    for (int j = 0; j < run.stride; j += lanes<Real>) {
      const V<Real> rate = load(run.rate + j), calcium = load(run.calcium + j), hebbian = load(run.hebbian + j);
      const V<Real> place = place_of(run, rate);
      V<Real> level[1][tile];
      for (int s = 0; s < tile; ++s) level[0][s] = calcium * wide::exp(rate * -time[s]) + run.floor;
      add_series<1, tile, Real>(coefficient, run.nodes, &place, level);
      for (int s = 0; s < tile; ++s) sum[s] += hebbian * load(rates[s] + j) / level[0][s];
    }
    for (int s = 0; s < tile && first + s < run.stages; ++s) run.current[first + s] = wide::sum<Real>(sum[s]);
  }
}

template <int columns, class Real>
TRIPARTITE_INLINE void respond_tile(const ResponseRun<Real>& run, int first) {
  V<Real> place[columns], calcium[columns][1];
  for (int k = 0; k < columns; ++k) {
    const int j = first + k * lanes<Real>;
    const V<Real> rate = load(run.rate + j);
    place[k] = place_of(run, rate);
    calcium[k][0] = load(run.calcium + j) * wide::exp(rate * -run.duration);
  }
  add_series<columns, 1, Real>(&run.response, run.nodes, place, calcium);
  for (int k = 0; k < columns; ++k) store(run.calcium + first + k * lanes<Real>, calcium[k][0]);
}

template <class Real>
void respond(const ResponseRun<Real>& run) {
  constexpr int columns = 4;
  if (run.hebbian != nullptr) respond_current(run);
  int first = 0;
  for (; first + columns * lanes<Real> <= run.stride; first += columns * lanes<Real>) respond_tile<columns>(run, first);
  for (; first < run.stride; first += lanes<Real>) respond_tile<1>(run, first);
}

}  // namespace

template <class Real>
CalciumKernels<Real> calcium_kernels() {
  return {step_calcium<Real>, respond<Real>};
}

template CalciumKernels<float> calcium_kernels<float>();
template CalciumKernels<double> calcium_kernels<double>();

}  // namespace tripartite::attention::cpu::TRIPARTITE_ISA
