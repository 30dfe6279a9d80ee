#pragma once

#include <cuda_runtime_api.h>

#include <memory>

#include "kernels/cuda_check.hpp"

namespace tripartite {

/// Owns a stream of the device that was current when it was made; it does not wait for the default stream.
class Stream {
 public:
  Stream() {
    cudaStream_t stream = nullptr;
    TRIPARTITE_CUDA_TRY(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    stream_.reset(stream);
  }
  operator cudaStream_t() const { return stream_.get(); }

 private:
  struct Destroy {
    void operator()(cudaStream_t stream) const noexcept { (void)cudaStreamDestroy(stream); }
  };
  std::unique_ptr<CUstream_st, Destroy> stream_;
};

/// Makes a device current for a scope; device memory and streams belong to the one that is current when they are made.
class CurrentDevice {
 public:
  explicit CurrentDevice(int device) {
    TRIPARTITE_CUDA_TRY(cudaGetDevice(&before_));
    if (device == before_) return;
    TRIPARTITE_CUDA_TRY(cudaSetDevice(device));
    changed_ = true;
  }
  ~CurrentDevice() {
    if (changed_) (void)cudaSetDevice(before_);
  }
  CurrentDevice(const CurrentDevice&) = delete;
  CurrentDevice& operator=(const CurrentDevice&) = delete;

 private:
  int before_ = 0;
  bool changed_ = false;
};

}  // namespace tripartite
