#include <thrust/device_ptr.h>
#include <thrust/execution_policy.h>
#include <thrust/find.h>
#include <thrust/system_error.h>

#include <new>
#include <string>

#include "kernels/attention/finite.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention::cuda {
namespace {

template <class Real>
struct IsNotFinite {
  __device__ bool operator()(Real value) const { return !isfinite(value); }
};

}  // namespace

template <class Real>
std::size_t first_non_finite(const Real* values, std::size_t count, cudaStream_t stream) try {
  const auto begin = thrust::device_pointer_cast(values);
  return thrust::find_if(thrust::cuda::par.on(stream), begin, begin + count, IsNotFinite<Real>{}) - begin;
} catch (const thrust::system_error& error) {
  (void)cudaGetLastError();
  throw DeviceError(std::string("search for non-finite outputs failed: ") + error.what());
} catch (const std::bad_alloc& error) {
  (void)cudaGetLastError();
  throw DeviceError(std::string("search for non-finite outputs: no device memory: ") + error.what());
}

template std::size_t first_non_finite(const float*, std::size_t, cudaStream_t);
template std::size_t first_non_finite(const double*, std::size_t, cudaStream_t);

}  // namespace tripartite::attention::cuda
