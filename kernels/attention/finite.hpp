#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

namespace tripartite::attention::cuda {

/// Index of the first value that is not finite, or `count`. Waits for `stream`.
template <class Real>
std::size_t first_non_finite(const Real* values, std::size_t count, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
