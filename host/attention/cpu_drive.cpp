#include "host/attention/cpu_drive.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tripartite/error.hpp"

namespace tripartite::attention::cpu {
namespace {

template <class Real>
constexpr Real minus_infinity = -std::numeric_limits<Real>::infinity();

Drive drive_of(Activation activation) {
  switch (activation) {
    case Activation::exponential: return Drive::exponential;
    case Activation::relu: return Drive::relu;
    case Activation::elu1: return Drive::elu1;
    case Activation::slots: return Drive::relu;  // while a token is written; describe() knows about reading
  }
  throw ConfigError("unknown activation of hidden neurons");
}

/// [rows x columns] to columns, each padded to `stride`.
template <class Real>
AlignedVector<Real> by_columns(const std::vector<double>& matrix, int columns, int stride) {
  AlignedVector<Real> result(std::size_t(columns) * std::size_t(stride), Real(0));
  for (std::size_t i = 0; i < matrix.size(); ++i)
    result[i % std::size_t(columns) * std::size_t(stride) + i / std::size_t(columns)] = Real(matrix[i]);
  return result;
}

}  // namespace

template <class Real>
Drives<Real>::Drives(const EngineSetup& setup, const Shape& shape, const NeuronKernels<Real>& kernels)
    : shape_(shape),
      kernels_(kernels),
      uses_slots_(setup.maps.front().activation == Activation::slots),
      z_inf_(std::size_t(shape.heads) * std::size_t(shape.stride)),
      delta_(z_inf_.size()) {
  for (const FeatureMap& map : setup.maps) {
    rule_.push_back(drive_of(map.activation));
    if (uses_slots_) continue;
    key_side_.push_back(narrowed(map.key));
    query_side_.push_back(narrowed(map.query));
  }
  if (!uses_slots_) return;
  stored_key_.assign(std::size_t(shape.rows()) * std::size_t(shape.stride), Real(0));
  slot_offset_.assign(std::size_t(shape.stride), minus_infinity<Real>);
}

template <class Real>
typename Drives<Real>::Side Drives<Real>::narrowed(const FeatureSide& from) const {
  Side to;
  to.projection = by_columns<Real>(from.projection, shape_.width, shape_.stride);
  to.offset.assign(std::size_t(shape_.stride), minus_infinity<Real>);
  for (int j = 0; j < shape_.hidden; ++j)
    to.offset[std::size_t(j)] = from.offset.empty() ? Real(0) : Real(from.offset[std::size_t(j)]);
  to.linear.assign(from.linear.begin(), from.linear.end());
  to.constant = Real(from.constant);
  if (from.norm.empty()) return to;
  to.norm = by_columns<Real>(from.norm, shape_.width, shape_.width_stride);
  to.norm_offset.assign(std::size_t(shape_.width_stride), Real(0));
  std::copy(from.norm_offset.begin(), from.norm_offset.end(), to.norm_offset.begin());
  return to;
}

template <class Real>
void Drives<Real>::reserve(const Plan<Real>& plan) {
  stages_ = plan.time.panels() * plan.time.stages;
  scalar_.resize(std::size_t(shape_.heads) * std::size_t(stages_));
}

template <class Real>
void Drives<Real>::prepare(const Plan<Real>& plan, int head, int token, const Real* filtered, const Real* target) {
  Real* z_inf = &z_inf_[std::size_t(head) * std::size_t(shape_.stride)];
  Real* delta = &delta_[std::size_t(head) * std::size_t(shape_.stride)];
  Real* scalar = &scalar_[std::size_t(head) * std::size_t(stages_)];
  if (uses_slots_ && !plan.is_read()) {  // one-hot: neuron `token` is driven to 1, the others to 0
    std::fill_n(z_inf, shape_.stride, Real(0));
    std::fill_n(delta, shape_.stride, Real(0));
    std::fill_n(scalar, stages_, Real(0));
    if (!plan.is_silent()) z_inf[token] = 1;
    return;
  }
  std::vector<Real> x(std::size_t(shape_.width), Real(0)), dx(filtered, filtered + shape_.width);
  for (std::size_t i = 0; i < x.size() && target != nullptr; ++i) {
    x[i] = target[i];
    dx[i] -= target[i];
  }
  const Side* side = nullptr;
  if (!uses_slots_) side = &(plan.is_read() ? query_side_ : key_side_)[std::size_t(head)];
  ProjectRun<Real> run{};
  run.inputs = shape_.width;
  run.stride = shape_.stride;
  run.matrix = side != nullptr ? side->projection.data() : &stored_key_[shape_.synapses(head, 0)];
  run.offset = side != nullptr ? side->offset.data() : slot_offset_.data();
  run.x = x.data();
  run.dx = dx.data();
  run.result = z_inf;
  run.change = delta;
  kernels_.project(run);
  if (side != nullptr) {
    const Scalar polynomial = scalar_of(*side, x, dx);
    for (int s = 0; s < stages_; ++s) scalar[s] = polynomial.at(plan.rho[std::size_t(s)]);
  } else {
    for (int s = 0; s < stages_; ++s)
      scalar[s] = stored_ > 0 ? -kernels_.largest_logit(z_inf, delta, plan.rho[std::size_t(s)], stored_) : Real(0);
    if (interpolates(plan) && stored_ > 0) project_shift(plan, z_inf, delta, scalar);
  }
}

/// Replaces the scalars of panels in which the largest logit changes hands.
template <class Real>
void Drives<Real>::project_shift(const Plan<Real>& plan, const Real* z_inf, const Real* delta, Real* scalar) const {
  constexpr int stages = PanelMoments<Real>::count;
  for (int panel = 0; panel < plan.time.panels(); ++panel, scalar += stages) {
    const Real begin = plan.border[std::size_t(panel)], end = plan.border[std::size_t(panel) + 1];
    Logit<Real> first{z_inf[0], delta[0]};
    for (int j = 1; j < stored_; ++j) {
      const Real more = (z_inf[j] + begin * delta[j]) - (first.level + begin * first.change);
      if (more > 0 || (more == 0 && delta[j] < first.change)) first = {z_inf[j], delta[j]};
    }
    const auto next = [&](Logit<Real> now) {
      Overtaking<Real> soonest{end, now};
      for (int j = 0; j < stored_; ++j) {
        if (!(delta[j] < now.change)) continue;
        const Real rho = (z_inf[j] - now.level) / (now.change - delta[j]);
        if (rho > soonest.rho || (rho == soonest.rho && delta[j] < soonest.by.change))
          soonest = {rho, {z_inf[j], delta[j]}};
      }
      return soonest;
    };
    Real largest[stages];
    const Real* rho = &plan.rho[std::size_t(panel) * stages];
    if (!project_largest(plan.moments, first, begin, end, plan.span[std::size_t(panel)], next, rho, largest)) continue;
    for (int s = 0; s < stages; ++s) scalar[s] = -largest[s];
  }
}

template <class Real>
typename Drives<Real>::Scalar Drives<Real>::scalar_of(const Side& side, const std::vector<Real>& x,
                                                      const std::vector<Real>& dx) const {
  Scalar scalar;
  scalar.constant = side.constant;
  for (std::size_t i = 0; i < side.linear.size(); ++i) {
    scalar.constant += side.linear[i] * x[i];
    scalar.linear += side.linear[i] * dx[i];
  }
  if (side.norm.empty()) return scalar;
  AlignedVector<Real> length(std::size_t(shape_.width_stride)), change(std::size_t(shape_.width_stride));
  ProjectRun<Real> run{};
  run.inputs = shape_.width;
  run.stride = shape_.width_stride;
  run.matrix = side.norm.data();
  run.offset = side.norm_offset.data();
  run.x = x.data();
  run.dx = dx.data();
  run.result = length.data();
  run.change = change.data();
  kernels_.project(run);
  for (std::size_t i = 0; i < length.size(); ++i) {
    scalar.constant -= length[i] * length[i] / 2;
    scalar.linear -= length[i] * change[i];
    scalar.square -= change[i] * change[i] / 2;
  }
  return scalar;
}

template <class Real>
void Drives<Real>::describe(const Plan<Real>& plan, int head, int first, HiddenRun<Real>& run) const {
  const std::size_t neurons = std::size_t(head) * std::size_t(shape_.stride);
  const std::size_t before = std::size_t(first) * std::size_t(plan.time.stages);
  run.drive = rule_[std::size_t(head)];
  if (uses_slots_) run.drive = plan.is_read() && stored_ > 0 ? Drive::exponential : Drive::relu;
  run.z_inf = &z_inf_[neurons];
  run.delta = &delta_[neurons];
  run.rho = &plan.rho[before];
  run.scalar = &scalar_[std::size_t(head) * std::size_t(stages_) + before];
  run.moments = interpolates(plan) && !uses_slots_ ? &plan.moments : nullptr;
  run.border = &plan.border[std::size_t(first)];
  run.span = &plan.span[std::size_t(first)];
}

template <class Real>
void Drives<Real>::store_key(int head, int token, const Real* key) {
  const Real scale = Real(1 / std::sqrt(double(shape_.width)));
  for (int i = 0; i < shape_.width; ++i) stored_key_[shape_.synapses(head, i) + std::size_t(token)] = key[i] * scale;
}

template <class Real>
void Drives<Real>::set_stored(int count) {
  stored_ = count;
  for (int j = 0; j < shape_.stride; ++j) slot_offset_[std::size_t(j)] = j < count ? Real(0) : minus_infinity<Real>;
}

template <class Real>
void Drives<Real>::clear() {
  std::fill(stored_key_.begin(), stored_key_.end(), Real(0));
  if (uses_slots_) set_stored(0);
}

template class Drives<float>;
template class Drives<double>;

}  // namespace tripartite::attention::cpu
