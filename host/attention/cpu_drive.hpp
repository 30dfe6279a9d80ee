#pragma once

#include <vector>

#include "host/attention/cpu_kernels.hpp"
#include "host/attention/cpu_plan.hpp"
#include "host/attention/cpu_state.hpp"
#include "host/simd/aligned.hpp"

namespace tripartite::attention::cpu {

/// What drives the hidden neurons of all heads. The filtered input is x_inf + rho (x_0 - x_inf) with one rho(t) for all
/// neurons, so that the argument of a feature map is z_inf + rho delta, and the scalar in its exponent a polynomial of
/// second degree in rho: a phase multiplies by the feature matrix once, not at every stage.
template <class Real>
class Drives {
 public:
  Drives(const EngineSetup& setup, const Shape& shape, const NeuronKernels<Real>& kernels);

  /// Makes room for a phase; not thread-safe, unlike the rest, which is so for different heads.
  void reserve(const Plan<Real>& plan);
  /// `filtered` [width]: key or query of the head as the phase begins; `target`: the held token's, or null.
  void prepare(const Plan<Real>& plan, int head, int token, const Real* filtered, const Real* target);
  /// Fills what concerns the drive for panels [first, …).
  void describe(const Plan<Real>& plan, int head, int first, HiddenRun<Real>& run) const;

  /// Slots: the filtered key becomes the input synapses of hidden neuron `token`.
  void store_key(int head, int token, const Real* key);
  /// Slots: hidden neurons before `count` are in use.
  void set_stored(int count);
  int stored() const { return stored_; }
  /// Slots: forgets all keys.
  void clear();
  bool uses_slots() const { return uses_slots_; }
  /// Of slots, by columns [heads x width x stride]; else empty.
  AlignedVector<Real>& stored_keys() { return stored_key_; }
  const AlignedVector<Real>& stored_keys() const { return stored_key_; }

 private:
  struct Side {
    AlignedVector<Real> projection;   // by columns [width x stride]
    AlignedVector<Real> offset;       // [stride], -infinity beyond the last neuron: e^-inf = 0, max(0, -inf) = 0
    AlignedVector<Real> norm;         // by columns [width x width_stride], or empty
    AlignedVector<Real> norm_offset;  // [width_stride]
    std::vector<Real> linear;         // [width], or empty
    Real constant = 0;
  };

  /// Scalar part of an exponential feature map as a polynomial in rho.
  struct Scalar {
    Real constant = 0, linear = 0, square = 0;
    Real at(Real rho) const { return constant + rho * (linear + rho * square); }
  };

  /// Only the exact solver interpolates drives between its stages; the others use them where they evaluate them.
  static bool interpolates(const Plan<Real>& plan) { return plan.time.stages == PanelMoments<Real>::count; }
  void project_shift(const Plan<Real>& plan, const Real* z_inf, const Real* delta, Real* scalar) const;
  Side narrowed(const FeatureSide& from) const;
  Scalar scalar_of(const Side& side, const std::vector<Real>& x, const std::vector<Real>& dx) const;

  Shape shape_;
  NeuronKernels<Real> kernels_;
  bool uses_slots_;
  std::vector<Drive> rule_;  // [heads]
  std::vector<Side> key_side_, query_side_;
  AlignedVector<Real> stored_key_;   // by columns [heads x width x stride], scaled by d^(-1/2)
  AlignedVector<Real> slot_offset_;  // [stride], -infinity for neurons not in use
  int stored_ = 0;
  int stages_ = 0;                     // of the phase
  AlignedVector<Real> z_inf_, delta_;  // [heads x stride]
  std::vector<Real> scalar_;           // [heads x stages]
};

extern template class Drives<float>;
extern template class Drives<double>;

}  // namespace tripartite::attention::cpu
