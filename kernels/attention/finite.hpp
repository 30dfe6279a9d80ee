#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>

#include "kernels/device_buffer.hpp"

namespace tripartite::attention::cuda {

/// Index of the first value that is not finite, or `count`. `found` is a value of device memory for the answer. Waits
/// for `stream`.
template <class Real>
std::size_t first_non_finite(const Real* values, std::size_t count, DeviceBuffer<unsigned long long>& found,
                             cudaStream_t stream);

}  // namespace tripartite::attention::cuda
