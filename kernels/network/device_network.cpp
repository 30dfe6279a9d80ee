#include "kernels/network/device_network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/network/segmented_sum.hpp"
#include "kernels/synapse/advance.hpp"
#include "tripartite/error.hpp"

namespace tripartite::network::cuda {
namespace {

constexpr std::size_t most_records = std::size_t(1) << 14;  // that one copy brings from the device

template <class To, class From>
std::vector<To> picked(const std::vector<From>& values, const std::vector<Index>& order) {
  std::vector<To> result;
  result.reserve(order.size());
  for (const Index i : order) result.push_back(To(values[i]));
  return result;
}

/// The order of synapses on the device: by postsynaptic neuron, those of one astrocyte next to each other.
std::vector<Index> device_order(const Connections& connections, const std::vector<Index>& astrocyte,
                                std::size_t neurons, std::size_t astrocytes) {
  if (astrocyte.empty()) return Segments(connections.post, neurons).member;
  const std::vector<Index> by_astrocyte = Segments(astrocyte, astrocytes).member;
  const Segments by_neuron(picked<Index>(connections.post, by_astrocyte), neurons);
  return picked<Index>(by_astrocyte, by_neuron.member);
}

template <class T, class Values>
void fill(DeviceBuffer<T>& buffer, const Values& values, cudaStream_t stream) {
  buffer.upload(std::vector<T>(values.begin(), values.end()), 0, stream);
}

void fill_group(GroupBuffers& group, const Segments& segments, cudaStream_t stream) {
  std::vector<Chunk> chunks;
  chunks.reserve(segments.blocks.size());
  for (const auto& block : segments.blocks) chunks.push_back({std::uint32_t(block.begin), std::uint32_t(block.end)});
  group.chunk.upload(chunks, 0, stream);
  fill(group.begin, segments.block_begin, stream);
}

}  // namespace

template <class Real, int count>
States<Real, count> StateBuffers<Real, count>::states() const {
  States<Real, count> all{};
  for (std::size_t s = 0; s < std::size_t(count); ++s) {
    all.y[s] = y[s].data();
    all.at[s] = at[s].data();
    all.sum[s] = sum[s].data();
  }
  return all;
}

/// What stands where.
template <class Real>
struct DeviceNetwork<Real>::Layout {
  bool has_stages, keeps_calcium;
  std::vector<Index> bare_order, order;
  Segments bare_onto, onto, processes;  // of synapses in the order of the device
  Neighbours junctions;

  Layout(const NetworkSetup& setup, bool with_stages, bool with_calcium)
      : has_stages(with_stages), keeps_calcium(with_calcium), junctions(setup.gap_junctions, setup.astrocytes) {
    const std::size_t neurons = setup.initial_rate.size();
    bare_order = device_order(setup.bare, {}, neurons, 0);
    order = device_order(setup.tripartite, setup.options.soma ? setup.astrocyte : std::vector<Index>(), neurons,
                         setup.astrocytes);
    bare_onto = Segments(picked<Index>(setup.bare.post, bare_order), neurons);
    onto = Segments(picked<Index>(setup.tripartite.post, order), neurons);
    if (setup.options.soma) processes = Segments(picked<Index>(setup.astrocyte, order), setup.astrocytes);
  }
};

template <class Real>
DeviceNetwork<Real>::DeviceNetwork(const NetworkSetup& setup, bool has_stages, bool keeps_calcium, cudaStream_t stream)
    : varied(setup.varied.size()) {
  const Layout layout(setup, has_stages, keeps_calcium);
  std::size_t needed = 0, free = 0, total = 0;
  each_buffer(setup, layout, [&]<class T>(DeviceBuffer<T>&, std::size_t size) { needed += size * sizeof(T); });
  TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&free, &total));
  if (needed > free)
    throw MemoryError(fmt::format("this network needs {} bytes on the device, {} are free", needed, free));
  each_buffer(setup, layout,
              []<class T>(DeviceBuffer<T>& buffer, std::size_t size) { buffer = DeviceBuffer<T>(size); });
  upload(setup, layout, stream);
  describe(setup);
}

/// Calls visit(buffer, size) for everything on the device.
template <class Real>
template <class Visit>
void DeviceNetwork<Real>::each_buffer(const NetworkSetup& setup, const Layout& layout, const Visit& visit) {
  const auto visit_states = [&](auto& buffers, std::size_t size) {
    for (auto& buffer : buffers.y) visit(buffer, size);
    for (auto& buffer : buffers.at) visit(buffer, layout.has_stages ? size : 0);
    for (auto& buffer : buffers.sum) visit(buffer, layout.has_stages ? size : 0);
  };
  const auto visit_group = [&](GroupBuffers& group, const Segments& segments) {
    visit(group.chunk, segments.blocks.size());
    visit(group.begin, segments.block_begin.size());
    visit(group.sum, segments.blocks.size());
  };
  const std::size_t cells = setup.initial_rate.size(), bare = setup.bare.size(), wrapped = setup.tripartite.size(),
                    astrocytes = setup.astrocytes, with_soma = setup.options.soma ? wrapped : 0;
  visit_states(rate, cells);
  visit(seen_rate, cells);
  visit(input, cells);
  visit_states(bare_state, bare);
  for (auto* buffer : {&bare_pre, &bare_original}) visit(*buffer, bare);
  for (auto* buffer : {&bare_efficacy, &bare_current}) visit(*buffer, bare);
  visit_states(state, wrapped);
  for (auto* buffer : {&pre, &original, &released}) visit(*buffer, wrapped);
  for (auto* buffer : {&efficacy, &current}) visit(*buffer, wrapped);
  visit(calcium_before, layout.keeps_calcium ? wrapped : 0);
  visit(receptor_sum, setup.calcium_every > 1 ? wrapped : 0);
  for (auto& buffer : varied) visit(buffer, wrapped);
  for (auto* buffer : {&astrocyte, &process}) visit(*buffer, with_soma);
  visit(process_count, setup.options.soma ? astrocytes : 0);
  visit_states(soma, astrocytes);
  for (auto& buffer : seen_ip3) visit(buffer, astrocytes);
  visit(exchanged, astrocytes);
  visit(bias, setup.soma_bias.size());
  visit(junction_begin, layout.junctions.begin.size());
  visit(neighbour, layout.junctions.neighbour.size());
  visit_group(bare_onto, layout.bare_onto);
  visit_group(onto, layout.onto);
  visit_group(processes, layout.processes);
  visit(other_process_sum, layout.processes.blocks.size());
  visit(records, std::min(wrapped, most_records));
  visit(counters, 2);
  visit(window, 1);
}

template <class Real>
void DeviceNetwork<Real>::upload(const NetworkSetup& setup, const Layout& layout, cudaStream_t stream) {
  const auto fill_with = [&](DeviceBuffer<Real>& buffer, double value) {
    buffer.upload(std::vector<Real>(buffer.size(), Real(value)), 0, stream);
  };
  fill(rate.y[0], setup.initial_rate, stream);
  fill(seen_rate, setup.initial_rate, stream);
  fill(input, setup.input, stream);
  fill_with(bare_state.y[0], setup.initial[synapse::utilisation]);
  fill_with(bare_state.y[1], setup.initial[synapse::resources]);
  fill(bare_pre, picked<Index>(setup.bare.pre, layout.bare_order), stream);
  fill(bare_original, layout.bare_order, stream);
  fill(bare_efficacy, picked<Real>(setup.bare.efficacy, layout.bare_order), stream);
  for (std::size_t s = 0; s < synapse::state_count; ++s) fill_with(state.y[s], setup.initial[s]);
  fill(pre, picked<Index>(setup.tripartite.pre, layout.order), stream);
  fill(original, layout.order, stream);
  released.clear(stream);
  receptor_sum.clear(stream);
  fill(efficacy, picked<Real>(setup.tripartite.efficacy, layout.order), stream);
  for (std::size_t v = 0; v < varied.size(); ++v)
    fill(varied[v], picked<Real>(setup.varied[v].values, layout.order), stream);
  if (setup.options.soma) {
    fill(astrocyte, picked<Index>(setup.astrocyte, layout.order), stream);
    fill(process, layout.processes.member, stream);
    std::vector<std::uint32_t> counts;
    for (std::size_t a = 0; a < setup.astrocytes; ++a) counts.push_back(std::uint32_t(layout.processes.members(a)));
    fill(process_count, counts, stream);
  }
  for (std::size_t s = 0; s < astrocyte::soma_states; ++s) fill_with(soma.y[s], setup.soma_initial[s]);
  fill_with(seen_ip3[0], setup.soma_initial[astrocyte::soma_ip3]);
  exchanged.clear(stream);
  fill(bias, setup.soma_bias, stream);
  fill(junction_begin, layout.junctions.begin, stream);
  fill(neighbour, layout.junctions.neighbour, stream);
  fill_group(bare_onto, layout.bare_onto, stream);
  fill_group(onto, layout.onto, stream);
  fill_group(processes, layout.processes, stream);
}

template <class Real>
void DeviceNetwork<Real>::describe(const NetworkSetup& setup) {
  const auto parameters = synapse::converted<Real>(setup.parameters);
  synapses.count = setup.tripartite.size();
  synapses.states = state.states();
  synapses.options = setup.options;
  synapses.shared = parameters;
  for (std::size_t v = 0; v < varied.size(); ++v)
    synapses.varied.*synapse::parameter_members<const Real*>[setup.varied[v].parameter] = varied[v].data();
  synapses.any_varied = !varied.empty();
  synapse::cuda::set_highest(synapses.highest);
  synapses.pre = pre.data();
  synapses.astrocyte = astrocyte.data();
  synapses.original = original.data();
  synapses.efficacy = efficacy.data();
  synapses.seen_rate = seen_rate.data();
  synapses.current = current.data();
  synapses.calcium_before = calcium_before.data();
  synapses.receptor_sum = receptor_sum.data();
  synapses.receptor_weight = Real(1) / Real(setup.calcium_every * setup.substeps);
  synapses.released = released.data();

  bare_synapses.count = setup.bare.size();
  bare_synapses.states = bare_state.states();
  bare_synapses.parameters = parameters;
  bare_synapses.pre = bare_pre.data();
  bare_synapses.original = bare_original.data();
  bare_synapses.efficacy = bare_efficacy.data();
  bare_synapses.seen_rate = seen_rate.data();
  bare_synapses.current = bare_current.data();

  neurons.count = setup.initial_rate.size();
  neurons.states = rate.states();
  neurons.parameters = {Real(setup.neuron.tau), Real(setup.neuron.highest), Real(setup.neuron.threshold),
                        Real(setup.neuron.width)};
  neurons.input = input.data();
  neurons.bare = bare_onto.sums();
  neurons.tripartite = onto.sums();
  neurons.seen_rate = seen_rate.data();

  somata.count = setup.astrocytes;
  somata.states = soma.states();
  somata.parameters = parameters;
  somata.flux = setup.options.flux;
  somata.junction_flux = Real(setup.junction_flux);
  somata.junction_begin = junction_begin.data();
  somata.neighbour = neighbour.data();
  somata.processes = process_count.data();
  somata.process_ip3[0] = processes.sums();
  somata.process_ip3[1] = {processes.begin.data(), other_process_sum.data()};
  somata.bias = bias.data();
  somata.exchanged = exchanged.data();
  for (std::size_t side = 0; side < 2; ++side) synapses.seen_ip3[side] = somata.seen_ip3[side] = seen_ip3[side].data();
}

template struct DeviceNetwork<float>;
template struct DeviceNetwork<double>;

}  // namespace tripartite::network::cuda
