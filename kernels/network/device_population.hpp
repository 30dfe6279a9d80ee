#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/network/course.hpp"
#include "kernels/population/models.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::network::cuda {

/// One input of a population on the device.
template <class Real>
struct DeviceInput {
  Signal common;
  std::vector<double> base;  // in the user's order
  bool is_summed = false;    // by projections
  DeviceBuffer<Real> factor;
  DeviceBuffer<Real> value;  // what projections sum, else the base; empty if there is neither
  DeviceBuffer<double> summed_base;
  DeviceBuffer<double> partial;  // of a summed input that several launches form
  Course<Real> course;
  Course<double> summed_course;
};

/// A population in the memory of the device.
template <class Real>
struct DevicePopulation {
  std::string name;
  const Model* model = nullptr;
  const population::cuda::CudaLoops<Real>* loops = nullptr;
  std::size_t size = 0;
  bool fast = false, slow = false;  // whether it has such states
  int first_place = 0;              // of its states in fault keys
  std::vector<DeviceBuffer<Real>> state, varied;
  std::vector<DeviceInput<Real>> inputs;
  DeviceBuffer<Real> average_sum;  // with two clocks
  DeviceBuffer<Real> step_size;    // adaptive methods
  /// The user's index of each element, and where each of the user's indices is; empty if that is the same.
  DeviceBuffer<std::uint32_t> original, place;
  std::vector<Index> order;  // as `original`, while the network is made
  Elements<Real> elements;   // without inputs
  std::shared_ptr<const SpikeSource> spikes;

  const ModelDescription& description() const { return model->description; }
  int states() const { return int(description().states.size()); }
};

/// Values in the order of the device; none stay none.
template <class To, class From>
std::vector<To> ordered(const std::vector<From>& values, const std::vector<Index>& order) {
  if (order.empty() || values.empty()) return std::vector<To>(values.begin(), values.end());
  std::vector<To> result;
  result.reserve(values.size());
  for (const Index i : order) result.push_back(To(values[i]));
  return result;
}

/// The place of each of the user's indices.
inline std::vector<Index> places_of(const std::vector<Index>& order) {
  std::vector<Index> places(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = Index(i);
  return places;
}

/// Describes a population and says what it needs; `upload` follows once that is allocated.
template <class Real>
void prepare(DevicePopulation<Real>& population, const NetworkSetup& network, const PopulationSetup& setup,
             std::size_t course_steps, DeviceMemory& memory);
/// Copies states, parameters and inputs to the device, and frees what `setup` has of them.
template <class Real>
void upload(DevicePopulation<Real>& population, const NetworkSetup& network, PopulationSetup& setup,
            cudaStream_t stream);

}  // namespace tripartite::network::cuda
