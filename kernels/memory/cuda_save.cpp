// CudaEngine: between padded rows in device memory and the arrays of a stream.
#include <algorithm>
#include <vector>

#include "kernels/cuda_check.hpp"
#include "kernels/memory/cuda_engine.hpp"

namespace tripartite::memory::cuda {
namespace {

/// `rows` rows of `count` values. Rows of a stream are contiguous, those on the device `pitch` values apart.
template <class T>
void download_rows(T* to, const T* from, std::size_t count, std::size_t pitch, std::size_t rows, cudaStream_t stream) {
  if (count > 0)
    TRIPARTITE_CUDA_TRY(cudaMemcpy2DAsync(to, count * sizeof(T), from, pitch * sizeof(T), count * sizeof(T), rows,
                                          cudaMemcpyDeviceToHost, stream));
}

template <class T>
void upload_rows(T* to, const T* from, std::size_t count, std::size_t pitch, std::size_t rows, cudaStream_t stream) {
  if (count > 0)
    TRIPARTITE_CUDA_TRY(cudaMemcpy2DAsync(to, pitch * sizeof(T), from, count * sizeof(T), count * sizeof(T), rows,
                                          cudaMemcpyHostToDevice, stream));
}

}  // namespace

template <class Real>
void CudaEngine<Real>::save_to(MemoryState<Real>& state) const {
  const std::size_t n = std::size_t(this->neurons()), cues = std::size_t(network_.cues),
                    stride = std::size_t(network_.stride);
  download_rows(state.neurons.data(), network_.moment_neurons, n, stride, cues, stream_);
  download_rows(state.currents.data(), network_.moment_current, n, stride, cues, stream_);
  download_rows(state.projections.data(), network_.moment_projection, std::size_t(this->patterns()),
                std::size_t(network_.pattern_stride), cues, stream_);
  for (std::size_t cue = 0; cue < cues; ++cue) {
    const int side = side_[cue];
    const std::ptrdiff_t first = std::ptrdiff_t(cue) * network_.pairs();
    download_rows(state.synapses.data() + cue * n * n, network_.synapse[side] + first, n, stride, n, stream_);
    download_rows(state.processes.data() + cue * n * n, network_.process[side] + first, n, stride, n, stream_);
  }
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
}

template <class Real>
void CudaEngine<Real>::load_from(const MemoryState<Real>& state) {
  const std::size_t n = std::size_t(this->neurons()), cues = std::size_t(network_.cues),
                    stride = std::size_t(network_.stride);
  begin_on_first_side();
  upload_rows(network_.moment_neurons, state.neurons.data(), n, stride, cues, stream_);
  activate_neurons(network_, stream_);
  upload_rows(network_.moment_current, state.currents.data(), n, stride, cues, stream_);
  upload_rows(network_.moment_projection, state.projections.data(), std::size_t(this->patterns()),
              std::size_t(network_.pattern_stride), cues, stream_);
  for (auto* field : {synapse_, process_}) field[0].clear(stream_);
  upload_rows(network_.synapse[0], state.synapses.data(), n, stride, cues * n, stream_);
  upload_rows(network_.process[0], state.processes.data(), n, stride, cues * n, stream_);
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
}

template <class Real>
void CudaEngine<Real>::replace(Field field, int cue, std::size_t first, std::span<const Real> values) {
  const int side = side_[std::size_t(cue)];
  Real* to = field == Field::neuron    ? network_.moment_neurons + network_.row(0, cue)
             : field == Field::synapse ? network_.synapse[side] + cue * network_.pairs()
                                       : network_.process[side] + cue * network_.pairs();
  const std::size_t n = std::size_t(this->neurons());
  while (!values.empty()) {
    const std::size_t row = first / n, column = first % n, count = std::min(n - column, values.size());
    upload_rows(to + row * std::size_t(network_.stride) + column, values.data(), count, count, 1, stream_);
    values = values.subspan(count);
    first += count;
  }
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
}

template <class Real>
void CudaEngine<Real>::recouple(int cue) {
  activate_neurons(network_, stream_);
  const CueStep alone{cue, {}};
  set_tasks(std::span(&alone, 1));
  pass(0, false);
}

template void CudaEngine<float>::save_to(MemoryState<float>&) const;
template void CudaEngine<double>::save_to(MemoryState<double>&) const;
template void CudaEngine<float>::load_from(const MemoryState<float>&);
template void CudaEngine<double>::load_from(const MemoryState<double>&);
template void CudaEngine<float>::replace(Field, int, std::size_t, std::span<const float>);
template void CudaEngine<double>::replace(Field, int, std::size_t, std::span<const double>);
template void CudaEngine<float>::recouple(int);
template void CudaEngine<double>::recouple(int);

}  // namespace tripartite::memory::cuda
