#include <algorithm>

#include "kernels/attention/finite.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"

namespace tripartite::attention::cuda {
namespace {

constexpr unsigned threads = 256, most_blocks = 1024;

/// Values that are not finite are rare, so that the atomic operation is, too.
template <class Real>
__global__ void first_non_finite_kernel(const Real* values, std::size_t count, unsigned long long* found) {
  const std::size_t stride = std::size_t(gridDim.x) * threads;
  for (std::size_t i = std::size_t(blockIdx.x) * threads + threadIdx.x; i < count; i += stride)
    if (!isfinite(values[i])) {
      atomicMin(found, (unsigned long long)i);
      return;  // a thread meets its values in rising order
    }
}

}  // namespace

template <class Real>
std::size_t first_non_finite(const Real* values, std::size_t count, DeviceBuffer<unsigned long long>& found,
                             cudaStream_t stream) {
  unsigned long long first = count;
  if (count == 0) return count;
  found.upload({&first, 1}, 0, stream);
  const unsigned blocks = std::min(blocks_for(count, threads), most_blocks);
  first_non_finite_kernel<<<blocks, threads, 0, stream>>>(values, count, found.data());
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
  found.download({&first, 1}, 0, stream);
  return first;
}

template std::size_t first_non_finite(const float*, std::size_t, DeviceBuffer<unsigned long long>&, cudaStream_t);
template std::size_t first_non_finite(const double*, std::size_t, DeviceBuffer<unsigned long long>&, cudaStream_t);

}  // namespace tripartite::attention::cuda
