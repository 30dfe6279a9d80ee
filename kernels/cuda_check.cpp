#include "kernels/cuda_check.hpp"

#include <string>
#include <string_view>

#include "tripartite/error.hpp"

namespace tripartite::detail {

void throw_device_error(cudaError_t status, const char* call, const char* file, int line) {
  (void)cudaGetLastError();
  std::string_view place(file);
  if (const auto room = place.rfind("kernels/"); room != std::string_view::npos) place.remove_prefix(room);
  throw DeviceError(std::string(call) + " failed at " + std::string(place) + ":" + std::to_string(line) + ": " +
                    cudaGetErrorName(status) + ": " + cudaGetErrorString(status));
}

}  // namespace tripartite::detail
