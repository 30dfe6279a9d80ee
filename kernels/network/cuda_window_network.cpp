#include <algorithm>
#include <cmath>
#include <numbers>

#include "host/linear_algebra/parallel.hpp"
#include "host/network/events.hpp"
#include "host/network/faults.hpp"
#include "host/network/tile_arrivals.hpp"
#include "host/network/windows.hpp"
#include "kernels/network/cuda_network_base.hpp"
#include "kernels/network/cuda_networks.hpp"
#include "tripartite/error.hpp"

namespace tripartite::network::cuda {
namespace {

using namespace population::cuda;

/// Populations that nothing joins: each element goes through many steps at once.
template <class Real>
class CudaWindowNetwork final : public CudaNetworkBase<Real> {
  using Base = CudaNetworkBase<Real>;

 public:
  explicit CudaWindowNetwork(NetworkSetup setup)
      : Base(std::move(setup)), substeps_(adaptive() ? 1 : this->setup_.substeps), runs_(this->populations_.size()) {
    this->prepare_populations(fixed_window_steps);
    for (std::size_t p = 0; p < runs_.size(); ++p)
      if (this->populations_[p].description().watched >= 0) {
        // With fixed steps an element has at most one record per launch.
        const std::size_t size = this->populations_[p].size;
        this->memory_.want(runs_[p].record, adaptive() ? 2 * size + spare_records : size);
      }
    this->memory_.want(counters_, runs_.size() + 1);
    this->allocate();
  }

  void advance_steps(std::int64_t steps) override {
    while (steps > 0) {
      this->check_stop();
      const int now = window_at(this->steps_, steps, this->setup_);
      advance_window(now);
      steps -= now;
    }
  }

 private:
  static constexpr std::size_t spare_records = std::size_t(1) << 14;

  /// What the launches of a population need beside its arrays.
  struct Run {
    DeviceBuffer<EventRecord> record;
    DeviceBuffer<Arrival> arrival;
    std::vector<Arrival> arrivals;
    struct Part {
      TileArrivals kept;
      std::vector<Arrival> arrivals;
    };
    std::vector<Part> parts;
    std::vector<EventRecord> records;
  };

  bool adaptive() const { return is_adaptive(this->setup_.method); }

  void advance_window(int steps) {
    const double begin = this->time();
    const std::size_t before = this->events_.size();
    const std::int64_t first = this->steps_;
    const int most = adaptive() ? steps : most_window_steps;
    counter_values_.assign(runs_.size() + 1, 0);
    counter_values_.back() = no_fault;
    std::ptrdiff_t crowded = -1;  // a population with more events than records
    for (int done = 0; done < steps;) {
      const int now = std::min(most, steps - done);
      counters_.upload(counter_values_, 0, this->stream_);
      for (std::size_t p = 0; p < runs_.size(); ++p) launch(p, first, done, now, done + now == steps);
      counters_.download(counter_values_, 0, this->stream_);
      for (std::size_t p = 0; p < runs_.size(); ++p)
        if (!collect(p, now) && crowded < 0) crowded = std::ptrdiff_t(p);
      this->steps_ += now;
      done += now;
    }
    sort_events(this->events_, before);
    const unsigned long long key = counter_values_.back();
    if (crowded >= 0) {
      const DevicePopulation<Real>& population = this->populations_[std::size_t(crowded)];
      throw_crowded(population.name, population.description().event, begin);
    }
    if (key != no_fault) this->throw_fault(key, adaptive() ? begin : this->time());
  }

  /// The steps [done, done + steps) of the window that begins at step `first`.
  void launch(std::size_t p, std::int64_t first, int done, int steps, bool is_last) {
    DevicePopulation<Real>& population = this->populations_[p];
    if (population.size == 0) return;
    WindowRun<Real> run;
    run.elements = population.elements;
    Window<Real>& window = run.window;
    window.method = this->setup_.method;
    window.steps = steps;
    window.substeps = substeps_;
    window.dt = Real(this->setup_.dt / substeps_);
    window.slow_every = population.average_sum.size() == 0 ? 1 : this->setup_.slow_every;
    window.phase = int(this->steps_ % window.slow_every);
    window.slow_dt = Real(this->setup_.dt * window.slow_every);
    window.average_sum = population.average_sum.data();
    window.step_size = population.step_size.data();
    window.relative = Real(this->setup_.relative_tolerance);
    window.absolute = Real(this->setup_.absolute_tolerance);
    for (std::size_t i = 0; i < population.inputs.size(); ++i) {
      DeviceInput<Real>& input = population.inputs[i];
      InputPort<Real>& port = run.elements.input[i];
      port.factor = input.factor.data();
      port.value = input.value.data();
      if (adaptive()) {
        const Signal& common = input.common;
        const double angular = 2 * std::numbers::pi * common.frequency * this->time() + common.phase;
        window.signal[i] = {Real(common.mean), Real(common.amplitude * std::cos(angular)),
                            Real(common.amplitude * std::sin(angular)), Real(2 * common.frequency)};
      } else {
        port.common = input.course.tabulate(input.common, first, this->stream_);
        if (port.common != nullptr) port.common += std::size_t(done) * 2 * std::size_t(substeps_);
      }
    }
    Run& own = runs_[p];
    if (population.spikes != nullptr) collect_arrivals(population, own, steps);
    run.size = population.size;
    run.arrival = own.arrival.data();
    run.arrivals = population.spikes != nullptr ? own.arrivals.size() : 0;
    run.record = own.record.data();
    run.capacity = own.record.size();
    run.records = counters_.data() + p;
    run.fault = counters_.data() + runs_.size();
    run.first_place = population.first_place;
    run.watches = is_last;
    (adaptive() ? population.loops->adaptive : population.loops->fixed)(run, this->stream_);
    TRIPARTITE_CUDA_TRY(cudaGetLastError());
  }

  /// What arrives in the next steps, drawn by several threads.
  void collect_arrivals(const DevicePopulation<Real>& population, Run& run, int steps) {
    constexpr std::size_t part = 8192;
    const std::size_t parts = (population.size + part - 1) / part;
    run.parts.resize(parts);
    linear_algebra::run_parallel(int(parts), [&](int index, int) {
      auto& [kept, arrivals] = run.parts[std::size_t(index)];
      arrivals.clear();
      const std::size_t first = std::size_t(index) * part;
      kept.collect(population.spikes, first, std::min(first + part, population.size), this->steps_, steps, arrivals);
    });
    run.arrivals.clear();
    for (const auto& each : run.parts)
      run.arrivals.insert(run.arrivals.end(), each.arrivals.begin(), each.arrivals.end());
    if (run.arrivals.size() > run.arrival.size()) run.arrival = DeviceBuffer<Arrival>(2 * run.arrivals.size());
    run.arrival.upload(run.arrivals, 0, this->stream_);
  }

  /// Appends the events of a launch that began at steps_; false if there were more than records.
  bool collect(std::size_t p, int steps) {
    Run& run = runs_[p];
    const auto found = std::size_t(std::exchange(counter_values_[p], 0));
    if (found == 0) return true;
    run.records.resize(std::min(found, run.record.size()));
    run.record.download(run.records, 0, this->stream_);
    const double dt = this->setup_.dt;
    for (const EventRecord& record : run.records) {
      if (adaptive())
        this->events_.push_back({double(this->steps_) * dt + record.time, std::uint32_t(p), record.element});
      for (int step = 0; step < steps; ++step)
        if (!adaptive() && (record.steps >> step & 1) != 0)
          this->events_.push_back({double(this->steps_ + step + 1) * dt, std::uint32_t(p), record.element});
    }
    return found <= run.record.size();
  }

  int substeps_;
  std::vector<Run> runs_;
  DeviceBuffer<unsigned long long> counters_;  // records of each population; the smallest fault_key
  std::vector<unsigned long long> counter_values_;
};

}  // namespace

template <class Real>
std::unique_ptr<Network> make_window_network(NetworkSetup setup) {
  return std::make_unique<CudaWindowNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network> make_window_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_window_network<double>(NetworkSetup);

}  // namespace tripartite::network::cuda
