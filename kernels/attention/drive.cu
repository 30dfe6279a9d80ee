#include "kernels/attention/drive.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/launch.hpp"
#include "kernels/reduction.cuh"

namespace tripartite::attention::cuda {
namespace {

constexpr int threads = 128;

/// Thread: one hidden neuron; its two products with the projection's column go on side by side.
template <class Real>
__global__ void logits_kernel(Shape shape, FeatureView<Real> side, Input<Real> input, Drive<Real> drive) {
  const int head = blockIdx.y;
  const int j = blockIdx.x * threads + threadIdx.x;
  if (j >= shape.hidden) return;
  const Real* column = side.projection + std::size_t(head) * shape.width * shape.hidden + j;
  const std::size_t neuron = std::size_t(head) * shape.hidden + j;
  Real level = side.offset ? side.offset[neuron] : Real(0);
  Real change = 0;
  for (int c = 0; c < shape.width; ++c) {
    const std::size_t channel = std::size_t(head) * shape.width + c;
    const Real target = input.target ? input.target[channel] : Real(0);
    const Real weight = column[std::size_t(c) * shape.hidden];
    level += weight * target;
    change += weight * (input.start[channel] - target);
  }
  drive.level[neuron] = level;
  drive.change[neuron] = change;
}

/// Block: one warp, one head. s(x) = constant + linear x - |norm x + norm_offset|^2 / 2 at x = target + rho change.
template <class Real>
__global__ void scores_kernel(Shape shape, FeatureView<Real> side, Input<Real> input, Drive<Real> drive) {
  const int head = blockIdx.x;
  const int lane = threadIdx.x;
  const std::size_t first = std::size_t(head) * shape.width;
  const auto target = [&](int c) { return input.target ? input.target[first + c] : Real(0); };
  Real score[3] = {0, 0, 0};
  for (int row = lane; row < shape.width; row += 32) {
    Real level = side.norm_offset ? side.norm_offset[first + row] : Real(0);
    Real change = 0;
    if (side.norm)
      for (int c = 0; c < shape.width; ++c) {
        const Real weight = side.norm[(first + c) * shape.width + row];
        level += weight * target(c);
        change += weight * (input.start[first + c] - target(c));
      }
    score[0] -= level * level / 2;
    score[1] -= level * change;
    score[2] -= change * change / 2;
    if (side.linear) {
      score[0] += side.linear[first + row] * target(row);
      score[1] += side.linear[first + row] * (input.start[first + row] - target(row));
    }
  }
  for (Real& part : score) part = warp_sum(part);
  if (lane == 0) {
    drive.score[3 * head] = score[0] + (side.constant ? side.constant[head] : Real(0));
    drive.score[3 * head + 1] = score[1];
    drive.score[3 * head + 2] = score[2];
  }
}

/// Warp: one stage of one head.
template <class Real>
__global__ void shift_kernel(Shape shape, Drive<Real> drive, int stored, const Real* rho, int stages, Real* shift) {
  const int head = blockIdx.y;
  const int stage = blockIdx.x * (threads / 32) + threadIdx.x / 32;
  const int lane = threadIdx.x % 32;
  if (stage >= stages) return;
  const std::size_t first = std::size_t(head) * shape.hidden;
  // Every lane starts from a stored neuron, so that no sentinel is needed.
  Real largest = drive.level[first] + rho[stage] * drive.change[first];
  for (int j = lane; j < stored; j += 32)
    largest = max(largest, drive.level[first + j] + rho[stage] * drive.change[first + j]);
  largest = warp_max(largest);
  if (lane == 0) shift[std::size_t(stage) * shape.heads + head] = largest;
}

/// Block: one warp, one panel of one head. All lanes agree on which logit is the largest, and on which one is next.
template <class Real>
__global__ void shift_kinks_kernel(Shape shape, Drive<Real> drive, int stored, Panels<Real> panels,
                                   PanelMoments<Real> moments, Real* shift) {
  constexpr int stages = PanelMoments<Real>::count;
  const int panel = blockIdx.x, head = blockIdx.y, lane = threadIdx.x;
  const Real* level = drive.level + std::size_t(head) * shape.hidden;
  const Real* change = drive.change + std::size_t(head) * shape.hidden;
  const Real begin = panels.border[panel], end = panels.border[panel + 1];
  // The logit with the largest key, of equal ones that which falls least.
  const auto agreed = [](Real key, Logit<Real> logit) {
    const Real largest = warp_max(key);
    const Real slope = -warp_max(key == largest ? -logit.change : Real(-INFINITY));
    const bool is_one = key == largest && logit.change == slope;
    return Overtaking<Real>{largest, {warp_max(is_one ? logit.level : Real(-INFINITY)), slope}};
  };
  const auto better = [](Real key, Real slope, const Overtaking<Real>& than) {
    return key > than.rho || (key == than.rho && slope < than.by.change);
  };

  Overtaking<Real> mine{level[0] + begin * change[0], {level[0], change[0]}};
  for (int j = lane; j < stored; j += 32) {
    const Real logit = level[j] + begin * change[j];
    if (better(logit, change[j], mine)) mine = {logit, {level[j], change[j]}};
  }
  const Logit<Real> first = agreed(mine.rho, mine.by).by;
  const auto next = [&](Logit<Real> now) {
    Overtaking<Real> soonest{end, now};
    for (int j = lane; j < stored; j += 32) {
      if (!(change[j] < now.change)) continue;
      const Real rho = (level[j] - now.level) / (now.change - change[j]);
      if (better(rho, change[j], soonest)) soonest = {rho, {level[j], change[j]}};
    }
    return agreed(soonest.rho, soonest.by);
  };
  Real largest[stages];
  if (!project_largest(moments, first, begin, end, panels.span[panel], next, panels.rho + panel * stages, largest))
    return;
#pragma unroll
  for (int s = 0; s < stages; ++s)
    if (lane == s) shift[std::size_t(panel * stages + s) * shape.heads + head] = largest[s];
}

}  // namespace

template <class Real>
void launch_logits(const Shape& shape, const FeatureView<Real>& side, const Input<Real>& input,
                   const Drive<Real>& drive, cudaStream_t stream) {
  if (shape.hidden_neurons() == 0) return;
  logits_kernel<<<dim3(blocks_for(shape.hidden, threads), shape.heads), threads, 0, stream>>>(shape, side, input,
                                                                                              drive);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_scores(const Shape& shape, const FeatureView<Real>& side, const Input<Real>& input,
                   const Drive<Real>& drive, cudaStream_t stream) {
  if (shape.heads == 0) return;
  scores_kernel<<<shape.heads, 32, 0, stream>>>(shape, side, input, drive);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_shift(const Shape& shape, const Drive<Real>& drive, int stored, const Real* rho, int stages, Real* shift,
                  cudaStream_t stream) {
  if (shape.heads == 0 || stages == 0) return;
  if (stored == 0) {
    TRIPARTITE_CUDA_TRY(cudaMemsetAsync(shift, 0, sizeof(Real) * shape.heads * stages, stream));
    return;
  }
  shift_kernel<<<dim3(blocks_for(stages, threads / 32), shape.heads), threads, 0, stream>>>(shape, drive, stored, rho,
                                                                                            stages, shift);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template <class Real>
void launch_shift_kinks(const Shape& shape, const Drive<Real>& drive, int stored, const Panels<Real>& panels,
                        const PanelMoments<Real>& moments, Real* shift, cudaStream_t stream) {
  if (shape.heads == 0 || panels.count == 0 || stored == 0) return;
  shift_kinks_kernel<<<dim3(panels.count, shape.heads), 32, 0, stream>>>(shape, drive, stored, panels, moments, shift);
  TRIPARTITE_CUDA_TRY(cudaGetLastError());
}

template void launch_logits(const Shape&, const FeatureView<float>&, const Input<float>&, const Drive<float>&,
                            cudaStream_t);
template void launch_scores(const Shape&, const FeatureView<float>&, const Input<float>&, const Drive<float>&,
                            cudaStream_t);
template void launch_shift(const Shape&, const Drive<float>&, int, const float*, int, float*, cudaStream_t);
template void launch_logits(const Shape&, const FeatureView<double>&, const Input<double>&, const Drive<double>&,
                            cudaStream_t);
template void launch_scores(const Shape&, const FeatureView<double>&, const Input<double>&, const Drive<double>&,
                            cudaStream_t);
template void launch_shift(const Shape&, const Drive<double>&, int, const double*, int, double*, cudaStream_t);
template void launch_shift_kinks(const Shape&, const Drive<float>&, int, const Panels<float>&,
                                 const PanelMoments<float>&, float*, cudaStream_t);
template void launch_shift_kinks(const Shape&, const Drive<double>&, int, const Panels<double>&,
                                 const PanelMoments<double>&, double*, cudaStream_t);

}  // namespace tripartite::attention::cuda
