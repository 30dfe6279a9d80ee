#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace tripartite::network::cuda {

/// The releases of one synapse, of the user's index, since the host looked.
struct ReleaseRecord {
  std::uint32_t synapse, steps;
};

/// Moves the words of `released` that are not 0 to records, in no order, as far as there is room for them; `records`
/// counts all that there were.
void launch_collect(std::uint32_t* released, const std::uint32_t* original, std::size_t synapses, ReleaseRecord* record,
                    std::size_t capacity, unsigned long long* records, cudaStream_t stream);

/// to[original[i]] = from[i].
template <class Real>
void launch_reorder(const Real* from, const std::uint32_t* original, std::size_t size, Real* to, cudaStream_t stream);

/// to[k] = from[which[k]].
template <class Real>
void launch_gather(const Real* from, const std::uint64_t* which, std::size_t size, Real* to, cudaStream_t stream);

}  // namespace tripartite::network::cuda
