#include "kernels/network/cuda_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "host/network/segmented_sum.hpp"
#include "kernels/device_buffer.hpp"
#include "kernels/graph.hpp"
#include "kernels/network/cells.hpp"
#include "kernels/network/fetch.hpp"
#include "kernels/network/sums.hpp"
#include "kernels/network/synapses.hpp"
#include "kernels/stream.hpp"
#include "kernels/synapse/advance.hpp"
#include "tripartite/error.hpp"

namespace tripartite::network {
namespace {

using cuda::Scheme;
using synapse::state_count;
using synapse::StateIndex;

constexpr std::size_t most_records = std::size_t(1) << 14;  // that one copy brings from the device
constexpr std::size_t most_nodes = 2048;                    // of a graph

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

template <class Real, int count>
struct StateBuffers {
  std::array<DeviceBuffer<Real>, std::size_t(count)> y, at, sum;

  cuda::States<Real, count> states() const {
    cuda::States<Real, count> all{};
    for (std::size_t s = 0; s < std::size_t(count); ++s) {
      all.y[s] = y[s].data();
      all.at[s] = at[s].data();
      all.sum[s] = sum[s].data();
    }
    return all;
  }
};

/// Members of groups on the device, and the sums of their chunks.
struct GroupBuffers {
  Segments segments;  // empty once it is on the device
  DeviceBuffer<cuda::Chunk> chunk;
  DeviceBuffer<std::uint32_t> begin;
  DeviceBuffer<double> sum;

  cuda::GroupSums sums() const { return {begin.data(), sum.data()}; }
};

/// Values of the device that a caller asked for.
template <class Real>
struct Mirror {
  std::vector<Real> values;
  std::int64_t steps = -1;  // of the network, when they were fetched
};

template <class Real>
class CudaNetwork final : public Network<Real> {
 public:
  explicit CudaNetwork(NetworkSetup setup)
      : setup_(std::move(setup)),
        neurons_(setup_.initial_rate.size()),
        bare_(setup_.bare.size()),
        tripartite_(setup_.tripartite.size()),
        astrocytes_(setup_.astrocytes),
        dt_(setup_.dt) {
    plan_step();
    group();
    allocate();
    upload();
    describe();
    sum_processes(0, launches_.back());
    setup_ = {};  // it is on the device
  }

  void advance(int steps, const Stimulus& stimulus) override {
    for (int done = 0; done < steps;) {
      const int now = std::min(cuda::most_steps, steps - done);
      advance_window(std::uint32_t(now), stimulus);
      done += now;
    }
  }

  std::int64_t steps() const override { return steps_; }
  std::span<const Real> rates() const override { return fetched(rate_mirror_, rate_.y[0], nullptr, nullptr); }
  std::span<const Real> synapses(StateIndex state) const override {
    return fetched(synapse_mirror_[state], synapse_.y[state], &original_, &current_);
  }
  std::span<const Real> bare_utilisation() const override { return fetched_bare(0); }
  std::span<const Real> bare_resources() const override { return fetched_bare(1); }
  std::span<const Real> somata(astrocyte::SomaState state) const override {
    return fetched(soma_mirror_[state], soma_.y[state], nullptr, nullptr);
  }
  std::span<const Real> junction_currents() const override {
    return fetched(exchanged_mirror_, exchanged_, nullptr, nullptr);
  }
  std::vector<synapse::Release> take_releases() override { return std::exchange(releases_, {}); }

 private:
  /// The launches of one step.
  void plan_step() {
    const bool is_staged = setup_.coupling == Coupling::staged;
    const Real dt = Real(setup_.dt / setup_.substeps);
    std::vector<cuda::Stage<Real>> stages = {{true, true, 0, 0, 0}};
    switch (setup_.solver) {
      case synapse::Solver::rk4:
        scheme_ = is_staged ? Scheme::rk4_stage : Scheme::rk4;
        if (is_staged)
          stages = {{true, false, Real(1), dt / 2, 0},
                    {false, false, Real(2), dt / 2, 0},
                    {false, false, Real(2), dt, 0},
                    {false, true, Real(1), 0, dt / 6}};
        break;
      case synapse::Solver::euler: scheme_ = Scheme::euler; break;
      default: scheme_ = Scheme::exponential_euler;
    }
    const int parts = is_staged ? setup_.substeps : 1;
    for (int part = 0; part < parts; ++part)
      for (std::size_t s = 0; s < stages.size(); ++s)
        launches_.push_back({nullptr, nullptr, 0, part == 0 && s == 0, part + 1 == parts && s + 1 == stages.size(), 0,
                             is_staged ? 1 : setup_.substeps, dt, stages[s]});
    keeps_calcium_ = parts > 1;
  }

  void group() {
    bare_order_ = device_order(setup_.bare, {}, neurons_, 0);
    order_ = device_order(setup_.tripartite, setup_.options.soma ? setup_.astrocyte : std::vector<Index>(), neurons_,
                          astrocytes_);
    bare_onto_.segments = Segments(picked<Index>(setup_.bare.post, bare_order_), neurons_);
    tripartite_onto_.segments = Segments(picked<Index>(setup_.tripartite.post, order_), neurons_);
    if (setup_.options.soma) processes_.segments = Segments(picked<Index>(setup_.astrocyte, order_), astrocytes_);
    std::vector<Index> ends;  // of junctions: both of the first, both of the second ...
    for (const auto& [a, b] : setup_.gap_junctions) ends.insert(ends.end(), {a, b});
    const Segments junctions(ends, astrocytes_);
    junction_begin_at_.assign(junctions.begin.begin(), junctions.begin.end());
    for (const Index end : junctions.member) neighbours_.push_back(ends[end ^ 1U]);
  }

  /// Calls visit(buffer, size) for everything on the device.
  template <class Visit>
  void each_buffer(const Visit& visit) {
    const bool has_stages = scheme_ == Scheme::rk4_stage;
    const auto visit_states = [&](auto& buffers, std::size_t size) {
      for (auto& buffer : buffers.y) visit(buffer, size);
      for (auto& buffer : buffers.at) visit(buffer, has_stages ? size : 0);
      for (auto& buffer : buffers.sum) visit(buffer, has_stages ? size : 0);
    };
    const auto visit_group = [&](GroupBuffers& group) {
      visit(group.chunk, group.segments.blocks.size());
      visit(group.begin, group.segments.block_begin.size());
      visit(group.sum, group.segments.blocks.size());
    };
    const std::size_t processes = setup_.options.soma ? tripartite_ : 0;
    visit_states(rate_, neurons_);
    visit(seen_rate_, neurons_);
    visit(input_, neurons_);
    visit_states(bare_state_, bare_);
    for (auto* buffer : {&bare_pre_, &bare_original_}) visit(*buffer, bare_);
    for (auto* buffer : {&bare_efficacy_, &bare_current_}) visit(*buffer, bare_);
    visit_states(synapse_, tripartite_);
    for (auto* buffer : {&pre_, &original_, &released_}) visit(*buffer, tripartite_);
    for (auto* buffer : {&efficacy_, &current_}) visit(*buffer, tripartite_);
    visit(calcium_before_, keeps_calcium_ ? tripartite_ : 0);
    for (auto& buffer : varied_) visit(buffer, tripartite_);
    for (auto* buffer : {&astrocyte_, &process_}) visit(*buffer, processes);
    visit(process_count_, setup_.options.soma ? astrocytes_ : 0);
    visit_states(soma_, astrocytes_);
    for (auto& buffer : seen_ip3_) visit(buffer, astrocytes_);
    visit(exchanged_, astrocytes_);
    visit(bias_, setup_.soma_bias.size());
    visit(junction_begin_, junction_begin_at_.size());
    visit(neighbour_, neighbours_.size());
    visit_group(bare_onto_);
    visit_group(tripartite_onto_);
    visit_group(processes_);
    visit(other_process_sum_, processes_.segments.blocks.size());
    visit(records_, std::min(tripartite_, most_records));
    visit(counters_, 2);
    visit(window_, 1);
  }

  void allocate() {
    varied_.resize(setup_.varied.size());
    std::size_t needed = 0, free = 0, total = 0;
    each_buffer([&]<class T>(DeviceBuffer<T>&, std::size_t size) { needed += size * sizeof(T); });
    TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&free, &total));
    if (needed > free)
      throw MemoryError(fmt::format("this network needs {} bytes on the device, {} are free", needed, free));
    each_buffer([]<class T>(DeviceBuffer<T>& buffer, std::size_t size) { buffer = DeviceBuffer<T>(size); });
  }

  template <class T, class Values>
  void fill(DeviceBuffer<T>& buffer, const Values& values) {
    buffer.upload(std::vector<T>(values.begin(), values.end()), 0, stream_);
  }

  void upload_group(GroupBuffers& group) {
    std::vector<cuda::Chunk> chunks;
    for (const auto& block : group.segments.blocks)
      chunks.push_back({std::uint32_t(block.begin), std::uint32_t(block.end)});
    group.chunk.upload(chunks, 0, stream_);
    fill(group.begin, group.segments.block_begin);
  }

  void upload() {
    fill(rate_.y[0], setup_.initial_rate);
    fill(seen_rate_, setup_.initial_rate);
    fill(input_, setup_.input);
    for (std::size_t s = 0; s < 2; ++s)
      fill(bare_state_.y[s],
           std::vector<Real>(bare_, Real(setup_.initial[s == 0 ? synapse::utilisation : synapse::resources])));
    fill(bare_pre_, picked<Index>(setup_.bare.pre, bare_order_));
    fill(bare_original_, bare_order_);
    fill(bare_efficacy_, picked<Real>(setup_.bare.efficacy, bare_order_));
    for (std::size_t s = 0; s < state_count; ++s)
      fill(synapse_.y[s], std::vector<Real>(tripartite_, Real(setup_.initial[s])));
    fill(pre_, picked<Index>(setup_.tripartite.pre, order_));
    fill(original_, order_);
    released_.clear(stream_);
    fill(efficacy_, picked<Real>(setup_.tripartite.efficacy, order_));
    for (std::size_t v = 0; v < varied_.size(); ++v) fill(varied_[v], picked<Real>(setup_.varied[v].values, order_));
    if (setup_.options.soma) {
      fill(astrocyte_, picked<Index>(setup_.astrocyte, order_));
      fill(process_, processes_.segments.member);
      std::vector<std::uint32_t> counts;
      for (std::size_t a = 0; a < astrocytes_; ++a) counts.push_back(std::uint32_t(processes_.segments.members(a)));
      fill(process_count_, counts);
    }
    for (std::size_t s = 0; s < astrocyte::soma_states; ++s)
      fill(soma_.y[s], std::vector<Real>(astrocytes_, Real(setup_.soma_initial[s])));
    fill(seen_ip3_[0], std::vector<Real>(astrocytes_, Real(setup_.soma_initial[astrocyte::soma_ip3])));
    exchanged_.clear(stream_);
    fill(bias_, setup_.soma_bias);
    fill(junction_begin_, junction_begin_at_);
    fill(neighbour_, neighbours_);
    for (GroupBuffers* group : {&bare_onto_, &tripartite_onto_, &processes_}) {
      upload_group(*group);
      group->segments = {};
    }
    bare_order_ = order_ = junction_begin_at_ = neighbours_ = {};
  }

  /// What kernels are told of it all.
  void describe() {
    const auto parameters = synapse::converted<Real>(setup_.parameters);
    cuda::Synapses<Real>& s = synapses_;
    s.count = tripartite_;
    s.states = synapse_.states();
    s.options = setup_.options;
    s.shared = parameters;
    for (std::size_t v = 0; v < varied_.size(); ++v)
      s.varied.*synapse::parameter_members<const Real*>[setup_.varied[v].parameter] = varied_[v].data();
    s.any_varied = !varied_.empty();
    synapse::cuda::set_highest(s.highest);
    s.pre = pre_.data();
    s.astrocyte = astrocyte_.data();
    s.original = original_.data();
    s.efficacy = efficacy_.data();
    s.seen_rate = seen_rate_.data();
    for (std::size_t side = 0; side < 2; ++side) s.seen_ip3[side] = seen_ip3_[side].data();
    s.current = current_.data();
    s.calcium_before = calcium_before_.data();
    s.released = released_.data();
    bare_synapses_ = {
        bare_,       bare_state_.states(), parameters, bare_pre_.data(), bare_original_.data(), bare_efficacy_.data(),
        s.seen_rate, bare_current_.data()};
    cells_ = {neurons_,
              rate_.states(),
              {Real(setup_.neuron.tau), Real(setup_.neuron.highest), Real(setup_.neuron.threshold),
               Real(setup_.neuron.width)},
              input_.data(),
              bare_onto_.sums(),
              tripartite_onto_.sums(),
              seen_rate_.data()};
    cuda::Somata<Real>& a = somata_;
    a.count = astrocytes_;
    a.states = soma_.states();
    a.parameters = parameters;
    a.flux = setup_.options.flux;
    a.junction_flux = Real(setup_.junction_flux);
    a.junction_begin = junction_begin_.data();
    a.neighbour = neighbour_.data();
    a.processes = process_count_.data();
    a.process_ip3[0] = processes_.sums();
    a.process_ip3[1] = {processes_.begin.data(), other_process_sum_.data()};
    a.bias = bias_.data();
    for (std::size_t side = 0; side < 2; ++side) a.seen_ip3[side] = seen_ip3_[side].data();
    a.exchanged = exchanged_.data();
    for (auto& launch : launches_) {
      launch.window = window_.data();
      launch.fault = counters_.data() + 1;
    }
  }

  cuda::ChunkSums<Real> currents(const GroupBuffers& group, const DeviceBuffer<Real>& current) const {
    return {current.data(), nullptr, group.chunk.data(), std::uint32_t(group.chunk.size()), group.sum.data()};
  }

  cuda::ChunkSums<Real> process_sums(int side, const cuda::Launch<Real>& launch) const {
    const auto& ip3 = launch.stage.is_last ? synapse_.y : synapse_.at;
    return {ip3[synapse::ip3].data(), process_.data(), processes_.chunk.data(), std::uint32_t(processes_.chunk.size()),
            (side == 0 ? processes_.sum : other_process_sum_).data()};
  }

  /// `side`: the one to write; the IP3 that is summed is that at the end of `launch`.
  void sum_processes(int side, const cuda::Launch<Real>& launch) {
    cuda::launch_sums<Real>({process_sums(side, launch), {}, {}}, stream_);
  }

  void enqueue_step(std::uint32_t offset) {
    for (cuda::Launch<Real> launch : launches_) {
      launch.offset = offset;
      launch.side = side_;
      cuda::launch_synapses(scheme_, synapses_, launch, stream_);
      cuda::launch_bare(scheme_, bare_synapses_, launch, stream_);
      cuda::launch_sums<Real>(
          {currents(tripartite_onto_, current_), currents(bare_onto_, bare_current_), process_sums(1 - side_, launch)},
          stream_);
      cuda::launch_cells(scheme_, cells_, somata_, launch, stream_);
      side_ = 1 - side_;
    }
  }

  /// 2^power steps from side 0 as one launch, recorded when they are first wanted.
  void launch_graph(std::size_t power) {
    Graph& graph = graphs_[power];
    if (!graph)
      graph = Graph(stream_, [&] {
        for (std::uint32_t offset = 0; offset < 1U << power; ++offset) enqueue_step(offset);
      });
    graph.launch(stream_);
  }

  void advance_window(std::uint32_t steps, const Stimulus& stimulus) {
    const int side = side_;
    const unsigned long long fresh[2] = {0, cuda::no_fault};
    counters_.upload(fresh, 0, stream_);
    for (std::uint32_t at = 0; at < steps;) {
      const cuda::Window window{stimulus.added_input,
                                std::uint32_t(stimulus.stimulated == 0 ? neurons_ : stimulus.stimulated), at,
                                stimulus.soma_bias};
      window_.upload({&window, 1}, 0, stream_);
      // Graphs begin and end on side 0: they have an even number of steps.
      std::size_t power = side_ == 0 ? std::size_t(std::bit_width(steps - at)) - 1 : 0;
      while (power > 1 && (launches_.size() * 4) << power > most_nodes) --power;
      if (power == 0)
        enqueue_step(0);
      else
        launch_graph(power);
      at += 1U << power;
    }
    finish_window(steps, side);
  }

  void finish_window(std::uint32_t steps, int side) {
    const std::uint64_t key = collect_releases();
    if (key == cuda::no_fault) {
      steps_ += steps;
      return;
    }
    const std::uint32_t done = cuda::fault_step(key) + 1;
    steps_ += done;
    side_ = int((std::size_t(side) + done * launches_.size()) % 2);  // what came after did nothing
    const int state = cuda::fault_state(key);
    const auto fail = [&](const char* owner, const char* name, std::span<const Real> values) {
      const std::uint32_t index = cuda::fault_index(key);
      throw NumericsError(fmt::format("{} {} at t = {:.6g} s: {} = {} has left its domain", owner, index,
                                      double(steps_) * dt_, name, values[index]));
    };
    if (state >= cuda::watched_soma) {
      const auto soma = astrocyte::SomaState(state - cuda::watched_soma);
      fail("astrocyte", astrocyte::soma_infos[soma].name, somata(soma));
    }
    if (state >= cuda::watched_synapse) {
      const auto of_synapse = StateIndex(state - cuda::watched_synapse);
      fail("synapse", synapse::state_infos[of_synapse].name, synapses(of_synapse));
    }
    if (state == cuda::watched_rate) fail("neuron", "nu", rates());
    if (state == cuda::watched_bare) fail("bare synapse", "u", bare_utilisation());
    fail("bare synapse", "x", bare_resources());
  }

  /// Returns the smallest key of a fault.
  unsigned long long collect_releases() {
    const auto before = std::ptrdiff_t(releases_.size());
    unsigned long long counters[2];
    std::vector<cuda::ReleaseRecord> records;
    do {
      cuda::launch_collect(released_.data(), original_.data(), tripartite_, records_.data(), records_.size(),
                           counters_.data(), stream_);
      counters_.download(counters, 0, stream_);
      records.resize(std::min<std::size_t>(counters[0], records_.size()));
      if (!records.empty()) records_.download(records, 0, stream_);
      for (const cuda::ReleaseRecord& record : records)
        for (std::uint32_t bits = record.steps; bits != 0; bits &= bits - 1)
          releases_.push_back({double(steps_ + std::countr_zero(bits) + 1) * dt_, record.synapse});
      const unsigned long long none = 0;
      if (counters[0] > records_.size()) counters_.upload({&none, 1}, 0, stream_);
    } while (counters[0] > records_.size());
    std::sort(releases_.begin() + before, releases_.end(),
              [](const auto& a, const auto& b) { return a.time != b.time ? a.time < b.time : a.synapse < b.synapse; });
    return counters[1];
  }

  /// `original`, where the device has another order than the user, and `scratch` for the values in that of the user.
  std::span<const Real> fetched(Mirror<Real>& mirror, const DeviceBuffer<Real>& values,
                                const DeviceBuffer<std::uint32_t>* original, const DeviceBuffer<Real>* scratch) const {
    if (mirror.steps == steps_) return mirror.values;
    mirror.values.resize(values.size());
    if (original != nullptr)
      cuda::launch_reorder(values.data(), original->data(), values.size(), scratch->data(), stream_);
    (original != nullptr ? *scratch : values).download(mirror.values, 0, stream_);
    mirror.steps = steps_;
    return mirror.values;
  }

  std::span<const Real> fetched_bare(std::size_t state) const {
    return fetched(bare_mirror_[state], bare_state_.y[state], &bare_original_, &bare_current_);
  }

  NetworkSetup setup_;
  std::size_t neurons_, bare_, tripartite_, astrocytes_;
  double dt_;  // [s]
  Stream stream_;
  Scheme scheme_ = Scheme::exponential_euler;
  std::vector<cuda::Launch<Real>> launches_;  // of one step
  bool keeps_calcium_ = false;
  int side_ = 0;
  std::int64_t steps_ = 0;

  std::vector<Index> bare_order_, order_, neighbours_, junction_begin_at_;  // empty once they are on the device
  StateBuffers<Real, 1> rate_;
  StateBuffers<Real, 2> bare_state_;
  StateBuffers<Real, state_count> synapse_;
  StateBuffers<Real, astrocyte::soma_states> soma_;
  std::array<DeviceBuffer<Real>, 2> seen_ip3_;
  DeviceBuffer<Real> seen_rate_, bare_efficacy_, bare_current_, efficacy_, current_, calcium_before_, exchanged_, bias_;
  std::vector<DeviceBuffer<Real>> varied_;
  DeviceBuffer<double> input_, other_process_sum_;
  DeviceBuffer<std::uint32_t> bare_pre_, bare_original_, pre_, original_, released_, astrocyte_, process_,
      process_count_, junction_begin_, neighbour_;
  GroupBuffers bare_onto_, tripartite_onto_, processes_;
  DeviceBuffer<cuda::ReleaseRecord> records_;
  DeviceBuffer<unsigned long long> counters_;  // records, the smallest fault
  DeviceBuffer<cuda::Window> window_;

  cuda::Synapses<Real> synapses_{};
  cuda::BareSynapses<Real> bare_synapses_{};
  cuda::Neurons<Real> cells_{};
  cuda::Somata<Real> somata_{};
  std::array<Graph, std::size_t(std::bit_width(unsigned(cuda::most_steps)))> graphs_;

  std::vector<synapse::Release> releases_;
  mutable Mirror<Real> rate_mirror_, exchanged_mirror_;
  mutable std::array<Mirror<Real>, 2> bare_mirror_;
  mutable std::array<Mirror<Real>, state_count> synapse_mirror_;
  mutable std::array<Mirror<Real>, astrocyte::soma_states> soma_mirror_;
};

}  // namespace

template <class Real>
std::unique_ptr<Network<Real>> make_cuda_network(NetworkSetup setup) {
  return std::make_unique<CudaNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network<float>> make_cuda_network(NetworkSetup);
template std::unique_ptr<Network<double>> make_cuda_network(NetworkSetup);

}  // namespace tripartite::network
