#pragma once

#include <cstdint>

#include "kernels/population/loops.hpp"

// How far a network is, and whether it goes on. `Run` has `progress`, `offset` and `fault`.
namespace tripartite::population::cuda {

/// The step of a launch since the host looked.
template <class Run>
__device__ __forceinline__ std::uint32_t step_of(const Run& run) {
  return run.progress->step + run.offset;
}

/// Whether a state left its domain in an earlier step: then the network stays as it was at the end of that one. A fault
/// of the present step does not count, or the result would depend on the order of blocks.
template <class Run>
__device__ __forceinline__ bool has_stopped(const Run& run) {
  return fault_step(*(const volatile unsigned long long*)(run.fault)) < step_of(run);
}

/// Adds the sum of a launch to the input of element i.
template <class Real, class Run>
__device__ __forceinline__ void add_to(const Total<Real>& total, const Run& run, std::size_t i, double sum) {
  if (!total.is_first) sum += total.partial[i];
  if (!total.is_last) {
    total.partial[i] = sum;
    return;
  }
  double beside = total.base != nullptr ? total.base[i] : 0.0;
  if (total.common != nullptr) {
    const double common =
        total.common[std::size_t(step_of(run)) * std::size_t(total.common_stride) + std::size_t(total.common_at)];
    beside += total.factor != nullptr ? common * double(total.factor[i]) : common;
  }
  total.value[i] = Real(sum + beside);
}

}  // namespace tripartite::population::cuda
