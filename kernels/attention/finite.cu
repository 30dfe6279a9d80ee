#include <thrust/device_ptr.h>
#include <thrust/execution_policy.h>
#include <thrust/find.h>
#include <thrust/system_error.h>

#include <string>

#include "kernels/attention/finite.hpp"
#include "kernels/cuda_check.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention::cuda {
namespace {

template <class Real>
struct IsNotFinite {
  __device__ bool operator()(Real value) const { return !isfinite(value); }
};

/// Thrust's temporaries. Its own allocator throws in a destructor if cudaFree fails, as it does after any device fault.
struct Scratch {
  using value_type = char;
  char* allocate(std::ptrdiff_t size) {
    void* first = nullptr;
    TRIPARTITE_CUDA_TRY(cudaMalloc(&first, std::size_t(size)));
    return static_cast<char*>(first);
  }
  void deallocate(char* first, std::size_t) noexcept { (void)cudaFree(first); }
};

}  // namespace

template <class Real>
std::size_t first_non_finite(const Real* values, std::size_t count, cudaStream_t stream) try {
  Scratch scratch;
  const auto begin = thrust::device_pointer_cast(values);
  return thrust::find_if(thrust::cuda::par(scratch).on(stream), begin, begin + count, IsNotFinite<Real>{}) - begin;
} catch (const thrust::system_error& error) {
  (void)cudaGetLastError();
  throw DeviceError(std::string("search for non-finite outputs failed: ") + error.what());
}

template std::size_t first_non_finite(const float*, std::size_t, cudaStream_t);
template std::size_t first_non_finite(const double*, std::size_t, cudaStream_t);

}  // namespace tripartite::attention::cuda
