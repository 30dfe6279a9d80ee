#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace tripartite::synapse::cuda {

/// values[i] = state[places[i]] for i < count; device memory.
template <class Real>
void launch_gather(const Real* state, const std::uint64_t* places, std::size_t count, Real* values,
                   cudaStream_t stream);

}  // namespace tripartite::synapse::cuda
