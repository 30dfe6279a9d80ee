#pragma once

#include <vector>

#include "kernels/attention/drive.hpp"
#include "kernels/attention/propagate.hpp"
#include "kernels/attention/shape.hpp"
#include "kernels/device_buffer.hpp"
#include "tripartite/attention/engine.hpp"

namespace tripartite::attention::cuda {

/// Calcium rates over the synapses of all heads of a setup, on whatever device: the response nodes must not depend on
/// how the heads are spread.
struct CalciumRange {
  double low = 0, high = 0;     // [1/s]
  bool is_of_synapses = false;  // some have rates of their own
};

/// Longest phase of the protocol [s]. No chunk is longer.
double longest_phase(const Parameters& parameters);

/// Rates at which the exact solver carries calcium responses. A stepping solver steps every synapse by its own rate.
template <class Real>
std::vector<double> response_rates(const Parameters& parameters, CalciumRange rates);

/// What one chunk of a phase leaves for the kernels that follow: values of the neurons and of the global calcium at its
/// stages, and what becomes of them. Allocated once; a long phase passes through in several chunks.
template <class Real>
struct Trajectories {
  /// `all_heads`: of the whole setup, whatever devices they are on: chunks, and with them roundings, do not depend on
  /// it.
  Trajectories(const Shape& shape, int all_heads, const Parameters& parameters, CalciumRange rates,
               cudaStream_t stream);
  /// Bytes that the constructor allocates on the current device.
  static std::size_t bytes(const Shape& shape, int all_heads, const Parameters& parameters, CalciumRange rates);

  Drive<Real> drive() const { return {level.data(), change.data(), score.data()}; }

  int stages;  // that fit
  Nodes<Real> nodes;
  DeviceBuffer<Real> level, change, score;                // Drive of the phase
  DeviceBuffer<Real> shift;                               // [stages][heads]
  DeviceBuffer<Real> hidden_stages, deposit_stages;       // [stages][heads][hidden]
  DeviceBuffer<Real> deposit;                             // [heads][hidden]
  DeviceBuffer<Real> output_stages;                       // [stages][heads][width]
  DeviceBuffer<Real> global_calcium;                      // [stages][heads][astrocytes]
  DeviceBuffer<Real> partial;                             // [read_partials][heads][width]
  DeviceBuffer<Real> gain;                                // [stages][heads][astrocytes], shared calcium
  DeviceBuffer<Real> responses;                           // [heads][astrocytes][hidden], the same
  DeviceBuffer<Real> transform, response_values, series;  // rates of their own, exact solver: see ResponseRun
};

}  // namespace tripartite::attention::cuda
