#include "kernels/attention/frames.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace tripartite::attention::cuda {

template <class Real>
void Frames<Real>::set_sources(const std::vector<Element<Real>>& sources, cudaStream_t stream) {
  sources_ = DeviceBuffer<Element<Real>>(sources.size());
  sources_.upload(sources, 0, stream);
  ring_ = {};
  capacity_ = 0;
  drop();
}

template <class Real>
void Frames<Real>::reserve(std::size_t frames, cudaStream_t stream) {
  if (!has_sources() || count_ + frames <= capacity_) return;
  collect(stream);
  if (frames <= capacity_) return;
  capacity_ = std::max(frames, std::size_t(64));
  ring_ = DeviceBuffer<Real>(capacity_ * sources_.size());
}

template <class Real>
void Frames<Real>::record(cudaStream_t stream) {
  launch_frame(int(sources_.size()), sources_.data(), ring_.data() + count_ * sources_.size(), stream);
  ++count_;
}

template <class Real>
void Frames<Real>::collect(cudaStream_t stream) {
  if (count_ == 0) return;
  const std::size_t before = collected_.size();
  collected_.resize(before + count_ * sources_.size());
  ring_.download(std::span(collected_).subspan(before), 0, stream);
  count_ = 0;
}

template <class Real>
std::vector<Real> Frames<Real>::take(cudaStream_t stream) {
  collect(stream);
  return std::exchange(collected_, {});
}

template <class Real>
void Frames<Real>::drop() {
  count_ = 0;
  collected_.clear();
}

template class Frames<float>;
template class Frames<double>;

}  // namespace tripartite::attention::cuda
