#pragma once

#include "host/backend/cuda_module.hpp"

namespace tripartite::cuda {

/// Names and memory of the devices, without a context on any of them.
CudaDevices devices();

/// How many devices there are; throws DeviceError if there is none.
int device_count();

}  // namespace tripartite::cuda
