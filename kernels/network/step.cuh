#pragma once

#include <cstddef>

#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/network/step.hpp"
#include "tripartite/integrate/fixed_steps.hpp"

namespace tripartite::network::cuda {

inline constexpr int threads = 128;

template <class Real>
__device__ __forceinline__ std::uint32_t step_of(const Launch<Real>& launch) {
  return launch.window->step + launch.offset;
}

/// Whether a state left its domain in an earlier step: then the network stays as it was at the end of that one. One
/// that is found in the present step does not count, or the result would depend on the order of blocks.
template <class Real>
__device__ __forceinline__ bool has_stopped(const Launch<Real>& launch) {
  return fault_step(*(const volatile unsigned long long*)(launch.fault)) < step_of(launch);
}

template <class Real>
__device__ __forceinline__ void tell_fault(const Launch<Real>& launch, int state, std::uint32_t index) {
  atomicMin(launch.fault, fault_key(step_of(launch), state, index));
}

/// Tells of the first state that has left its domain: [0, highest] with room for the overshoot of
/// a method of fixed order; what is not a number is outside of any.
template <class Real, int count>
__device__ __forceinline__ void watch(const Launch<Real>& launch, int first, std::uint32_t index,
                                      const Real (&y)[count], Real highest) {
#pragma unroll
  for (int s = 0; s < count; ++s)
    if (!(y[s] >= Real(-0.01) && y[s] <= highest)) return tell_fault(launch, first + s, index);
}

/// The same input to all stages.
template <class Input>
struct Held {
  Input input;
  __device__ __forceinline__ Input operator()(int) const { return input; }
};

/// All substeps of a launch with the state in registers, under the same input.
template <class Method>
struct WholeStep {
  template <class Real, int count>
  __device__ __forceinline__ static void load(const States<Real, count>& states, const Launch<Real>&, std::size_t i,
                                              Real (&y)[count]) {
#pragma unroll
    for (int s = 0; s < count; ++s) y[s] = states.y[s][i];
  }

  /// Calls end(last) at the end of each substep.
  template <class Model, class Real, int count, class Input, class End>
  __device__ __forceinline__ static void advance(const Model& model, const States<Real, count>&,
                                                 const Launch<Real>& launch, std::size_t, const Input& input,
                                                 Real (&y)[count], const End& end) {
    const Held<Input> inputs{input};
    for (int part = 1; part <= launch.substeps; ++part) {
      Method::step(model, y, launch.dt, inputs);
      end(part == launch.substeps);
    }
  }

  template <class Real, int count>
  __device__ __forceinline__ static void store(const States<Real, count>& states, const Launch<Real>&, std::size_t i,
                                               const Real (&y)[count]) {
#pragma unroll
    for (int s = 0; s < count; ++s) states.y[s][i] = y[s];
  }
};

/// One stage of the classical Runge-Kutta method.
struct OneStage {
  template <class Real, int count>
  __device__ __forceinline__ static void load(const States<Real, count>& states, const Launch<Real>& launch,
                                              std::size_t i, Real (&y)[count]) {
#pragma unroll
    for (int s = 0; s < count; ++s) y[s] = launch.stage.is_first ? states.y[s][i] : states.at[s][i];
  }

  template <class Model, class Real, int count, class Input, class End>
  __device__ __forceinline__ static void advance(const Model& model, const States<Real, count>& states,
                                                 const Launch<Real>& launch, std::size_t i, const Input& input,
                                                 Real (&y)[count], const End& end) {
    Real slope[count];
    integrate::derivatives(model, y, input, slope);
    const Stage<Real>& stage = launch.stage;
#pragma unroll
    for (int s = 0; s < count; ++s) {
      const Real before = stage.is_first ? y[s] : states.y[s][i];
      const Real sum = (stage.is_first ? Real(0) : states.sum[s][i]) + stage.weight * slope[s];
      if (!stage.is_last) states.sum[s][i] = sum;
      y[s] = stage.is_last ? before + stage.final * sum : before + stage.ahead * slope[s];
    }
    if (stage.is_last) end(true);
  }

  template <class Real, int count>
  __device__ __forceinline__ static void store(const States<Real, count>& states, const Launch<Real>& launch,
                                               std::size_t i, const Real (&y)[count]) {
#pragma unroll
    for (int s = 0; s < count; ++s) (launch.stage.is_last ? states.y[s] : states.at[s])[i] = y[s];
  }
};

/// Calls launch(scheme) with the scheme as a type.
template <class Call>
void with_scheme(Scheme scheme, const Call& call) {
  switch (scheme) {
    case Scheme::exponential_euler: call(WholeStep<integrate::ExponentialEuler>()); break;
    case Scheme::euler: call(WholeStep<integrate::Euler>()); break;
    case Scheme::rk4: call(WholeStep<integrate::RungeKutta4>()); break;
    case Scheme::rk4_stage: call(OneStage()); break;
  }
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

}  // namespace tripartite::network::cuda
