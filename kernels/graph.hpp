#pragma once

#include <cuda_runtime_api.h>

#include <memory>
#include <type_traits>

#include "kernels/cuda_check.hpp"

namespace tripartite {

/// A sequence of launches, recorded once and launched as one.
class Graph {
 public:
  Graph() = default;
  /// Calls `enqueue`, whose work on `stream` is recorded instead of done. The stream's other work does not matter.
  template <class Enqueue>
  Graph(cudaStream_t stream, const Enqueue& enqueue) {
    TRIPARTITE_CUDA_TRY(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    cudaGraph_t graph = nullptr;
    try {
      enqueue();
    } catch (...) {
      if (cudaStreamEndCapture(stream, &graph) == cudaSuccess)
        (void)cudaGraphDestroy(graph);
      else
        (void)cudaGetLastError();  // branches that were not joined: the exception says what happened
      throw;
    }
    TRIPARTITE_CUDA_TRY(cudaStreamEndCapture(stream, &graph));
    const std::unique_ptr<std::remove_pointer_t<cudaGraph_t>, Destroy> recorded(graph);
    cudaGraphExec_t launchable = nullptr;
    TRIPARTITE_CUDA_TRY(cudaGraphInstantiateWithFlags(&launchable, graph, 0));
    launchable_.reset(launchable);
  }

  explicit operator bool() const { return launchable_ != nullptr; }
  void launch(cudaStream_t stream) const { TRIPARTITE_CUDA_TRY(cudaGraphLaunch(launchable_.get(), stream)); }

 private:
  struct Destroy {
    void operator()(cudaGraph_t graph) const noexcept { (void)cudaGraphDestroy(graph); }
    void operator()(cudaGraphExec_t graph) const noexcept { (void)cudaGraphExecDestroy(graph); }
  };
  std::unique_ptr<std::remove_pointer_t<cudaGraphExec_t>, Destroy> launchable_;
};

}  // namespace tripartite
