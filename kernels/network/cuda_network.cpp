#include "kernels/network/cuda_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "kernels/graph.hpp"
#include "kernels/network/device_network.hpp"
#include "kernels/stream.hpp"
#include "tripartite/error.hpp"

namespace tripartite::network {
namespace {

using cuda::Scheme;
using synapse::state_count;
using synapse::StateIndex;

constexpr std::size_t most_nodes = 2048;  // of a graph

/// Values of the device that a caller asked for.
template <class Real>
struct Mirror {
  std::vector<Real> values;
  std::int64_t steps = -1;  // of the network, when they were fetched
};

template <class Real>
class CudaNetwork final : public Network<Real> {
 public:
  explicit CudaNetwork(const NetworkSetup& setup)
      : dt_(setup.dt),
        calcium_every_(std::uint32_t(setup.calcium_every)),
        scheme_(scheme_of(setup.solver, setup.coupling)),
        slow_scheme_(scheme_of(synapse::Solver::rk4, setup.coupling)),
        launches_(launches_of(scheme_, setup.coupling, setup.dt, setup.substeps)),
        slow_launches_(launches_of(slow_scheme_, setup.coupling, setup.dt * setup.calcium_every, 1)),
        device_(setup, has_stages(), keeps_calcium(), stream_) {
    for (auto* launches : {&launches_, &slow_launches_})
      for (cuda::Launch<Real>& launch : *launches) {
        launch.window = device_.window.data();
        launch.fault = device_.counters.data() + 1;
      }
    // What the first stage sees of the processes.
    cuda::launch_sums<Real>({device_.process_sums(device_.state.y[synapse::ip3], side_), {}, {}}, {}, stream_);
  }

  void advance(int steps, const Stimulus& stimulus) override {
    for (int done = 0; done < steps;) {
      const int now = std::min(cuda::most_steps, steps - done);
      advance_window(std::uint32_t(now), stimulus);
      done += now;
    }
  }

  std::int64_t steps() const override { return steps_; }
  std::span<const Real> rates() const override { return fetched(rate_, device_.rate.y[0]); }
  std::span<const Real> synapses(StateIndex state) const override {
    return fetched(synapse_[state], device_.state.y[state], device_.original, device_.current);
  }
  void read(StateIndex state, std::span<const std::uint64_t> which, std::span<Real> values) const override {
    if (which.size() > device_.original.size() / 8 || synapse_[state].steps == steps_) {
      const auto all = synapses(state);
      std::transform(which.begin(), which.end(), values.begin(), [&](std::uint64_t synapse) { return all[synapse]; });
      return;
    }
    if (which.size() > which_.size()) {
      which_ = DeviceBuffer<std::uint64_t>(which.size());
      picked_ = DeviceBuffer<Real>(which.size());
    }
    which_.upload(which, 0, stream_);
    reorder(device_.state.y[state], device_.original, device_.current);
    cuda::launch_gather<Real>(device_.current.data(), which_.data(), which.size(), picked_.data(), stream_);
    picked_.download(values.first(which.size()), 0, stream_);
  }
  double mean(StateIndex state) const override {
    const std::size_t count = device_.original.size();
    if (count == 0) return 0;
    const auto sums = device_.state_sums(device_.state.y[state]);
    cuda::launch_sums<Real>({sums, {}, {}}, {}, stream_);
    std::vector<double> of_chunk(sums.chunks);
    device_.onto.sum.download(of_chunk, 0, stream_);
    return std::accumulate(of_chunk.begin(), of_chunk.end(), 0.0) / double(count);
  }
  std::span<const Real> bare_utilisation() const override { return fetched_bare(0); }
  std::span<const Real> bare_resources() const override { return fetched_bare(1); }
  std::span<const Real> somata(astrocyte::SomaState state) const override {
    return fetched(soma_[state], device_.soma.y[state]);
  }
  std::span<const Real> junction_currents() const override { return fetched(exchanged_, device_.exchanged); }
  std::vector<synapse::Release> take_releases() override { return std::exchange(releases_, {}); }

 private:
  static Scheme scheme_of(synapse::Solver solver, Coupling coupling) {
    switch (solver) {
      case synapse::Solver::rk4: return coupling == Coupling::staged ? Scheme::rk4_stage : Scheme::rk4;
      case synapse::Solver::euler: return Scheme::euler;
      default: return Scheme::exponential_euler;
    }
  }

  /// The launches of one step of `step` seconds: one if what couples the parts is held, else one per stage.
  static std::vector<cuda::Launch<Real>> launches_of(Scheme scheme, Coupling coupling, double step, int substeps) {
    const bool is_staged = coupling == Coupling::staged;
    const Real dt = Real(step / substeps);
    std::vector<cuda::Stage<Real>> stages = {{true, true, 0, 0, 0}};
    if (scheme == Scheme::rk4_stage)
      stages = {{true, false, Real(1), dt / 2, 0},
                {false, false, Real(2), dt / 2, 0},
                {false, false, Real(2), dt, 0},
                {false, true, Real(1), 0, dt / 6}};
    std::vector<cuda::Launch<Real>> launches;
    for (int part = 0; part < (is_staged ? substeps : 1); ++part)
      for (const cuda::Stage<Real>& stage : stages) {
        cuda::Launch<Real> launch{};
        launch.begins_step = launches.empty();
        launch.substeps = is_staged ? 1 : substeps;
        launch.dt = dt;
        launch.stage = stage;
        launches.push_back(launch);
      }
    launches.back().ends_step = true;
    return launches;
  }

  bool has_two_clocks() const { return calcium_every_ > 1; }
  bool has_stages() const {
    return scheme_ == Scheme::rk4_stage || (has_two_clocks() && slow_scheme_ == Scheme::rk4_stage);
  }
  /// Whether the calcium at the beginning of a step is overwritten before its end.
  bool keeps_calcium() const {
    return !has_two_clocks() && std::count_if(launches_.begin(), launches_.end(),
                                              [](const auto& launch) { return launch.stage.is_last; }) > 1;
  }

  /// `step`: since the run began.
  void enqueue_step(std::uint32_t offset, std::int64_t step) {
    for (cuda::Launch<Real> launch : launches_) {
      launch.offset = offset;
      launch.side = side_;
      if (has_two_clocks())
        cuda::launch_fast(scheme_, device_.synapses, launch, stream_);
      else
        cuda::launch_synapses(scheme_, device_.synapses, launch, stream_);
      cuda::launch_bare(scheme_, device_.bare_synapses, launch, stream_);
      cuda::launch_sums<Real>({device_.tripartite_currents(), device_.bare_currents(),
                               has_two_clocks() ? cuda::ChunkSums<Real>{} : process_sums(launch)},
                              launch, stream_);
      cuda::launch_cells(scheme_, device_.neurons, has_two_clocks() ? cuda::Somata<Real>{} : device_.somata, launch,
                         stream_);
      if (!has_two_clocks()) side_ = 1 - side_;
    }
    if (!has_two_clocks() || (step + 1) % calcium_every_ != 0) return;
    for (cuda::Launch<Real> launch : slow_launches_) {
      launch.offset = offset;
      launch.side = side_;
      cuda::launch_slow(slow_scheme_, device_.synapses, launch, stream_);
      cuda::launch_sums<Real>({process_sums(launch), {}, {}}, launch, stream_);
      cuda::launch_cells<Real>(slow_scheme_, {}, device_.somata, launch, stream_);
      side_ = 1 - side_;
    }
  }

  /// Of the IP3 at the end of `launch`, for the next one.
  cuda::ChunkSums<Real> process_sums(const cuda::Launch<Real>& launch) const {
    const auto& state = launch.stage.is_last ? device_.state.y : device_.state.at;
    return device_.process_sums(state[synapse::ip3], 1 - side_);
  }

  /// How often sides change in `count` steps from `step`.
  std::size_t changes_of_side(std::int64_t step, std::int64_t count) const {
    if (!has_two_clocks()) return std::size_t(count) * launches_.size();
    return std::size_t((step + count) / calcium_every_ - step / calcium_every_) * slow_launches_.size();
  }

  /// 2^power cycles as one launch, recorded when they are first wanted. A cycle is a step, or with two clocks the steps
  /// from one slow step to the next.
  void launch_graph(std::size_t power) {
    Graph& graph = graphs_[power];
    if (!graph) {
      const int side = side_;
      try {
        graph = Graph(stream_, [&] {
          for (std::uint32_t offset = 0; offset < calcium_every_ << power; ++offset) enqueue_step(offset, offset);
        });
      } catch (...) {
        side_ = side;  // nothing of what was being recorded has been done
        throw;
      }
    }
    graph.launch(stream_);
  }

  void advance_window(std::uint32_t steps, const Stimulus& stimulus) {
    const int side = side_;
    const unsigned long long fresh[2] = {0, cuda::no_fault};
    device_.counters.upload(fresh, 0, stream_);
    for (std::uint32_t at = 0; at < steps;) {
      const cuda::Window window{stimulus.added_input,
                                std::uint32_t(stimulus.stimulated == 0 ? device_.neurons.count : stimulus.stimulated),
                                at, stimulus.soma_bias};
      device_.window.upload({&window, 1}, 0, stream_);
      const std::size_t power = power_of_graph(steps - at, steps_ + at);
      if (power == 0)
        enqueue_step(0, steps_ + at);
      else
        launch_graph(power);
      at += power == 0 ? 1 : calcium_every_ << power;
    }
    finish_window(steps, side);
  }

  /// The longest graph within `steps` from `step`, 0 if there is none: they begin and end with a cycle and on side 0,
  /// so that they have an even number of cycles.
  std::size_t power_of_graph(std::uint32_t steps, std::int64_t step) const {
    if (side_ != 0 || step % calcium_every_ != 0) return 0;
    const std::size_t nodes = 4 * (launches_.size() * calcium_every_ + (has_two_clocks() ? slow_launches_.size() : 0));
    std::size_t power = 0;
    while (calcium_every_ << (power + 1) <= steps && nodes << (power + 1) <= most_nodes) ++power;
    return power;
  }

  void finish_window(std::uint32_t steps, int side) {
    const std::uint64_t key = collect_releases();
    if (key == cuda::no_fault) {
      steps_ += steps;
      return;
    }
    const std::uint32_t done = cuda::fault_step(key) + 1;
    side_ = int((std::size_t(side) + changes_of_side(steps_, done)) % 2);  // what came after did nothing
    steps_ += done;
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
      cuda::launch_collect(device_.released.data(), device_.original.data(), device_.original.size(),
                           device_.records.data(), device_.records.size(), device_.counters.data(), stream_);
      device_.counters.download(counters, 0, stream_);
      records.resize(std::min<std::size_t>(counters[0], device_.records.size()));
      if (!records.empty()) device_.records.download(records, 0, stream_);
      for (const cuda::ReleaseRecord& record : records)
        for (std::uint32_t bits = record.steps; bits != 0; bits &= bits - 1)
          releases_.push_back({double(steps_ + std::countr_zero(bits) + 1) * dt_, record.synapse});
      const unsigned long long none = 0;
      if (counters[0] > device_.records.size()) device_.counters.upload({&none, 1}, 0, stream_);
    } while (counters[0] > device_.records.size());
    std::sort(releases_.begin() + before, releases_.end(),
              [](const auto& a, const auto& b) { return a.time != b.time ? a.time < b.time : a.synapse < b.synapse; });
    return counters[1];
  }

  void reorder(const DeviceBuffer<Real>& values, const DeviceBuffer<std::uint32_t>& original,
               const DeviceBuffer<Real>& to) const {
    cuda::launch_reorder(values.data(), original.data(), values.size(), to.data(), stream_);
  }

  std::span<const Real> fetched(Mirror<Real>& mirror, const DeviceBuffer<Real>& values) const {
    if (mirror.steps == steps_) return mirror.values;
    mirror.values.resize(values.size());
    values.download(mirror.values, 0, stream_);
    mirror.steps = steps_;
    return mirror.values;
  }

  /// Of synapses, by way of `scratch`, where they are put into the order of the user.
  std::span<const Real> fetched(Mirror<Real>& mirror, const DeviceBuffer<Real>& values,
                                const DeviceBuffer<std::uint32_t>& original, const DeviceBuffer<Real>& scratch) const {
    if (mirror.steps != steps_) reorder(values, original, scratch);
    return fetched(mirror, scratch);
  }

  std::span<const Real> fetched_bare(std::size_t state) const {
    return fetched(bare_[state], device_.bare_state.y[state], device_.bare_original, device_.bare_current);
  }

  double dt_;  // [s]
  std::uint32_t calcium_every_;
  Scheme scheme_, slow_scheme_;
  std::vector<cuda::Launch<Real>> launches_, slow_launches_;  // of one step
  Stream stream_;
  cuda::DeviceNetwork<Real> device_;
  int side_ = 0;  // of what is kept twice: the one that the next launch reads
  std::int64_t steps_ = 0;
  std::array<Graph, std::size_t(std::bit_width(unsigned(cuda::most_steps)))> graphs_;

  std::vector<synapse::Release> releases_;
  mutable DeviceBuffer<std::uint64_t> which_;  // of what is read in part
  mutable DeviceBuffer<Real> picked_;
  mutable Mirror<Real> rate_, exchanged_;
  mutable std::array<Mirror<Real>, 2> bare_;
  mutable std::array<Mirror<Real>, state_count> synapse_;
  mutable std::array<Mirror<Real>, astrocyte::soma_states> soma_;
};

}  // namespace

namespace cuda {

template <class Real>
std::unique_ptr<Network<Real>> make_network(const NetworkSetup& setup) {
  return std::make_unique<CudaNetwork<Real>>(setup);
}

template std::unique_ptr<Network<float>> make_network(const NetworkSetup&);
template std::unique_ptr<Network<double>> make_network(const NetworkSetup&);

}  // namespace cuda
}  // namespace tripartite::network
