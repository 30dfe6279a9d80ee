#include <algorithm>
#include <array>
#include <bit>
#include <functional>

#include "host/linear_algebra/parallel.hpp"
#include "host/network/events.hpp"
#include "host/network/step_arrivals.hpp"
#include "kernels/graph.hpp"
#include "kernels/network/branches.hpp"
#include "kernels/network/cuda_network_base.hpp"
#include "kernels/network/cuda_networks.hpp"
#include "kernels/network/device_projections.hpp"
#include "kernels/network/fetch.hpp"
#include "kernels/network/passes.hpp"

namespace tripartite::network::cuda {
namespace {

using namespace population::cuda;

constexpr std::size_t most_records = std::size_t(1) << 14;  // that one copy brings from the device
constexpr std::size_t most_nodes = 2048;                    // of a graph

/// Networks with projections, by steps of dt at whose ends events act. All that happens between two looks of the host
/// is launched without waiting; a state that leaves its domain stops the network at the end of that step.
template <class Real>
class CudaStageNetwork final : public CudaNetworkBase<Real> {
  using Base = CudaNetworkBase<Real>;

 public:
  explicit CudaStageNetwork(NetworkSetup setup)
      : Base(std::move(setup)), passes_(passes_of<Real>(this->setup_)), own_(this->populations_.size()) {
    const std::vector<std::size_t> told_first = order_of_populations(this->setup_, false);
    int place = 0;
    for (const std::size_t p : told_first) {
      this->populations_[p].first_place = place;
      place += int(this->setup_.populations[p].initial.size());
    }
    const std::vector<std::size_t> order = order_of_populations(this->setup_, true);
    for (std::size_t p = 0; p < own_.size(); ++p) this->populations_[p].order = order_of_elements(this->setup_, p);
    // The stages of the last slow step reach beyond the window.
    this->prepare_populations(std::size_t(most_network_steps + (has_two_clocks() ? slow_every() : 0)));
    for (std::size_t p = 0; p < own_.size(); ++p) want(p);
    projections_ = std::make_unique<DeviceProjections<Real>>(this->setup_, this->populations_, order, this->memory_);
    parts_ = projections_->parts(order);
    std::size_t elements = 0;
    for (const auto& population : this->populations_)
      if (population.description().watched >= 0) elements += population.size;
    this->memory_.want(records_, std::min(elements, most_records));
    this->memory_.want(counters_, 2);
    this->memory_.want(progress_, 1);
    this->allocate();
    projections_->upload(this->stream_);
    for (Own& own : own_) own.crossed.clear(this->stream_);
  }

  void advance_steps(std::int64_t steps) override {
    const std::int64_t end = this->steps_ + steps;
    while (this->steps_ < end) {
      this->check_stop();
      const std::int64_t last = std::min(this->steps_ + most_network_steps, end);
      const std::int64_t arrival = next_arrival(this->steps_, last);
      advance_window(int(std::min(arrival + 1, last) - this->steps_));
      if (arrival < last) take_spikes(arrival);
    }
  }

 private:
  /// What a population needs beside its arrays.
  struct Own {
    std::vector<DeviceBuffer<Real>> at, sum;  // of single stages
    DeviceBuffer<Real> watched_at_begin;
    DeviceBuffer<std::uint32_t> crossed;
    std::vector<bool> is_silent;  // inputs whose common part is 0, in recorded graphs
    StepArrivals arrivals;
    std::vector<Index> original, place;  // those of the device, once spikes arrived
  };

  int slow_every() const { return this->setup_.slow_every; }
  bool has_two_clocks() const { return slow_every() > 1; }
  const unsigned long long* fault() const { return counters_.data() + 1; }
  bool takes_part(std::size_t p, StageClock clock) const {
    const auto& population = this->populations_[p];
    return clock == StageClock::one || (clock == StageClock::slow ? population.slow : population.fast);
  }
  /// Whether state s of population p advances in passes of this clock.
  bool moves(std::size_t p, std::size_t s, StageClock clock) const {
    const bool is_slow = this->populations_[p].description().states[s].clock == Clock::slow;
    return clock == StageClock::one || is_slow == (clock == StageClock::slow);
  }

  void want(std::size_t p) {
    const DevicePopulation<Real>& population = this->populations_[p];
    Own& own = own_[p];
    own.at.resize(population.state.size());
    own.sum.resize(population.state.size());
    for (std::size_t s = 0; s < own.at.size(); ++s)
      if (std::any_of(passes_.begin(), passes_.end(),
                      [&](const Pass<Real>& pass) { return !pass.is_whole && moves(p, s, pass.clock); })) {
        this->memory_.want(own.at[s], population.size);
        this->memory_.want(own.sum[s], population.size);
      }
    const int watched = population.description().watched;
    if (watched < 0) return;
    this->memory_.want(own.crossed, population.size);
    // Several passes that complete a substep overwrite the beginning of the step before its end.
    const auto completed = std::count_if(passes_.begin(), passes_.end(), [&](const Pass<Real>& pass) {
      return pass.stage.is_last && moves(p, std::size_t(watched), pass.clock);
    });
    if (completed > 1) this->memory_.want(own.watched_at_begin, population.size);
  }

  /// Where a pass finds a state.
  const Real* state_of(std::size_t p, std::size_t s, const Pass<Real>& pass) const {
    const bool is_at_begin = pass.stage.is_first || this->setup_.coupling == Coupling::held || !moves(p, s, pass.clock);
    return (is_at_begin ? this->populations_[p].state[s] : own_[p].at[s]).data();
  }

  void enqueue_pass(const Pass<Real>& pass, std::uint32_t offset) {
    const Look look{pass.clock, offset, 2 * this->setup_.substeps, pass.common_at};
    const auto state = [&](std::size_t p, std::size_t s) { return state_of(p, s, pass); };
    const auto next = [&] { return branches_.next(); };
    if (pass.couples) {
      branches_.begin();
      projections_->look_at_states(look, state, progress_.data(), fault(), next);
      branches_.join();
    }
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      branches_.begin();
      // Within a part the order must not matter. It is the one that would tell: sums before what they must not read,
      // owners of a state before those who must have gathered it.
      if (part + 1 < parts_.size() && pass.couples)
        for (const std::size_t p : parts_[part + 1])
          if (takes_part(p, pass.clock)) projections_->add_outputs(p, look, progress_.data(), fault(), next);
      for (auto p = parts_[part].rbegin(); p != parts_[part].rend(); ++p)
        if (takes_part(*p, pass.clock)) launch(*p, pass, look, state, next());
      branches_.join();
    }
  }

  void launch(std::size_t p, const Pass<Real>& pass, const Look& look,
              const typename DeviceProjections<Real>::StateOf& state, cudaStream_t stream) {
    const DevicePopulation<Real>& population = this->populations_[p];
    const Own& own = own_[p];
    StageRun<Real> run;
    run.elements = population.elements;
    for (std::size_t i = 0; i < population.inputs.size(); ++i) {
      const DeviceInput<Real>& input = population.inputs[i];
      InputPort<Real>& port = run.elements.input[i];
      port.factor = input.factor.data();
      port.value = input.value.data();
      if (!input.is_summed) port.common = input.course.current();
    }
    projections_->connect(p, pass.clock, state, run.elements);
    run.stage.clock = pass.clock;
    run.stage.stage = pass.stage;
    run.stage.dt = pass.dt;
    for (std::size_t s = 0; s < own.at.size(); ++s) {
      run.stage.at[s] = own.at[s].data();
      run.stage.sum[s] = own.sum[s].data();
    }
    for (std::size_t k = 0; k < population.description().outputs.size(); ++k)
      run.stage.output[k] = projections_->output(p, k);
    run.stage.average_sum = population.average_sum.data();
    run.stage.average_weight = Real(1) / Real(slow_every() * this->setup_.substeps);
    run.stage.is_step_end = pass.ends_step;
    run.method = this->setup_.method;
    run.is_whole = pass.is_whole;
    run.substeps = pass.substeps;
    run.begins_step = pass.begins_step;
    run.watched_at_begin = pass.clock == StageClock::slow ? nullptr : own.watched_at_begin.data();
    run.size = population.size;
    run.progress = progress_.data();
    run.offset = look.offset;
    run.common_stride = look.common_stride;
    run.common_at = look.common_at;
    run.common_half = 1;
    run.original = population.original.data();
    run.crossed = own.crossed.data();
    run.fault = counters_.data() + 1;
    run.first_place = population.first_place;
    population.loops->stage(run, stream);
    TRIPARTITE_CUDA_TRY(cudaGetLastError());
  }

  /// `step`: since the run began.
  void enqueue_step(std::uint32_t offset, std::int64_t step) {
    const bool slow_states_move = (step + 1) % slow_every() == 0;
    for (const Pass<Real>& pass : passes_)
      if (pass.clock != StageClock::slow || slow_states_move) enqueue_pass(pass, offset);
  }

  /// 2^power units as one launch, recorded when they are first wanted. A unit is a cycle, the steps from one slow step
  /// to the next, or one step without a slow one.
  void launch_graph(bool of_cycles, std::size_t power) {
    Graph& graph = (of_cycles ? cycles_ : fast_steps_)[power];
    const auto unit = std::uint32_t(of_cycles ? slow_every() : 1);
    if (!graph)
      graph = Graph(this->stream_, [&] {
        for (std::uint32_t offset = 0; offset < unit << power; ++offset)
          enqueue_step(offset, of_cycles ? std::int64_t(offset) : 0);
      });
    graph.launch(this->stream_);
  }

  /// Launches steps from `step` of the run, at most `steps`; returns how many.
  int launch_some(int steps, std::int64_t step) {
    const int cycle = slow_every(), into = int(step % cycle);
    const bool of_cycles = into == 0 && cycle <= steps;
    const int unit = of_cycles ? cycle : 1;
    const int left = of_cycles ? steps : std::min(steps, cycle - 1 - into);
    if (left == 0) {  // a slow step whose cycle began elsewhere
      enqueue_step(0, step);
      return 1;
    }
    std::size_t power = 0;
    while (unit << (power + 1) <= left && nodes_of_step() * (std::size_t(unit) << (power + 1)) <= most_nodes) ++power;
    launch_graph(of_cycles, power);
    return unit << power;
  }

  std::size_t nodes_of_step() const { return passes_.size() * (2 * own_.size() + 2); }

  void advance_window(int steps) {
    tabulate_inputs();
    const unsigned long long fresh[2] = {0, no_fault};
    counters_.upload(fresh, 0, this->stream_);
    for (int at = 0; at < steps;) {
      const Progress progress{std::uint32_t(at)};
      progress_.upload({&progress, 1}, 0, this->stream_);
      at += launch_some(steps - at, this->steps_ + at);
    }
    const unsigned long long key = collect_events();
    if (key == no_fault) {
      this->steps_ += steps;
      return;
    }
    this->steps_ += fault_step(key) + 1;  // the later ones did nothing
    this->throw_fault(key, this->time());
  }

  /// The common inputs of the steps to come. Graphs know which of them are 0 for all time.
  void tabulate_inputs() {
    bool changed = false;
    for (std::size_t p = 0; p < own_.size(); ++p) {
      auto& inputs = this->populations_[p].inputs;
      own_[p].is_silent.resize(inputs.size(), true);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        DeviceInput<Real>& input = inputs[i];
        const bool is_silent = input.is_summed
                                   ? input.summed_course.tabulate(input.common, this->steps_, this->stream_) == nullptr
                                   : input.course.tabulate(input.common, this->steps_, this->stream_) == nullptr;
        changed |= is_silent != own_[p].is_silent[i];
        own_[p].is_silent[i] = is_silent;
      }
    }
    if (!changed) return;
    TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(this->stream_));  // none of them is running
    cycles_ = {};
    fast_steps_ = {};
  }

  std::span<const Arrival> arrivals(std::size_t p, std::int64_t step) {
    const DevicePopulation<Real>& population = this->populations_[p];
    return own_[p].arrivals.at_end_of(step, population.spikes, population.size, linear_algebra::threads());
  }

  /// The first step in [step, end) at whose end spikes arrive; `end` if there is none.
  std::int64_t next_arrival(std::int64_t step, std::int64_t end) {
    for (; step < end; ++step)
      for (std::size_t p = 0; p < own_.size(); ++p)
        if (!arrivals(p, step).empty()) return step;
    return end;
  }

  /// Lets the spikes that arrive at the end of `step`, the last one taken, act: a window of one step without substeps.
  void take_spikes(std::int64_t step) {
    const std::size_t before = this->events_.size();
    unsigned long long lowest_key = no_fault;
    for (std::size_t p = 0; p < own_.size(); ++p)
      if (const auto all = arrivals(p, step); !all.empty()) lowest_key = std::min(lowest_key, take_spikes(p, all));
    sort_events(this->events_, before);
    if (lowest_key != no_fault) this->throw_fault(lowest_key, this->time());
  }

  /// Returns the smallest key of a fault.
  unsigned long long take_spikes(std::size_t p, std::span<const Arrival> all) {
    const DevicePopulation<Real>& population = this->populations_[p];
    arriving_.assign(all.begin(), all.end());
    if (own_[p].original.size() < population.original.size()) {
      own_[p].original.resize(population.original.size());
      population.original.download(own_[p].original, 0, this->stream_);
      own_[p].place = places_of(own_[p].original);
    }
    if (const std::vector<Index>& place = own_[p].place; !place.empty()) {
      for (Arrival& arrival : arriving_) arrival.element = place[arrival.element];
      std::stable_sort(arriving_.begin(), arriving_.end(),
                       [](const Arrival& a, const Arrival& b) { return a.element < b.element; });
    }
    if (arrival_.size() < arriving_.size()) arrival_ = DeviceBuffer<Arrival>(2 * arriving_.size());
    arrival_.upload(arriving_, 0, this->stream_);
    const bool has_watched = population.description().watched >= 0;
    if (has_watched && crossing_.size() < arriving_.size()) crossing_ = DeviceBuffer<EventRecord>(arrival_.size());
    unsigned long long counters[2] = {0, no_fault};
    counters_.upload(counters, 0, this->stream_);
    WindowRun<Real> run;
    run.elements = population.elements;
    run.window.method = integrate::Method::euler;
    run.window.steps = 1;
    run.window.substeps = 0;
    run.size = population.size;
    run.arrival = arrival_.data();
    run.arrivals = arriving_.size();
    run.record = crossing_.data();
    run.capacity = crossing_.size();
    run.records = counters_.data();
    run.fault = counters_.data() + 1;
    run.first_place = population.first_place;
    population.loops->fixed(run, this->stream_);
    TRIPARTITE_CUDA_TRY(cudaGetLastError());
    counters_.download(counters, 0, this->stream_);
    const auto index_of = [&](std::uint64_t place) {
      return own_[p].original.empty() ? place : std::uint64_t(own_[p].original[place]);
    };
    fetched_.resize(std::size_t(counters[0]));
    crossing_.download(fetched_, 0, this->stream_);
    for (const EventRecord& record : fetched_)
      this->events_.push_back({this->time(), std::uint32_t(p), index_of(record.element)});
    if (counters[1] == no_fault) return no_fault;
    return fault_key(0, fault_place(counters[1]), index_of(fault_element(counters[1])), false);
  }

  /// Returns the smallest key of a fault.
  unsigned long long collect_events() {
    const std::size_t before = this->events_.size();
    unsigned long long counters[2] = {0, no_fault};
    bool has_watched = false;
    for (std::size_t p = 0; p < own_.size(); ++p) {
      const DevicePopulation<Real>& population = this->populations_[p];
      if (own_[p].crossed.size() == 0) continue;
      has_watched = true;
      do {
        launch_collect(own_[p].crossed.data(), population.original.data(), population.size, records_.data(),
                       records_.size(), counters_.data(), this->stream_);
        counters_.download(counters, 0, this->stream_);
        if (counters[0] == 0) break;
        fetched_.resize(std::min<std::size_t>(counters[0], records_.size()));
        records_.download(fetched_, 0, this->stream_);
        for (const EventRecord& record : fetched_)
          for (std::uint64_t bits = record.steps; bits != 0; bits &= bits - 1)
            this->events_.push_back({double(this->steps_ + std::countr_zero(bits) + 1) * this->setup_.dt,
                                     std::uint32_t(p), record.element});
        const unsigned long long none = 0;
        counters_.upload({&none, 1}, 0, this->stream_);
      } while (counters[0] > records_.size());
    }
    if (!has_watched) counters_.download(counters, 0, this->stream_);
    sort_events(this->events_, before);
    return counters[1];
  }

  std::vector<Pass<Real>> passes_;  // of one step
  std::vector<Own> own_;
  std::vector<std::vector<std::size_t>> parts_;  // of the populations, one after the other in a pass
  Branches branches_{this->stream_};
  std::unique_ptr<DeviceProjections<Real>> projections_;
  DeviceBuffer<EventRecord> records_;
  std::vector<EventRecord> fetched_;
  DeviceBuffer<Arrival> arrival_;       // of one step and population
  DeviceBuffer<EventRecord> crossing_;  // by spikes, at most one per arrival
  std::vector<Arrival> arriving_;
  DeviceBuffer<unsigned long long> counters_;  // records; the smallest fault_key
  DeviceBuffer<Progress> progress_;
  std::array<Graph, std::size_t(std::bit_width(unsigned(most_network_steps)))> cycles_, fast_steps_;
};

}  // namespace

template <class Real>
std::unique_ptr<Network> make_stage_network(NetworkSetup setup) {
  return std::make_unique<CudaStageNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network> make_stage_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_stage_network<double>(NetworkSetup);

}  // namespace tripartite::network::cuda
