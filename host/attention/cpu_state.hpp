#pragma once

#include <cstdint>
#include <vector>

#include "host/simd/aligned.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::attention::cpu {

/// Sizes of a batch of heads. Arrays over hidden neurons have `stride` entries, the last of them inert.
struct Shape {
  int heads = 0, width = 0, hidden = 0, tokens = 0, astrocytes = 1;
  int stride = 0;        // hidden, rounded up
  int width_stride = 0;  // width, rounded up

  explicit Shape(const EngineSetup& setup);

  int rows() const { return heads * width; }
  /// The astrocyte of its head that owns a row of the synapse matrix.
  int astrocyte_of(int row) const { return int(std::int64_t(row) * astrocytes / width); }
  /// First value of a row of synapses.
  std::size_t synapses(int head, int row) const {
    return (std::size_t(head) * std::size_t(width) + std::size_t(row)) * std::size_t(stride);
  }
  /// First value of an astrocyte's array over hidden neurons.
  std::size_t columns(int head, int astrocyte) const {
    return (std::size_t(head) * astrocytes + astrocyte) * std::size_t(stride);
  }
  /// Elements of a field in one head.
  std::size_t size(Extent extent) const;
};

/// What distinguishes synapses. Empty arrays: all alike.
template <class Real>
struct Factors {
  AlignedVector<Real> hebbian;       // a [heads x width x stride]
  AlignedVector<Real> store;         // b
  AlignedVector<Real> calcium_rate;  // 1 / tau_p [1/s]
  AlignedVector<Real> column;        // [heads x astrocytes x stride] mean of b over the rows of the astrocyte
  double rate_low = 0, rate_high = 0;

  Factors(const EngineSetup& setup, const Shape& shape);
};

/// The states of a batch of heads. All begin at 0, so that what has the same drive and the same rate stays alike and is
/// kept once: g_ij = b_ij store_j for every row i; p_ij of one astrocyte, unless the synapses have rates of their own.
template <class Real>
struct State {
  AlignedVector<Real> key, query, value, output;  // [heads x width]
  AlignedVector<Real> rates;                      // [heads x stride]
  AlignedVector<Real> hebbian;                    // [heads x width x stride]
  AlignedVector<Real> store;                      // [heads x stride]
  AlignedVector<Real> shared_calcium;             // [heads x astrocytes], or empty
  AlignedVector<Real> calcium;                    // [heads x width x stride], or empty

  State(const Shape& shape, bool own_rates);
  void clear();
};

extern template struct Factors<float>;
extern template struct Factors<double>;
extern template struct State<float>;
extern template struct State<double>;

}  // namespace tripartite::attention::cpu
