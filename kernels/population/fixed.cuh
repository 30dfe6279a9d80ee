#pragma once

#include <cstdint>

#include "kernels/population/window.cuh"
#include "tripartite/integrate/methods.hpp"
#include "tripartite/integrate/two_clocks.hpp"

// Many steps of one element per thread, its state in registers throughout.
namespace tripartite::population::cuda {

template <class Model, class Real>
struct FixedArguments {
  OwnElements<Model, Real> elements;
  WindowEvents events;
  std::size_t size;
  int steps, substeps, slow_every, phase;
  Real dt, slow_dt;
  Real* average_sum;
  bool watches;

  explicit FixedArguments(const WindowRun<Real>& run)
      : elements(run.elements),
        events(run),
        size(run.size),
        steps(run.window.steps),
        substeps(run.window.substeps),
        slow_every(run.window.slow_every),
        phase(run.window.phase),
        dt(run.window.dt),
        slow_dt(run.window.slow_dt),
        average_sum(run.window.average_sum),
        watches(run.watches) {}
};

/// What enters an element during a window: per input a course common to all elements, times a factor, plus a held
/// value.
template <class Model, class Real>
struct TableInputs {
  static constexpr int count = input_count_of<Model>;
  const InputPort<Real> (&port)[count];
  std::size_t at = 0;  // the beginning of the substep in the courses
  Real factor[count], held[count];

  __device__ __forceinline__ TableInputs(const OwnElements<Model, Real>& all, std::size_t i) : port(all.input) {
#pragma unroll
    for (int p = 0; p < count; ++p) {
      factor[p] = is_scaled<Model>(p) && port[p].factor != nullptr ? port[p].factor[i] : Real(1);
      held[p] = port[p].value != nullptr ? port[p].value[i] : Real(0);
    }
  }
  __device__ __forceinline__ Inputs<Real, count> operator()(int half) const {
    Inputs<Real, count> in;
#pragma unroll
    for (int p = 0; p < count; ++p) {
      in.value[p] = held[p];
      if (port[p].common == nullptr) continue;
      const Real course = port[p].common[at + half];
      in.value[p] = (is_scaled<Model>(p) ? factor[p] * course : course) + held[p];
    }
    return in;
  }
};

/// Thread: one element through all steps of the window.
template <class Family, class Method, bool any_varied, bool two_clocks, class Real>
__global__ void __launch_bounds__(threads, 1)
    fixed_kernel(const FixedArguments<typename Family::template Of<Real>, Real> run) {
  using Model = typename Family::template Of<Real>;
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= run.size) return;
  const Model model = own_model<any_varied>(run.elements, i);
  TableInputs<Model, Real> inputs(run.elements, i);
  Real y[state_count_of<Model>];
  load(run.elements, i, y);
  OwnArrivals arrivals(run.events, std::uint32_t(i), run.steps);
  std::uint64_t crossings = 0;
  Real sum = two_clocks ? run.average_sum[i] : Real(0);
  int phase = run.phase;
  for (int step = 0; step < run.steps; ++step) {
    Real before(0);
    if constexpr (HasEvent<Model>) before = y[Model::watched];
    for (int part = 0; part < run.substeps; ++part) {
      if constexpr (two_clocks)
        integrate::fast_step<Method>(model, y, run.dt, inputs, sum);
      else
        Method::step(model, y, run.dt, inputs);
      inputs.at += 2;
    }
    bool slow_states_moved = true;
    if constexpr (two_clocks) {
      slow_states_moved = ++phase == run.slow_every;
      if (slow_states_moved) {
        integrate::slow_step(model, y, run.slow_dt, inputs(0), sum * (Real(1) / Real(phase * run.substeps)));
        phase = 0;
        sum = Real(0);
      }
    }
    if constexpr (TakesSpikes<Model>)
      while (arrivals.next == step) arrivals.act(model, y);
    if constexpr (HasEvent<Model>) {
      if (is_slow<Model>(Model::watched) && !slow_states_moved) continue;
      const Real threshold = model.template threshold<Real>();
      if (before <= threshold && y[Model::watched] > threshold) {
        model.crossed(y, true);
        crossings |= std::uint64_t(1) << step;
      }
    }
  }
  store(run.elements, i, y);
  const int fault = run.watches ? outside_domain(y, run.elements.highest) : -1;
  if (fault >= 0) run.events.tell_fault(fault, i, false);
  if constexpr (two_clocks) run.average_sum[i] = sum;
  if (crossings != 0) run.events.note({0, crossings, i});
}

template <class Family, class Method, bool two_clocks, class Real>
void launch_fixed_by(const WindowRun<Real>& run, cudaStream_t stream) {
  using Model = typename Family::template Of<Real>;
  const FixedArguments<Model, Real> arguments(run);
  with_varied<Model>(run.elements.any_varied, [&](auto any_varied) {
    fixed_kernel<Family, Method, decltype(any_varied)::value, two_clocks>
        <<<blocks_for(run.size, threads), threads, 0, stream>>>(arguments);
  });
}

template <class Family, class Real>
void launch_fixed(const WindowRun<Real>& run, cudaStream_t stream) {
  if (run.size == 0) return;
  integrate::with_fixed_method(run.window.method, [&](auto method) {
    using Method = decltype(method);
    if constexpr (HasTwoClocks<typename Family::template Of<Real>>)
      if (run.window.slow_every > 1) return launch_fixed_by<Family, Method, true>(run, stream);
    launch_fixed_by<Family, Method, false>(run, stream);
  });
}

}  // namespace tripartite::population::cuda
