#pragma once

#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/synapse/advance.hpp"

namespace tripartite::synapse::cuda {

inline constexpr int threads = 128;

/// The parameters of synapse i, in registers.
template <class Real, class Run>
__device__ __forceinline__ TripartiteSynapse<Real> own_model(const Run& run, std::size_t i) {
  TripartiteSynapse<Real> model{run.shared, run.options};
#define TRIPARTITE_LOAD(name, symbol, standard, unit, least, meaning) \
  if (run.varied.name != nullptr) model.p.name = run.varied.name[i];
  TRIPARTITE_SYNAPSE_PARAMETERS(TRIPARTITE_LOAD)
#undef TRIPARTITE_LOAD
  return model;
}

template <class Real>
__device__ __forceinline__ void load(const AdvanceRun<Real>& run, std::size_t i, Real (&y)[state_count]) {
#pragma unroll
  for (int s = 0; s < state_count; ++s) y[s] = run.state[s][i];
}

/// The first state that is outside its domain (NaN is outside of any), or -1.
template <class Real>
__device__ __forceinline__ int outside_domain(const Real (&y)[state_count], const Real (&highest)[state_count]) {
  int fault = -1;
#pragma unroll
  for (int s = 0; s < state_count; ++s)
    if (!(y[s] >= Real(-0.01) && y[s] <= highest[s]) && fault < 0) fault = s;
  return fault;
}

/// Stores the state, and tells of one outside its domain.
template <class Real>
__device__ __forceinline__ void store(const AdvanceRun<Real>& run, std::size_t i, const Real (&y)[state_count]) {
#pragma unroll
  for (int s = 0; s < state_count; ++s) run.state[s][i] = y[s];
  const int fault = outside_domain(y, run.highest);
  if (fault >= 0) atomicMin(run.fault, (unsigned long long)(i)*16 + fault);
}

template <class Real>
__device__ __forceinline__ void note(const AdvanceRun<Real>& run, const ReleaseRecord& record) {
  const unsigned long long at = atomicAdd(run.records, 1ULL);
  if (at < run.capacity) run.record[at] = record;
}

/// The first arrival at synapse i or behind.
template <class Real>
__device__ __forceinline__ std::size_t first_arrival(const AdvanceRun<Real>& run, std::size_t i) {
  std::size_t low = 0, high = run.arrivals;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (run.arrival[middle].synapse < i)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/// The arrivals at one synapse, one after the other.
template <class Real>
struct Arrivals {
  const AdvanceRun<Real>& run;
  std::size_t synapse, at;
  int next;  // step, or run.steps

  __device__ __forceinline__ Arrivals(const AdvanceRun<Real>& all, std::size_t i)
      : run(all), synapse(i), at(first_arrival(all, i)), next(step()) {}
  __device__ __forceinline__ int step() const {
    return at < run.arrivals && run.arrival[at].synapse == synapse ? run.arrival[at].step : run.steps;
  }
  __device__ __forceinline__ void pass() {
    ++at;
    next = step();
  }
};

}  // namespace tripartite::synapse::cuda
