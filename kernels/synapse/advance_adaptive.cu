#include "kernels/synapse/advance.cuh"
#include "kernels/synapse/advance_adaptive.hpp"
#include "tripartite/integrate/adaptive.hpp"
#include "tripartite/integrate/dormand_prince.hpp"
#include "tripartite/integrate/rosenbrock.hpp"
#include "tripartite/synapse/linearised.hpp"
#include "tripartite/synapse/signal_inputs.hpp"

namespace tripartite::synapse::cuda {
namespace {

/// Tells of a crossing that was located.
template <class Real>
struct Note {
  const AdvanceRun<Real>& run;
  std::size_t synapse;
  double began;
  __device__ __forceinline__ void operator()(bool here, Real t) const {
    if (here) note(run, {began + double(t), 0, synapse});
  }
};

/// A parameter of the thread's synapse in shared memory: the stages of a method need the registers. Volatile, or the
/// compiler would load all of them once, and spill.
template <class Real>
struct SharedValue {
  const volatile Real* value;
  __device__ __forceinline__ operator Real() const { return *value; }
};

/// The model of synapse i; `place` is shared memory for the parameters of a block, [parameter][thread].
template <bool any_varied, class Real>
__device__ __forceinline__ auto model_of(const AdvanceRun<Real>& run, std::size_t i, Real* place) {
  if constexpr (any_varied) {
    TripartiteSynapse<SharedValue<Real>> model;
    model.options = run.options;
#define TRIPARTITE_PLACE(name, symbol, standard, unit, least, meaning)        \
  {                                                                           \
    Real* own = place + index_##name * threads + threadIdx.x;                 \
    *own = run.varied.name != nullptr ? run.varied.name[i] : run.shared.name; \
    model.p.name.value = own;                                                 \
  }
    TRIPARTITE_SYNAPSE_PARAMETERS(TRIPARTITE_PLACE)
#undef TRIPARTITE_PLACE
    return model;
  } else {
    return TripartiteSynapse<Real>{run.shared, run.options};
  }
}

/// Thread: one synapse, from one arrival to the next.
template <template <class, int> class Method, bool any_varied, class Real>
__global__ void __launch_bounds__(threads, 1) adaptive_kernel(AdvanceRun<Real> run) {
  const std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x;
  if (i >= run.synapses) return;
  __shared__ Real place[any_varied ? parameter_count * threads : 1];
  const auto model = model_of<any_varied>(run, i, place);
  SignalInputs<Real, Real> inputs{run.rate_mean,   run.rate_sine,
                                  run.rate_cosine, run.rate_half_turns,
                                  run.bias_mean,   run.rate_factor != nullptr ? run.rate_factor[i] : Real(1),
                                  Real(0)};
  const integrate::Tolerance<Real> tolerance{run.relative, run.absolute};
  Real y[state_count];
  load(run, i, y);
  Real h = run.step_size[i];
  Arrivals<Real> arrivals(run, i);
  for (int step = 0; step < run.steps;) {
    const int until = arrivals.next < run.steps ? arrivals.next + 1 : run.steps;
    inputs.begin = Real(step) * run.dt;
    const Note<Real> on_crossing{run, i, double(step) * double(run.dt)};
    if (!integrate::advance_adaptive<Method>(model, inputs, y, Real(until - step) * run.dt, h, tolerance,
                                             on_crossing)) {
      atomicMin(run.fault, (unsigned long long)(i)*16 + 15);
      break;
    }
    step = until;
    for (; arrivals.next + 1 == step && arrivals.next < run.steps; arrivals.pass()) model.spike(y, true);
  }
  store(run, i, y);
  run.step_size[i] = h;
}

template <template <class, int> class Method, class Real>
void launch(const AdvanceRun<Real>& run, cudaStream_t stream) {
  const unsigned blocks = blocks_for(run.synapses, threads);
  if (run.any_varied)
    adaptive_kernel<Method, true><<<blocks, threads, 0, stream>>>(run);
  else
    adaptive_kernel<Method, false><<<blocks, threads, 0, stream>>>(run);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

}  // namespace

template <class Real>
void launch_adaptive(const AdvanceRun<Real>& run, cudaStream_t stream) {
  if (run.solver == Solver::rosenbrock)
    launch<integrate::Rosenbrock>(run, stream);
  else
    launch<integrate::DormandPrince>(run, stream);
}

template void launch_adaptive(const AdvanceRun<float>&, cudaStream_t);
template void launch_adaptive(const AdvanceRun<double>&, cudaStream_t);

}  // namespace tripartite::synapse::cuda
