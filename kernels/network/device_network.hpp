#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/device_buffer.hpp"
#include "kernels/network/cells.hpp"
#include "kernels/network/fetch.hpp"
#include "kernels/network/step.hpp"
#include "kernels/network/sums.hpp"
#include "kernels/network/synapses.hpp"
#include "tripartite/network/network.hpp"

namespace tripartite::network::cuda {

template <class Real, int count>
struct StateBuffers {
  std::array<DeviceBuffer<Real>, std::size_t(count)> y, at, sum;
  States<Real, count> states() const;
};

/// The chunks of the members of groups, and their sums.
struct GroupBuffers {
  DeviceBuffer<Chunk> chunk;
  DeviceBuffer<std::uint32_t> begin;  // [groups + 1]
  DeviceBuffer<double> sum;
  GroupSums sums() const { return {begin.data(), sum.data()}; }
};

/// A network in the memory of the device, and what its kernels are told of it.
template <class Real>
struct DeviceNetwork {
  /// `has_stages`: single stages are taken; `keeps_calcium`: the states at the beginning of a step are overwritten
  /// before its end. Throws MemoryError before allocating what does not fit.
  DeviceNetwork(const NetworkSetup& setup, bool has_stages, bool keeps_calcium, cudaStream_t stream);

  ChunkSums<Real> bare_currents() const { return sums_of(bare_current, bare_onto, nullptr); }
  ChunkSums<Real> tripartite_currents() const { return sums_of(current, onto, nullptr); }
  /// Of any state of tripartite synapses, to where the sums of currents are, each of which is formed anew when it is
  /// needed.
  ChunkSums<Real> state_sums(const DeviceBuffer<Real>& values) const { return sums_of(values, onto, nullptr); }
  /// Of the IP3 in `values`, to where what reads side `side` finds it.
  ChunkSums<Real> process_sums(const DeviceBuffer<Real>& values, int side) const {
    ChunkSums<Real> sums = sums_of(values, processes, process.data());
    if (side == 1) sums.sum = other_process_sum.data();
    return sums;
  }

  Synapses<Real> synapses{};
  BareSynapses<Real> bare_synapses{};
  Neurons<Real> neurons{};
  Somata<Real> somata{};

  StateBuffers<Real, 1> rate;
  StateBuffers<Real, 2> bare_state;
  StateBuffers<Real, synapse::state_count> state;
  StateBuffers<Real, astrocyte::soma_states> soma;
  DeviceBuffer<Real> bare_current, current, exchanged;
  GroupBuffers onto;  // tripartite synapses by neuron
  DeviceBuffer<std::uint32_t> bare_original, original, released;
  DeviceBuffer<ReleaseRecord> records;
  DeviceBuffer<unsigned long long> counters;  // records; the smallest fault_key
  DeviceBuffer<Window> window;

 private:
  struct Layout;
  template <class Visit>
  void each_buffer(const NetworkSetup& setup, const Layout& layout, const Visit& visit);
  void upload(const NetworkSetup& setup, const Layout& layout, cudaStream_t stream);
  void describe(const NetworkSetup& setup);

  static ChunkSums<Real> sums_of(const DeviceBuffer<Real>& values, const GroupBuffers& group,
                                 const std::uint32_t* member) {
    return {values.data(), member, group.chunk.data(), std::uint32_t(group.chunk.size()), group.sum.data()};
  }

  DeviceBuffer<Real> seen_rate, bare_efficacy, efficacy, calcium_before, receptor_sum, bias;
  std::array<DeviceBuffer<Real>, 2> seen_ip3;
  std::vector<DeviceBuffer<Real>> varied;
  DeviceBuffer<double> input, other_process_sum;
  DeviceBuffer<std::uint32_t> bare_pre, pre, astrocyte, process, process_count, junction_begin, neighbour;
  GroupBuffers bare_onto, processes;
};

}  // namespace tripartite::network::cuda
