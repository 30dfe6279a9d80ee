#pragma once

#include <cuda_runtime_api.h>

#include <vector>

#include "kernels/attention/gather.hpp"
#include "kernels/device_buffer.hpp"

namespace tripartite::attention::cuda {

/// Frames of probes, kept on the device until they are asked for or no room is left.
template <class Real>
class Frames {
 public:
  /// Drops all frames.
  void set_sources(const std::vector<Element<Real>>& sources, cudaStream_t stream);
  bool has_sources() const { return sources_.size() > 0; }

  /// Makes room for `frames` more, before a phase: so that none is moved while it runs.
  void reserve(std::size_t frames, cudaStream_t stream);
  /// Enqueues one frame.
  void record(cudaStream_t stream);
  /// All frames since the last call, [frames][probes]. Waits for `stream`.
  std::vector<Real> take(cudaStream_t stream);
  void drop();

 private:
  void collect(cudaStream_t stream);

  DeviceBuffer<Element<Real>> sources_;
  DeviceBuffer<Real> ring_;  // [capacity_][probes]
  std::size_t capacity_ = 0, count_ = 0;
  std::vector<Real> collected_;  // older than those in the ring
};

}  // namespace tripartite::attention::cuda
