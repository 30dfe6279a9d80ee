#include "kernels/synapse/advance.cuh"
#include "kernels/synapse/advance_adaptive.hpp"
#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/synapse/two_clocks.hpp"

namespace tripartite::synapse::cuda {
namespace {

template <class Real>
struct TableInputs {
  const Real* rate;
  const Real* bias;
  Real factor;
  __device__ __forceinline__ Input<Real> operator()(int half) const {
    return {factor * rate[half], bias[half], Real(0)};
  }
};

/// Thread: one synapse through all steps of the launch.
template <class Method, bool any_varied, bool two_clocks, class Real>
__global__ void __launch_bounds__(threads, 1) advance_kernel(AdvanceRun<Real> run) {
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= run.synapses) return;
  const TripartiteSynapse<Real> model =
      any_varied ? own_model<Real>(run, i) : TripartiteSynapse<Real>{run.shared, run.options};
  TableInputs<Real> inputs{run.rate, run.bias, run.rate_factor != nullptr ? run.rate_factor[i] : Real(1)};
  Real y[state_count];
  load(run, i, y);
  Arrivals<Real> arrivals(run, i);
  std::uint64_t releases = 0;
  Real sum = two_clocks ? run.receptor_sum[i] : Real(0);
  int phase = run.phase;
  for (int step = 0; step < run.steps; ++step) {
    const Real before = y[TripartiteSynapse<Real>::watched];
    for (int part = 0; part < run.substeps; ++part) {
      if constexpr (two_clocks)
        fast_step<Method>(model, y, run.dt, inputs, sum);
      else
        Method::step(model, y, run.dt, inputs);
      inputs.rate += 2;
      inputs.bias += 2;
    }
    if constexpr (two_clocks) {
      if (++phase == run.calcium_every) {
        slow_step(model, y, run.slow_dt, inputs(0), sum * (Real(1) / Real(phase * run.substeps)));
        phase = 0;
        sum = Real(0);
      }
    }
    for (; arrivals.next == step; arrivals.pass()) model.spike(y, true);
    if (before <= model.p.C_Theta && y[TripartiteSynapse<Real>::watched] > model.p.C_Theta) {
      model.crossed(y, true);
      releases |= std::uint64_t(1) << step;
    }
  }
  store(run, i, y);
  if constexpr (two_clocks) run.receptor_sum[i] = sum;
  if (releases != 0) note(run, {0, releases, i});
}

template <class Method, bool two_clocks, class Real>
void launch_on_clocks(const AdvanceRun<Real>& run, cudaStream_t stream) {
  const unsigned blocks = blocks_for(run.synapses, threads);
  if (run.any_varied)
    advance_kernel<Method, true, two_clocks><<<blocks, threads, 0, stream>>>(run);
  else
    advance_kernel<Method, false, two_clocks><<<blocks, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Method, class Real>
void launch(const AdvanceRun<Real>& run, cudaStream_t stream) {
  if (run.calcium_every > 1)
    launch_on_clocks<Method, true>(run, stream);
  else
    launch_on_clocks<Method, false>(run, stream);
}

}  // namespace

template <class Real>
void launch_advance(const AdvanceRun<Real>& run, cudaStream_t stream) {
  if (run.synapses == 0) return;
  switch (run.solver) {
    case Solver::exponential_euler: return launch<integrate::ExponentialEuler>(run, stream);
    case Solver::euler: return launch<integrate::Euler>(run, stream);
    case Solver::rk4: return launch<integrate::RungeKutta4>(run, stream);
    default: return launch_adaptive(run, stream);
  }
}

template void launch_advance(const AdvanceRun<float>&, cudaStream_t);
template void launch_advance(const AdvanceRun<double>&, cudaStream_t);

}  // namespace tripartite::synapse::cuda
