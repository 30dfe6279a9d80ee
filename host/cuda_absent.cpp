// The CUDA entry points of a build without CUDA. Each is reached only if the caller ignores why_unavailable().
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite {

bool built_with_cuda() { return false; }

std::vector<Device> cuda_devices() { return {}; }

}  // namespace tripartite
