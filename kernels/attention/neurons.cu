#include "kernels/attention/neurons.hpp"
#include "kernels/attention/scheme.cuh"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;

/// Drive of hidden neuron j at a stage, from its logit.
template <class Real>
__device__ Real hidden_drive(const HiddenRun<Real>& run, Rule rule, int head, int j, int stage, Real level, Real change,
                             const Real (&score)[3]) {
  const Real rho = run.panels.rho[stage];
  const Real logit = level + rho * change;
  switch (rule) {
    case Rule::exponential: return exp(logit + (score[0] + rho * (score[1] + rho * score[2])));
    case Rule::relu: return logit < Real(0) ? Real(0) : logit;  // keeps NaN, which max() would drop
    case Rule::elu1: return logit > Real(0) ? logit + Real(1) : exp(logit);
    case Rule::slot_written: return Real(j == run.slot);
    case Rule::slot_read:
      return j < run.slot ? exp(logit - run.shift[std::size_t(stage) * run.shape.heads + head]) : Real(0);
    case Rule::silent:
    case Rule::of_head: break;
  }
  return Real(0);
}

/// The drive of relu or elu1 at the stages of a panel, projected if its argument changes sign inside
/// (tripartite/attention/kinked_drive.hpp).
template <class Real, int Stages>
__device__ __forceinline__ void project_kink(const HiddenRun<Real>& run, Rule rule, int panel, Real level, Real change,
                                             Real (&drive)[Stages]) {
  static_assert(Stages == PanelMoments<Real>::count);
  const Real begin = level + run.panels.border[panel] * change;
  const Real end = level + run.panels.border[panel + 1] * change;
  if ((begin < Real(0)) == (end < Real(0))) return;
  // z = level (1 - rho / rho_0), rho_0 = -level / change where it is 0.
  const Real span = run.panels.span[panel];
  const Real zero_at = fmin(fmax(log(run.panels.border[panel] * change / -level) / span, Real(0)), Real(1));
  Real moment[Stages] = {};
  add_moments(
      run.moments, level < Real(0) ? zero_at : Real(0), level < Real(0) ? Real(1) - zero_at : zero_at,
      [&](Real place) {
        const Real z = -level * expm1((zero_at - place) * span);
        return rule == Rule::relu ? -z : expm1(z) - z;
      },
      moment);
#pragma unroll
  for (int s = 0; s < Stages; ++s) {
    const Real z = level + run.panels.rho[panel * Stages + s] * change;
    drive[s] = (rule == Rule::relu ? z : z + Real(1)) + projected_at(run.moments, moment, s);
  }
}

/// Thread: one hidden neuron through all panels, its rate in a register.
template <class Real, int Stages>
__global__ void hidden_kernel(HiddenRun<Real> run) {
  const int head = blockIdx.y;
  const int j = blockIdx.x * threads + threadIdx.x;
  if (j >= run.shape.hidden) return;
  const std::size_t neuron = std::size_t(head) * run.shape.hidden + j;
  const std::size_t neurons = run.shape.hidden_neurons();
  const auto* schemes = reinterpret_cast<const Scheme<Real, Stages>*>(run.schemes);
  const auto* store_schemes = reinterpret_cast<const Scheme<Real, Stages>*>(run.store_schemes);
  Real level = 0, change = 0;
  Real score[3] = {0, 0, 0};
  const Rule rule = run.rule == Rule::of_head ? run.rules[head] : run.rule;
  if (rule != Rule::slot_written && rule != Rule::silent) {
    level = run.drive.level[neuron];
    change = run.drive.change[neuron];
  }
  if (rule == Rule::exponential)
#pragma unroll
    for (int k = 0; k < 3; ++k) score[k] = run.drive.score[3 * head + k];

  Real rate = run.hidden[neuron];
  Real deposit = 0;
  for (int panel = 0; panel < run.panels.count; ++panel) {
    const int kind = run.panels.kind[panel];
    Real drive[Stages], value[Stages];
#pragma unroll
    for (int s = 0; s < Stages; ++s)
      drive[s] = hidden_drive(run, rule, head, j, panel * Stages + s, level, change, score);
    if constexpr (Stages == PanelMoments<Real>::count)
      if (rule == Rule::relu || rule == Rule::elu1) project_kink(run, rule, panel, level, change, drive);
    at_stages(schemes[kind], drive, rate, value);
    rate = after(schemes[kind], drive, rate);
#pragma unroll
    for (int s = 0; s < Stages; ++s) run.hidden_stages[(std::size_t(panel) * Stages + s) * neurons + neuron] = value[s];
    if (store_schemes != nullptr) {
      at_stages(store_schemes[kind], value, deposit, drive);
      deposit = after(store_schemes[kind], value, deposit);
#pragma unroll
      for (int s = 0; s < Stages; ++s)
        run.deposit_stages[(std::size_t(panel) * Stages + s) * neurons + neuron] = drive[s];
    }
  }
  run.hidden[neuron] = rate;
  if (store_schemes != nullptr) run.deposit[neuron] = deposit;
}

/// Thread: one output neuron through all panels.
template <class Real, int Stages>
__global__ void output_kernel(OutputRun<Real> run) {
  const std::size_t neurons = run.shape.output_neurons();
  const std::size_t neuron = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (neuron >= neurons) return;
  const auto* schemes = reinterpret_cast<const Scheme<Real, Stages>*>(run.schemes);
  const Real target = run.value.target ? run.value.target[neuron] : Real(0);
  const Real change = run.value.start[neuron] - target;
  Real activity = run.output[neuron];
  for (int panel = 0; panel < run.panels.count; ++panel) {
    const auto& scheme = schemes[run.panels.kind[panel]];
    Real drive[Stages], value[Stages];
#pragma unroll
    for (int s = 0; s < Stages; ++s) drive[s] = target + run.panels.rho[panel * Stages + s] * change;
    if (run.output_stages != nullptr) {
      at_stages(scheme, drive, activity, value);
#pragma unroll
      for (int s = 0; s < Stages; ++s) {
        const int stage = panel * Stages + s;
        run.output_stages[std::size_t(stage) * neurons + neuron] = run.hebbian_weight[stage] * value[s];
      }
    }
    activity = after(scheme, drive, activity);
  }
  run.output[neuron] = activity;
}

/// Thread: one channel of one head in one of the three inputs.
template <class Real>
__global__ void inputs_kernel(InputRun<Real> run) {
  const std::size_t channels = run.shape.output_neurons();
  const std::size_t channel = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (channel >= channels) return;
#pragma unroll
  for (int input = 0; input < 3; ++input) {
    const Real target = run.target[input] ? run.target[input][channel] : Real(0);
    const std::size_t index = input * channels + channel;
    const Real now = target + run.rho * (run.start[index] - target);
    run.now[index] = now;
    if (run.phase_ends) run.start[index] = now;
  }
}

template <class Real>
__global__ void store_key_kernel(Shape shape, int token, Real scale, const Real* key, Real* stored) {
  const std::size_t channel = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (channel < shape.output_neurons()) stored[channel * shape.hidden + token] = scale * key[channel];
}

}  // namespace

template <class Real>
void launch_hidden(const HiddenRun<Real>& run, int stages_per_panel, cudaStream_t stream) {
  if (run.shape.hidden_neurons() == 0 || run.panels.count == 0) return;
  const dim3 grid(blocks_for(run.shape.hidden, threads), run.shape.heads);
  if (stages_per_panel == 1)
    hidden_kernel<Real, 1><<<grid, threads, 0, stream>>>(run);
  else if (stages_per_panel == 4)
    hidden_kernel<Real, 4><<<grid, threads, 0, stream>>>(run);
  else
    hidden_kernel<Real, 12><<<grid, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_output(const OutputRun<Real>& run, int stages_per_panel, cudaStream_t stream) {
  if (run.shape.output_neurons() == 0 || run.panels.count == 0) return;
  const unsigned grid = blocks_for(run.shape.output_neurons(), threads);
  if (stages_per_panel == 1)
    output_kernel<Real, 1><<<grid, threads, 0, stream>>>(run);
  else if (stages_per_panel == 4)
    output_kernel<Real, 4><<<grid, threads, 0, stream>>>(run);
  else
    output_kernel<Real, 12><<<grid, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_inputs(const InputRun<Real>& run, cudaStream_t stream) {
  if (run.shape.output_neurons() == 0) return;
  inputs_kernel<<<blocks_for(run.shape.output_neurons(), threads), threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_store_key(const Shape& shape, int token, Real scale, const Real* key, Real* stored, cudaStream_t stream) {
  if (shape.output_neurons() == 0) return;
  store_key_kernel<<<blocks_for(shape.output_neurons(), threads), threads, 0, stream>>>(shape, token, scale, key,
                                                                                        stored);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_hidden(const HiddenRun<float>&, int, cudaStream_t);
template void launch_hidden(const HiddenRun<double>&, int, cudaStream_t);
template void launch_output(const OutputRun<float>&, int, cudaStream_t);
template void launch_output(const OutputRun<double>&, int, cudaStream_t);
template void launch_inputs(const InputRun<float>&, cudaStream_t);
template void launch_inputs(const InputRun<double>&, cudaStream_t);
template void launch_store_key(const Shape&, int, float, const float*, float*, cudaStream_t);
template void launch_store_key(const Shape&, int, double, const double*, double*, cudaStream_t);

}  // namespace tripartite::attention::cuda
