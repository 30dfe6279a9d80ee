#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "kernels/population/loops.hpp"

namespace tripartite::network::cuda {

/// Members that are added up by one warp; groups are cut into chunks of so many, so that the order of a sum depends on
/// nothing but its group.
inline constexpr std::uint32_t chunk_members = 1024;

/// What a sum projection brings to each of its targets: sum over the members of its group of weight * value, or the
/// mean of the values.
template <class Real>
struct SumTerm {
  const Real* value = nullptr;
  const Real* weight = nullptr;                // or null: 1
  const std::uint32_t* member = nullptr;       // [members] places in value and weight, or null: group by group
  const std::uint32_t* begin = nullptr;        // [groups + 1] into member
  const std::uint32_t* chunk_begin = nullptr;  // [groups + 1] into chunk_sum, or null: none were formed
  const double* chunk_sum = nullptr;           // by launch_chunks
  bool is_mean = false;
};

inline constexpr int most_terms = 4;  // of a launch

/// Adds terms to an input of each element of a population.
template <class Real>
struct SumRun {
  SumTerm<Real> term[most_terms];
  int terms = 0;
  std::size_t groups = 0;
  population::cuda::Total<Real> total;
  const population::cuda::Progress* progress = nullptr;
  std::uint32_t offset = 0;
  const unsigned long long* fault = nullptr;
};

template <class Real>
void launch_sums(const SumRun<Real>& run, cudaStream_t stream);

/// Sums of the chunks of large groups, a warp each, that launch_sums then adds up.
template <class Real>
struct ChunkRun {
  SumTerm<Real> term;
  const std::uint32_t* group = nullptr;  // of each chunk
  std::uint32_t chunks = 0;
  double* sum = nullptr;  // out
  const population::cuda::Progress* progress = nullptr;
  std::uint32_t offset = 0;
  const unsigned long long* fault = nullptr;
};

template <class Real>
void launch_chunks(const ChunkRun<Real>& run, cudaStream_t stream);

}  // namespace tripartite::network::cuda
