// Compiled once per instruction set (cmake/TripartiteSimd.cmake).
#include "host/attention/cpu_kernel_steps.hpp"

namespace tripartite::attention::cpu::TRIPARTITE_ISA {
namespace {

template <class Real>
void project(const ProjectRun<Real>& run) {
  // Registers of neurons that one pass keeps: enough independent chains to hide the latency of a multiply-add.
  constexpr int tile = 4;
  for (int first = 0; first < run.stride; first += tile * lanes<Real>) {
    const int used = (run.stride - first) / lanes<Real> < tile ? (run.stride - first) / lanes<Real> : tile;
    V<Real> result[tile], change[tile];
    for (int k = 0; k < tile; ++k) {
      result[k] = k < used ? load(run.offset + first + k * lanes<Real>) : V<Real>{};
      change[k] = V<Real>{};
    }
    for (int i = 0; i < run.inputs; ++i) {
      const Real* column = run.matrix + std::size_t(i) * run.stride + first;
      for (int k = 0; k < tile; ++k) {
        const V<Real> weight = load(column + (k < used ? k : 0) * lanes<Real>);
        result[k] += weight * run.x[i];
        change[k] += weight * run.dx[i];
      }
    }
    for (int k = 0; k < used; ++k) {
      store(run.result + first + k * lanes<Real>, result[k]);
      store(run.change + first + k * lanes<Real>, change[k]);
    }
  }
}

template <Drive drive, class Real>
TRIPARTITE_INLINE V<Real> drive_of(V<Real> z, Real scalar) {
  if constexpr (drive == Drive::exponential) return wide::exp(z + scalar);
  if constexpr (drive == Drive::relu) return wide::larger<Real>(z, V<Real>{});
  const V<Real> rising = wide::exp(z);
  return z > V<Real>{} ? z + Real(1) : rising;
}

/// Where the arguments of a register of neurons change sign: at most once, as they are monotonic. What has to be added
/// there to the drive by the branch of z > 0, at every stage, to make it the projection of the drive.
template <Drive drive, class Real>
struct Kinks {
  wide::Integers<Real> panel;  // or -1: none
  V<Real> below[max_stages];
  bool any = false;

  TRIPARTITE_INLINE V<Real> above(V<Real> z) { return drive == Drive::relu ? z : z + Real(1); }

  TRIPARTITE_INLINE Kinks of(const HiddenRun<Real>& run, V<Real> z_inf, V<Real> delta) {
    Kinks kinks;
    kinks.panel = wide::Integers<Real>{} - 1;
    V<Real> begin = z_inf + delta * run.border[0];
    for (int panel = 0; panel < run.panels; ++panel) {
      const V<Real> end = z_inf + delta * run.border[panel + 1];
      const wide::Integers<Real> changes = (begin < V<Real>{}) ^ (end < V<Real>{});
      kinks.panel = changes ? wide::Integers<Real>{} + panel : kinks.panel;
      begin = end;
    }
    V<Real> limit{}, from{}, width{}, span{};
    for (int lane = 0; lane < lanes<Real>; ++lane) {
      const auto panel = kinks.panel[lane];
      if (panel < 0) continue;
      kinks.any = true;
      // z = z_inf (1 - rho / rho_0), rho_0 = -z_inf / delta where it is 0.
      Real place = Real(__builtin_log(double(run.border[panel] * delta[lane] / -z_inf[lane]))) / run.span[panel];
      place = place > Real(0) ? place : Real(0);
      place = place < Real(1) ? place : Real(1);
      limit[lane] = z_inf[lane];
      span[lane] = run.span[panel];
      from[lane] = z_inf[lane] < Real(0) ? place : Real(0);
      width[lane] = z_inf[lane] < Real(0) ? Real(1) - place : place;
    }
    if (!kinks.any) return kinks;
    const V<Real> zero_at = limit < V<Real>{} ? from : width;
    V<Real> moment[max_stages] = {};
    add_moments(
        *run.moments, from, width,
        [&](V<Real> place) {
          const V<Real> z = limit * (Real(1) - wide::exp((zero_at - place) * span));
          return drive == Drive::relu ? -z : wide::exp(z) - z - Real(1);
        },
        moment);
    for (int s = 0; s < max_stages; ++s) kinks.below[s] = projected_at(*run.moments, moment, s);
    return kinks;
  }
};

template <Drive drive, int stages, class Real>
void hidden_run(const HiddenRun<Real>& run) {
  constexpr bool may_have_kinks = stages == max_stages && drive != Drive::exponential;
  for (int j = 0; j < run.stride; j += lanes<Real>) {
    const V<Real> z_inf = load(run.z_inf + j), delta = load(run.delta + j);
    V<Real> rate = load(run.rates + j);
    Kinks<drive, Real> kinks;
    if constexpr (may_have_kinks)
      if (run.moments != nullptr) kinks = Kinks<drive, Real>::of(run, z_inf, delta);
    for (int panel = 0; panel < run.panels; ++panel) {
      const Scheme<Real>& scheme = run.scheme[run.kind[panel]];
      V<Real> input[stages], value[stages];
      for (int s = 0; s < stages; ++s) {
        const int stage = panel * stages + s;
        input[s] = drive_of<drive, Real>(z_inf + delta * run.rho[stage], run.scalar[stage]);
      }
      if constexpr (may_have_kinks)
        if (kinks.any)
          for (int s = 0; s < stages; ++s) {
            const V<Real> z = z_inf + delta * run.rho[panel * stages + s];
            input[s] = kinks.panel == wide::Integers<Real>{} + panel ? kinks.above(z) + kinks.below[s] : input[s];
          }
      stage_values<stages, Real>(scheme, rate, input, value);
      for (int s = 0; s < stages; ++s)
        store(run.trajectory + (std::size_t(panel) * stages + s) * run.stride + j, value[s]);
      rate = step<stages, Real>(scheme, rate, input);
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
  for (int panel = 0; panel < run.panels; ++panel) {
    const Scheme<Real>& scheme = run.scheme[run.kind[panel]];
    V<Real> total[stages];
    for (int s = 0; s < stages; ++s) total[s] = V<Real>{};
    for (int j = 0; j < run.stride; j += lanes<Real>) {
      V<Real> rate[stages], value[stages];
      for (int s = 0; s < stages; ++s)
        rate[s] = load(run.trajectory + (std::size_t(panel) * stages + s) * run.stride + j);
      const V<Real> stored = load(run.store + j), factor = load(run.factor + j);
      stage_values<stages, Real>(scheme, stored, rate, value);
      for (int s = 0; s < stages; ++s) total[s] += factor * value[s] * rate[s];
      store(run.store + j, step<stages, Real>(scheme, stored, rate));
    }
    for (int s = 0; s < stages; ++s) run.sum[panel * stages + s] = wide::sum<Real>(total[s]);
  }
}

template <class Real>
void store_of(const StoreRun<Real>& run) {
  if (run.stages == 1) return store_run<1>(run);
  if (run.stages == 4) return store_run<4>(run);
  return store_run<max_stages>(run);
}

template <class Real>
Real largest_logit(const Real* z_inf, const Real* delta, Real rho, int count) {
  const int whole = count / lanes<Real> * lanes<Real>;
  Real result = z_inf[0] + rho * delta[0];
  if (whole > 0) {
    V<Real> best = load(z_inf) + load(delta) * rho;
    for (int j = lanes<Real>; j < whole; j += lanes<Real>)
      best = wide::larger<Real>(best, load(z_inf + j) + load(delta + j) * rho);
    result = wide::largest<Real>(best);
  }
  for (int j = whole; j < count; ++j) {
    const Real z = z_inf[j] + rho * delta[j];
    if (z > result) result = z;
  }
  return result;
}

}  // namespace

template <class Real>
NeuronKernels<Real> neuron_kernels() {
  return {project<Real>, hidden<Real>, store_of<Real>, largest_logit<Real>};
}

template NeuronKernels<float> neuron_kernels<float>();
template NeuronKernels<double> neuron_kernels<double>();

}  // namespace tripartite::attention::cpu::TRIPARTITE_ISA
