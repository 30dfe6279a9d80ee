#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

#include "kernels/stream.hpp"

namespace tripartite::network::cuda {

/// Launches that do not wait for each other, between what a stream did before and what it does after. In a recorded
/// graph they become branches.
class Branches {
 public:
  /// `main` goes on to belong to the caller.
  explicit Branches(cudaStream_t main) : main_(main), begun_(make_event()) {}

  /// What follows on the streams of `next` waits for what is on the main one now.
  void begin() {
    TRIPARTITE_CUDA_TRY(cudaEventRecord(begun_.get(), main_));
    used_ = 0;
  }
  /// A stream for launches that are independent of those on the others since `begin`; the main one first.
  cudaStream_t next() {
    if (used_++ == 0) return main_;
    const std::size_t which = (used_ - 2) % most_sides;
    if (which == sides_.size()) sides_.push_back({Stream(), make_event()});
    if (used_ - 2 < most_sides) TRIPARTITE_CUDA_TRY(cudaStreamWaitEvent(sides_[which].stream, begun_.get(), 0));
    return sides_[which].stream;
  }
  /// The main stream waits for the others.
  void join() {
    for (std::size_t which = 0; which + 1 < used_ && which < most_sides; ++which) {
      TRIPARTITE_CUDA_TRY(cudaEventRecord(sides_[which].ended.get(), sides_[which].stream));
      TRIPARTITE_CUDA_TRY(cudaStreamWaitEvent(main_, sides_[which].ended.get(), 0));
    }
    used_ = 0;
  }

 private:
  struct Destroy {
    void operator()(cudaEvent_t event) const noexcept { (void)cudaEventDestroy(event); }
  };
  using Event = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>, Destroy>;
  struct Side {
    Stream stream;
    Event ended;
  };
  static constexpr std::size_t most_sides = 3;

  static Event make_event() {
    cudaEvent_t event = nullptr;
    TRIPARTITE_CUDA_TRY(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    return Event(event);
  }

  cudaStream_t main_;
  Event begun_;
  std::vector<Side> sides_;
  std::size_t used_ = 0;  // streams since begin, as if there were no limit
};

}  // namespace tripartite::network::cuda
