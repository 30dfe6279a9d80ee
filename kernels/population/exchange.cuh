#pragma once

#include "kernels/population/elements.cuh"
#include "kernels/population/progress.cuh"
#include "kernels/reduction.cuh"

// Flow between pairs of elements, such as IP3 through gap junctions.
namespace tripartite::population::cuda {

template <class Model, class Real>
struct ExchangeArguments {
  OwnElements<Model, Real> elements;
  std::size_t size;
  const Real* here;
  const std::uint32_t *begin, *neighbour;
  Total<Real> total;
  const Progress* progress;
  std::uint32_t offset;
  const unsigned long long* fault;

  explicit ExchangeArguments(const ExchangeRun<Real>& run)
      : elements(run.elements),
        size(run.size),
        here(run.here),
        begin(run.begin),
        neighbour(run.neighbour),
        total(run.total),
        progress(run.progress),
        offset(run.offset),
        fault(run.fault) {}
};

/// Warp: one element; its lanes share the neighbours.
template <class Model, class Real>
__global__ void __launch_bounds__(threads) exchange_kernel(const ExchangeArguments<Model, Real> run) {
  const std::size_t i = std::size_t(blockIdx.x) * (threads / 32) + threadIdx.x / 32;
  const unsigned lane = threadIdx.x % 32;
  if (i >= run.size || has_stopped(run)) return;
  const Model model = own_model<true>(run.elements, 0);
  const Real own = run.here[i];
  double sum = 0;
  for (std::uint32_t k = run.begin[i] + lane; k < run.begin[i + 1]; k += 32)
    sum += double(model.exchange(own, run.here[run.neighbour[k]]));
  sum = warp_sum(sum);
  if (lane == 0) add_to(run.total, run, i, sum);
}

template <class Family, class Real>
void launch_exchange(const ExchangeRun<Real>& run, cudaStream_t stream) {
  using Model = typename Family::template Of<Real>;
  if (run.size == 0) return;
  exchange_kernel<<<blocks_for(run.size, threads / 32), threads, 0, stream>>>(ExchangeArguments<Model, Real>(run));
}

}  // namespace tripartite::population::cuda
