#pragma once

#include <cuda_runtime_api.h>

#include <vector>

#include "kernels/attention/drive.hpp"
#include "kernels/attention/gather.hpp"
#include "kernels/attention/neurons.hpp"
#include "kernels/attention/shape.hpp"
#include "kernels/device_buffer.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::attention::cuda {

/// Heads [first, first + count) of a setup.
struct HeadRange {
  int first = 0;
  int count = 0;
};

/// One side of the feature maps of a range of heads.
template <class Real>
class Features {
 public:
  Features() = default;
  Features(const EngineSetup& setup, HeadRange heads, FeatureSide FeatureMap::*side, cudaStream_t stream);
  FeatureView<Real> view() const;

 private:
  DeviceBuffer<Real> projection_, offset_, norm_, norm_offset_, linear_, constant_;
};

/// Everything that stays on one device for the whole run: state, tokens, feature maps, factors of the synapses.
template <class Real>
struct DeviceState {
  DeviceState(const EngineSetup& setup, HeadRange heads, cudaStream_t stream);
  /// State and stored keys to 0; processes with a calcium model to where they begin.
  void clear(cudaStream_t stream);
  /// First value of a field that has no element for each synapse, or of H; the layout within a head is that of
  /// tripartite/attention/state.hpp.
  Real* field(Field field) const;
  /// Any element of a field; `head` counts from the first of this device.
  Element<Real> element(Field field, int head, std::size_t index) const;
  bool has_own_rates() const { return calcium_rate.size() > 0; }

  Shape shape;
  DeviceBuffer<Real> hebbian_factor, store_factor, calcium_rate;  // [synapses]; empty: 1, 1, 1 / tau_calcium
  DeviceBuffer<Real> column_factor;         // [heads][astrocytes][hidden] means of store_factor; empty as that is
  DeviceBuffer<Real> inputs_start, inputs;  // [key, query, value][heads][width] when the phase began, and now
  DeviceBuffer<Real> hidden, output;        // [heads][hidden], [heads][width]
  DeviceBuffer<Real> hebbian;               // [synapses]
  // States begin at 0, so that what has the same drive and the same rate stays alike and is kept once, as on the CPU:
  DeviceBuffer<Real> store;             // [heads][hidden]; g_ij = b_ij store_j
  DeviceBuffer<Real> calcium;           // p [heads][astrocytes], or of synapses with rates of their own [synapses]
  DeviceBuffer<ProcessScale> scales;    // [heads] of a calcium model, or empty
  DeviceBuffer<double> processes;       // [heads][astrocytes][states], or empty
  std::vector<double> processes_start;  // the same at the beginning
  std::vector<Real> calcium_start;      // the same of p
  DeviceBuffer<Real> stored_keys;       // [heads][width][hidden], slots only
  DeviceBuffer<Real> tokens;            // [key, query, value][tokens][heads][width]
  DeviceBuffer<Real> context;           // [tokens][heads][width]
  DeviceBuffer<Rule> rules;             // [heads], not for slots
  Features<Real> key_side, query_side;  // not for slots
};

/// Bytes of a DeviceState.
template <class Real>
std::size_t state_bytes(const EngineSetup& setup, HeadRange heads);

}  // namespace tripartite::attention::cuda
