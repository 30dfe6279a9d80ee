#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/network/device_memory.hpp"
#include "tripartite/network/signal.hpp"

namespace tripartite::network::cuda {

/// An input common to all elements, at ends and middles of substeps, in device memory.
template <class Value>
class Course {
 public:
  /// `half`: half a substep [s]; `per_step`: entries of a step.
  void want(DeviceMemory& memory, std::size_t points, double half, int per_step) {
    half_ = half;
    per_step_ = per_step;
    memory.want(values_, points);
  }
  /// The values from step `begin` of the run on; null if all are 0, whatever the time. The address does not change.
  const Value* tabulate(const Signal& signal, std::int64_t begin, cudaStream_t stream) {
    is_silent_ = is_silent(signal);
    if (is_silent_) return nullptr;
    const bool is_constant = signal.amplitude == 0;
    if (begin_ >= 0 && of_ == signal && (is_constant || begin_ == begin)) return values_.data();
    of_ = signal;
    begin_ = begin;
    host_.assign(values_.size(), Value(signal.mean));
    // By its place in the run, so that the same time is the same number however the run is cut.
    if (!is_constant)
      for (std::size_t i = 0; i < host_.size(); ++i)
        host_[i] = Value(signal(double(begin * per_step_ + std::int64_t(i)) * half_));
    values_.upload(host_, 0, stream);
    return values_.data();
  }
  /// What `tabulate` returned last.
  const Value* current() const { return is_silent_ ? nullptr : values_.data(); }
  static bool is_silent(const Signal& signal) { return signal.mean == 0 && signal.amplitude == 0; }

 private:
  bool is_silent_ = true;
  double half_ = 0;
  int per_step_ = 0;
  DeviceBuffer<Value> values_;
  std::vector<Value> host_;
  Signal of_;
  std::int64_t begin_ = -1;
};

}  // namespace tripartite::network::cuda
