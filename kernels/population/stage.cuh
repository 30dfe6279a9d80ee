#pragma once

#include <cstdint>

#include "kernels/population/elements.cuh"
#include "kernels/population/progress.cuh"
#include "tripartite/integrate/methods.hpp"
#include "tripartite/integrate/two_clocks.hpp"

// One step, or one stage of a step, of a population in a network: one element per thread.
namespace tripartite::population::cuda {

template <class Model, class Real>
struct StageArguments {
  static constexpr int states = state_count_of<Model>, outputs = output_count_of<Model>();
  OwnElements<Model, Real> elements;
  Real *at[states], *sum[states];
  Real* output[outputs > 0 ? outputs : 1];
  integrate::Stage<Real> stage;
  Real dt;
  int substeps;
  Real* average_sum;
  Real average_weight;
  bool begins_step, ends_step;
  Real* watched_at_begin;
  std::size_t size;
  const Progress* progress;
  std::uint32_t offset;
  int common_stride, common_at, common_half;
  const std::uint32_t* original;
  std::uint32_t* crossed;
  unsigned long long* fault;
  int first_place;

  explicit StageArguments(const StageRun<Real>& run)
      : elements(run.elements),
        stage(run.stage.stage),
        dt(run.stage.dt),
        substeps(run.substeps),
        average_sum(run.stage.average_sum),
        average_weight(run.stage.average_weight),
        begins_step(run.begins_step),
        ends_step(run.stage.is_step_end),
        watched_at_begin(run.watched_at_begin),
        size(run.size),
        progress(run.progress),
        offset(run.offset),
        common_stride(run.common_stride),
        common_at(run.common_at),
        common_half(run.common_half),
        original(run.original),
        crossed(run.crossed),
        fault(run.fault),
        first_place(run.first_place) {
    for (int i = 0; i < states; ++i) {
      at[i] = run.stage.at[i];
      sum[i] = run.stage.sum[i];
    }
    for (int k = 0; k < outputs; ++k) output[k] = run.stage.output[k];
  }
};

/// Whether a state takes part in a stage of this clock.
template <class Model, StageClock clock>
__host__ __device__ constexpr bool takes_part(int state) {
  return clock == StageClock::one || is_slow<Model>(state) == (clock == StageClock::slow);
}

/// What enters an element during a launch; inputs that the states of this clock do not read are 0.
template <class Model, StageClock clock, class Real>
struct StageInputs {
  static constexpr int count = input_count_of<Model>;
  const InputPort<Real> (&port)[count];
  std::size_t at;  // the beginning of the substep in the tables of common signals
  int half_entries;
  Real factor[count], held[count];

  __device__ __forceinline__ static constexpr bool is_read(int p) {
    return clock == StageClock::one || ((slow_inputs<Model> >> p & 1U) != 0) == (clock == StageClock::slow);
  }
  __device__ __forceinline__ StageInputs(const StageArguments<Model, Real>& run, std::size_t i)
      : port(run.elements.input),
        at(std::size_t(run.progress->step + run.offset) * std::size_t(run.common_stride) + std::size_t(run.common_at)),
        half_entries(run.common_half) {
#pragma unroll
    for (int p = 0; p < count; ++p) {
      factor[p] = Real(1);
      held[p] = Real(0);
      if (!is_read(p)) continue;
      if (is_scaled<Model>(p) && port[p].factor != nullptr) factor[p] = port[p].factor[i];
      if (port[p].value != nullptr) held[p] = port[p].value[port[p].index != nullptr ? port[p].index[i] : i];
    }
  }
  __device__ __forceinline__ Inputs<Real, count> operator()(int half) const {
    Inputs<Real, count> in;
#pragma unroll
    for (int p = 0; p < count; ++p) {
      in.value[p] = held[p];
      if (!is_read(p) || port[p].common == nullptr) continue;
      const Real course = port[p].common[at + std::size_t(half * half_entries)];
      in.value[p] = (is_scaled<Model>(p) ? factor[p] * course : course) + held[p];
    }
    return in;
  }
};

/// The end of a launch that completes a substep: events if it ends the step, domains, states to memory.
template <StageClock clock, class Model, class Real>
__device__ __forceinline__ void finish(const StageArguments<Model, Real>& run, const Model& model, std::size_t i,
                                       Real before, Real (&y)[state_count_of<Model>]) {
  constexpr int n = state_count_of<Model>;
  if constexpr (HasEvent<Model>) {
    if constexpr (takes_part<Model, clock>(Model::watched)) {
      const Real threshold = model.template threshold<Real>();
      if (run.ends_step && before <= threshold && y[Model::watched] > threshold) {
#pragma unroll
        for (int s = 0; s < n; ++s)
          if (!takes_part<Model, clock>(s)) y[s] = run.elements.state[s][i];
        model.crossed(y, true);
        run.crossed[i] |= 1U << step_of(run);
#pragma unroll
        for (int s = 0; s < n; ++s)
          if (!takes_part<Model, clock>(s)) run.elements.state[s][i] = y[s];
      }
    }
  }
  int fault = -1;
#pragma unroll
  for (int s = 0; s < n; ++s)
    if (takes_part<Model, clock>(s)) {
      run.elements.state[s][i] = y[s];
      if (!(y[s] >= Real(-0.01) && y[s] <= run.elements.highest[s]) && fault < 0) fault = s;
    }
  if (fault >= 0)
    atomicMin(run.fault,
              fault_key(step_of(run), run.first_place + fault, run.original != nullptr ? run.original[i] : i, false));
}

/// All substeps of a method with the state in registers, what projections bring being held.
template <class Method>
struct WholeStep {
  template <StageClock clock, class Model, class Real>
  __device__ __forceinline__ static void load(const StageArguments<Model, Real>& run, std::size_t i,
                                              Real (&y)[state_count_of<Model>]) {
    population::cuda::load(run.elements, i, y);
  }

  template <StageClock clock, class Model, class Real, class InputsOf>
  __device__ __forceinline__ static void advance(const StageArguments<Model, Real>& run, const Model& model,
                                                 std::size_t i, InputsOf& inputs, Real before,
                                                 Real (&y)[state_count_of<Model>]) {
    [[maybe_unused]] Real passed(0);
    for (int part = 0; part < run.substeps; ++part) {
      if constexpr (clock == StageClock::fast)
        integrate::fast_step<Method>(model, y, run.dt, inputs, passed);
      else
        Method::step(model, y, run.dt, inputs);
      inputs.at += std::size_t(2 * inputs.half_entries);
    }
    if constexpr (clock == StageClock::fast) run.average_sum[i] += passed;
    finish<clock>(run, model, i, before, y);
  }
};

/// One stage of a method.
template <bool is_exponential>
struct OneStage {
  template <StageClock clock, class Model, class Real>
  __device__ __forceinline__ static void load(const StageArguments<Model, Real>& run, std::size_t i,
                                              Real (&y)[state_count_of<Model>]) {
#pragma unroll
    for (int s = 0; s < state_count_of<Model>; ++s)
      y[s] = (run.stage.is_first || !takes_part<Model, clock>(s) ? run.elements.state[s] : run.at[s])[i];
  }

  template <StageClock clock, class Model, class Real, class InputsOf>
  __device__ __forceinline__ static void advance(const StageArguments<Model, Real>& run, const Model& model,
                                                 std::size_t i, const InputsOf& inputs, Real before,
                                                 Real (&y)[state_count_of<Model>]) {
    constexpr int n = state_count_of<Model>;
    Real gain[n], loss[n];
    if constexpr (clock == StageClock::one) model.rates(y, inputs(0).value, gain, loss);
    if constexpr (clock == StageClock::fast) model.fast_rates(y, inputs(0).value, gain, loss);
    if constexpr (clock == StageClock::slow) {
      y[Model::averaged] = run.average_sum[i] * run.average_weight;
      model.slow_rates(y, inputs(0).value, gain, loss);
    }
    const integrate::Stage<Real>& stage = run.stage;
    [[maybe_unused]] Real averaged_before(0);
    if constexpr (clock == StageClock::fast) averaged_before = run.elements.state[Model::averaged][i];
#pragma unroll
    for (int s = 0; s < n; ++s) {
      if (!takes_part<Model, clock>(s)) continue;
      const Real from = stage.is_first ? y[s] : run.elements.state[s][i];
      if constexpr (is_exponential) {
        if (stage.is_last)
          y[s] = integrate::exponential_step(from, gain[s], loss[s], run.dt);
        else
          run.at[s][i] = integrate::estimated_step(from, gain[s], loss[s], stage.ahead);
        continue;
      }
      const Real slope = gain[s] - loss[s] * y[s];
      const Real sum = stage.is_first ? stage.weight * slope : run.sum[s][i] + stage.weight * slope;
      if (stage.is_last) {
        y[s] = from + stage.final * sum;
      } else {
        run.sum[s][i] = sum;
        run.at[s][i] = from + stage.ahead * slope;
      }
    }
    if (!stage.is_last) return;
    if constexpr (clock == StageClock::fast) run.average_sum[i] += Real(0.5) * (averaged_before + y[Model::averaged]);
    if constexpr (clock == StageClock::slow) run.average_sum[i] = Real(0);
    finish<clock>(run, model, i, before, y);
  }
};

/// Thread: one element.
template <class Family, class Scheme, StageClock clock, bool any_varied, class Real>
__global__ void __launch_bounds__(threads, 1)
    stage_kernel(const StageArguments<typename Family::template Of<Real>, Real> run) {
  using Model = typename Family::template Of<Real>;
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= run.size || has_stopped(run)) return;
  const Model model = own_model<any_varied>(run.elements, i);
  Real y[state_count_of<Model>];
  Scheme::template load<clock>(run, i, y);
  StageInputs<Model, clock, Real> inputs(run, i);
  if constexpr (HasOutputs<Model> && clock != StageClock::slow) {
    Real out[output_count_of<Model>()];
    model.outputs(y, inputs(0).value, out);
#pragma unroll
    for (int k = 0; k < output_count_of<Model>(); ++k)
      if (run.output[k] != nullptr) run.output[k][i] = out[k];
  }
  // A step of one launch begins with y; until its last stage a method keeps the beginning in the states.
  Real before(0);
  if constexpr (HasEvent<Model>) {
    if constexpr (takes_part<Model, clock>(Model::watched)) {
      before = run.stage.is_first ? y[Model::watched] : run.elements.state[Model::watched][i];
      if (run.watched_at_begin != nullptr) {
        if (run.begins_step)
          run.watched_at_begin[i] = before;
        else if (run.ends_step)
          before = run.watched_at_begin[i];
      }
    }
  }
  Scheme::template advance<clock>(run, model, i, inputs, before, y);
}

template <class Family, class Scheme, StageClock clock, class Real>
void launch_stage_by(const StageRun<Real>& run, cudaStream_t stream) {
  using Model = typename Family::template Of<Real>;
  const StageArguments<Model, Real> arguments(run);
  with_varied<Model>(run.elements.any_varied, [&](auto any_varied) {
    stage_kernel<Family, Scheme, clock, decltype(any_varied)::value>
        <<<blocks_for(run.size, threads), threads, 0, stream>>>(arguments);
  });
}

template <class Family, StageClock clock, class Real>
void launch_stage_on(const StageRun<Real>& run, cudaStream_t stream) {
  if constexpr (clock != StageClock::slow)
    if (run.is_whole)
      return integrate::with_fixed_method(
          run.method, [&](auto method) { launch_stage_by<Family, WholeStep<decltype(method)>, clock>(run, stream); });
  if constexpr (clock != StageClock::slow)  // whose steps are of RK4
    if (run.stage.stage.is_exponential) return launch_stage_by<Family, OneStage<true>, clock>(run, stream);
  launch_stage_by<Family, OneStage<false>, clock>(run, stream);
}

template <class Family, class Real>
void launch_stage(const StageRun<Real>& run, cudaStream_t stream) {
  if (run.size == 0) return;
  if constexpr (HasTwoClocks<typename Family::template Of<Real>>) {
    if (run.stage.clock == StageClock::slow) return launch_stage_on<Family, StageClock::slow>(run, stream);
    if (run.stage.clock == StageClock::fast) return launch_stage_on<Family, StageClock::fast>(run, stream);
  }
  // All states of a model of one clock advance together, whichever clock that is.
  launch_stage_on<Family, StageClock::one>(run, stream);
}

}  // namespace tripartite::population::cuda
