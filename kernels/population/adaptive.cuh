#pragma once

#include <cstdint>

#include "kernels/population/window.cuh"
#include "tripartite/integrate/adaptive.hpp"
#include "tripartite/integrate/dormand_prince.hpp"
#include "tripartite/integrate/methods.hpp"
#include "tripartite/integrate/rosenbrock.hpp"

// Methods that choose their steps: one element per thread, each with steps of its own.
namespace tripartite::population::cuda {

template <class Model, class Real>
struct AdaptiveArguments {
  OwnElements<Model, Real> elements;
  WindowEvents events;
  std::size_t size;
  int steps;
  Real dt;
  Real* step_size;
  integrate::Tolerance<Real> tolerance;
  WindowSignal<Real> signal[input_count_of<Model>];

  explicit AdaptiveArguments(const WindowRun<Real>& run)
      : elements(run.elements),
        events(run),
        size(run.size),
        steps(run.window.steps),
        dt(run.window.dt),
        step_size(run.window.step_size),
        tolerance{run.window.relative, run.window.absolute} {
    for (int p = 0; p < input_count_of<Model>; ++p) signal[p] = run.window.signal[p];
  }
};

/// Sinusoidal inputs as functions of time.
template <class Model, class Real>
struct SignalInputs {
  static constexpr int ports = input_count_of<Model>;
  using Value = Inputs<Real, ports>;
  const AdaptiveArguments<Model, Real>& run;
  std::uint32_t element;

  __device__ __forceinline__ bool changes(int p) const {
    return run.signal[p].sine != Real(0) || run.signal[p].cosine != Real(0);
  }
  __device__ __forceinline__ Real common(int p, Real t) const {
    const WindowSignal<Real>& signal = run.signal[p];
    if (!changes(p)) return signal.mean;
    Real s, c;
    sine_cosine(signal.half_turns * t, s, c);
    return signal.mean + signal.sine * s + signal.cosine * c;
  }
  __device__ __forceinline__ Value operator()(Real t) const { return shifted(-1, t); }
  __device__ __forceinline__ Value shifted(int port, Real t) const {
    Value in;
#pragma unroll
    for (int p = 0; p < ports; ++p) {
      const InputPort<Real>& own = run.elements.input[p];
      Real course = common(p, t);
      if (p == port) course += Real(1);
      if (is_scaled<Model>(p) && own.factor != nullptr) course *= load_here(own.factor + element);
      in.value[p] = own.value != nullptr ? course + load_here(own.value + element) : course;
    }
    return in;
  }
  __device__ __forceinline__ Real slope(int p, Real t) const {
    const WindowSignal<Real>& signal = run.signal[p];
    Real s, c;
    sine_cosine(signal.half_turns * t, s, c);
    return Real(3.14159265358979323846) * signal.half_turns * (signal.sine * c - signal.cosine * s);
  }
};

/// Notes a crossing that was located.
template <class Real>
struct NoteCrossing {
  const WindowEvents& events;
  std::uint32_t element;
  __device__ __forceinline__ void operator()(bool here, Real t) const {
    if (here) events.note({double(t), 0, element});
  }
};

/// A parameter of the thread's element in shared memory: the stages of a method need the registers. Volatile, or the
/// compiler would load all of them once, and spill.
template <class Real>
struct SharedValue {
  const volatile Real* value;
  __device__ __forceinline__ operator Real() const { return *value; }
};

/// Whether varied parameters go to shared memory.
template <class Family, bool any_varied>
inline constexpr bool is_shared = any_varied && (parameter_count_of<typename Family::template Of<double>>() > 8);

/// The model of element i; `place` is shared memory for the parameters of a block, [parameter][thread].
template <class Family, bool any_varied, class Model, class Real>
__device__ __forceinline__ auto adaptive_model(const OwnElements<Model, Real>& all, std::size_t i, Real* place) {
  if constexpr (is_shared<Family, any_varied>) {
    typename Family::template Of<SharedValue<Real>> model;
    each_parameter(model, [&](int p, SharedValue<Real>& parameter) {
      Real* own = place + p * threads + threadIdx.x;
      parameter.value = own;
      if (all.varied[p] != nullptr) *own = all.varied[p][i];
    });
    Model shared = all.model;
    each_parameter(shared, [&](int p, Real& parameter) {
      if (all.varied[p] == nullptr) place[p * threads + threadIdx.x] = parameter;
    });
    if constexpr (HasOptions<Model>)
      for (int o = 0; o < option_count_of<Model>(); ++o) model.option[o] = all.model.option[o];
    return model;
  } else {
    return own_model<any_varied>(all, i);
  }
}

/// Thread: one element, from one arrival to the next.
template <class Family, template <class, int> class Method, bool any_varied, class Real>
__global__ void __launch_bounds__(threads, 1)
    adaptive_kernel(const AdaptiveArguments<typename Family::template Of<Real>, Real> run) {
  using Model = typename Family::template Of<Real>;
  const std::uint32_t i = blockIdx.x * threads + threadIdx.x;
  if (i >= run.size) return;
  __shared__ Real place[is_shared<Family, any_varied> ? parameter_count_of<Model>() * threads : 1];
  const auto model = adaptive_model<Family, any_varied>(run.elements, i, place);
  const SignalInputs<Model, Real> inputs{run, i};
  Real y[state_count_of<Model>];
  load(run.elements, i, y);
  Real t(0), h = run.step_size[i];
  OwnArrivals arrivals(run.events, i, run.steps);
  int until = run.steps;
  const auto next_stop = [&] {
    if constexpr (TakesSpikes<Model>) until = arrivals.next < run.steps ? arrivals.next + 1 : run.steps;
    return Real(until) * run.dt;
  };
  Real stop = next_stop();
  const bool is_stuck = integrate::advance_adaptive<Method>(
      model, inputs, y, t, stop, h, run.tolerance, NoteCrossing<Real>{run.events, i}, [&](bool here) {
        if constexpr (TakesSpikes<Model>) {
          if (!here) return;
          while (arrivals.next + 1 == until && arrivals.next < run.steps) arrivals.act(model, y);
          stop = next_stop();
        }
      });
  if (is_stuck) h = run.dt;  // one that is too small would be so for good, whatever states are written next
  store(run.elements, i, y);
  run.step_size[i] = h;
  int fault = outside_domain(y, run.elements.highest);
  if (is_stuck && fault < 0) fault = HasEvent<Model> ? watched_of<Model>() : 0;
  if (fault >= 0) run.events.tell_fault(fault, i, is_stuck);
}

template <template <class, int> class Method, class Family, class Real>
void launch_adaptive_by(const WindowRun<Real>& run, cudaStream_t stream) {
  using Model = typename Family::template Of<Real>;
  const AdaptiveArguments<Model, Real> arguments(run);
  with_varied<Model>(run.elements.any_varied, [&](auto any_varied) {
    adaptive_kernel<Family, Method, decltype(any_varied)::value>
        <<<blocks_for(run.size, threads), threads, 0, stream>>>(arguments);
  });
}

/// Whether the model, and the cell that it is built on, define their Jacobian.
template <class Model>
constexpr bool has_whole_jacobian() {
  if constexpr (HasCell<Model>) {
    if constexpr (!HasJacobian<typename Model::Cell>) return false;
  }
  return HasJacobian<Model>;
}

template <class Family, class Real>
void launch_adaptive(const WindowRun<Real>& run, cudaStream_t stream) {
  if (run.size == 0) return;
#define TRIPARTITE_METHOD(enumerator, type)                                  \
  if constexpr (!integrate::needs_jacobian(integrate::Method::enumerator) || \
                has_whole_jacobian<typename Family::template Of<double>>())  \
    if (run.window.method == integrate::Method::enumerator)                  \
      return launch_adaptive_by<integrate::type, Family>(run, stream);
  TRIPARTITE_ADAPTIVE_METHODS(TRIPARTITE_METHOD)
#undef TRIPARTITE_METHOD
}

}  // namespace tripartite::population::cuda
