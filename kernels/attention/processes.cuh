#pragma once

#include "kernels/attention/processes.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "tripartite/attention/process_calcium.hpp"

namespace tripartite::attention::cuda {

constexpr int process_threads =
    32;  // astrocytes are few, and each is a long chain of steps: spread them over the device

/// Thread: one astrocyte through all panels.
template <class Real, class Process>
__global__ void __launch_bounds__(process_threads) processes_kernel(ProcessRun<Real> run, Process process) {
  const std::size_t astrocytes = run.shape.all_astrocytes();
  const std::size_t owner = std::size_t(blockIdx.x) * process_threads + threadIdx.x;
  if (owner >= astrocytes) return;
  const ProcessScale& scale = run.scales[owner / run.shape.astrocytes];
  // Indexed at run time, which registers are not.
  __shared__ double produced_of[process_threads][integrate::max_stages],
      level_of[process_threads][integrate::max_stages];
  double* const produced = produced_of[threadIdx.x];
  double* const level = level_of[threadIdx.x];
  double state[Process::states];
  for (int i = 0; i < Process::states; ++i) state[i] = run.states[owner * Process::states + i];
  Real* calcium = run.calcium + owner;
  for (int panel = 0; panel < run.panels; ++panel) {
    for (int s = 0; s < run.stages; ++s)
      produced[s] =
          scale.production * double(run.global_calcium[(std::size_t(panel) * run.stages + s) * astrocytes + owner]);
    if (run.method == integrate::LinearMethod::collocation)
      collocate_process(process, state, run.nodes, run.lengths[panel], produced, level);
    else
      step_process(process, state, run.method, run.lengths[panel], produced, level);
    if (panel < run.first_panel) continue;
    for (int s = 0; s < run.stages; ++s, calcium += astrocytes) *calcium = Real(scale.modulatory(level[s]));
  }
  *calcium = Real(scale.modulatory(state[Process::calcium]));
  for (int i = 0; i < Process::states; ++i) run.states[owner * Process::states + i] = state[i];
}

/// A LaunchProcesses.
template <template <class> class Calcium, class Real>
void launch_processes(const ProcessRun<Real>& run, const double* parameters, cudaStream_t stream) {
  if (run.shape.all_astrocytes() == 0 || run.panels == 0) return;
  processes_kernel<<<blocks_for(run.shape.all_astrocytes(), process_threads), process_threads, 0, stream>>>(
      run, process_of<Calcium>(parameters, run.speed));
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

}  // namespace tripartite::attention::cuda
