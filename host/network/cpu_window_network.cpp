#include <algorithm>
#include <cmath>
#include <numbers>

#include "host/network/cpu_base.hpp"
#include "host/network/tile_arrivals.hpp"
#include "host/network/windows.hpp"
#include "host/simd/flush_subnormals.hpp"

namespace tripartite {
namespace {

/// Populations that nothing joins: each element goes through many steps at once.
template <class Real>
class CpuWindowNetwork final : public CpuNetworkBase<Real> {
  using Base = CpuNetworkBase<Real>;
  using typename Base::Worker;

 public:
  explicit CpuWindowNetwork(NetworkSetup setup)
      : Base(std::move(setup)), substeps_(adaptive() ? 1 : this->setup_.substeps) {
    for (CpuPopulation<Real>& population : this->populations_) {
      courses_.emplace_back(population.inputs.size());
      arrivals_.emplace_back((padded(population.size) + Base::tile - 1) / Base::tile);
    }
  }

  void advance_steps(std::int64_t steps) override {
    while (steps > 0) {
      const int now = network::window_at(this->steps_, steps, this->setup_);
      advance_window(now);
      steps -= now;
    }
  }

 private:
  bool adaptive() const { return is_adaptive(this->setup_.method); }

  /// The course of an input common to all elements, at ends and middles of the substeps of a window.
  struct Course {
    Signal of;
    std::int64_t begin = -1;  // step; of a constant signal any
    std::vector<Real> values;
  };

  const Real* tabulate(Course& course, const Signal& signal, int steps) {
    const auto points = 2 * std::size_t(steps) * std::size_t(substeps_) + 1;
    const bool is_constant = signal.amplitude == 0;
    if (course.of == signal && course.values.size() >= points &&
        (course.begin == this->steps_ || (is_constant && course.begin >= 0)))
      return course.values.data();
    course.of = signal;
    course.begin = this->steps_;
    course.values.resize(points);
    const double half = this->setup_.dt / (2 * substeps_);
    // By its place in the run, so that the same time is the same number however the run is cut.
    const std::int64_t first = this->steps_ * 2 * substeps_;
    if (is_constant)
      std::fill(course.values.begin(), course.values.end(), Real(signal.mean));
    else
      for (std::size_t i = 0; i < points; ++i) course.values[i] = Real(signal(double(first + std::int64_t(i)) * half));
    return course.values.data();
  }

  void advance_window(int steps) {
    this->begin_window();
    const double begin = double(this->steps_) * this->setup_.dt;
    for (std::size_t p = 0; p < this->populations_.size(); ++p) advance_population(p, steps, begin);
    this->steps_ += steps;
    this->collect_events();
    for (std::size_t p = 0; p < this->populations_.size(); ++p)
      if (faulty_population_ == std::ptrdiff_t(p)) {
        faulty_population_ = -1;
        this->throw_fault(p, adaptive() ? begin : this->time());
      }
  }

  void advance_population(std::size_t p, int steps, double begin) {
    CpuPopulation<Real>& population = this->populations_[p];
    if (faulty_population_ >= 0) return;  // the network stops where its first fault is
    Window<Real> window;
    window.method = this->setup_.method;
    window.steps = steps;
    window.substeps = substeps_;
    window.dt = Real(this->setup_.dt / substeps_);
    window.slow_every = population.average_sum.empty() ? 1 : this->setup_.slow_every;
    window.phase = int(this->steps_ % window.slow_every);
    window.slow_dt = Real(this->setup_.dt * window.slow_every);
    window.average_sum = population.average_sum.data();
    window.step_size = population.step_size.data();
    window.relative = Real(this->setup_.relative_tolerance);
    window.absolute = Real(this->setup_.absolute_tolerance);
    Tile<Real> prototype;
    prototype.elements = population.elements;
    for (std::size_t i = 0; i < population.inputs.size(); ++i) {
      CpuInput<Real>& input = population.inputs[i];
      InputPort<Real>& port = prototype.elements.input[i];
      port.factor = input.factor.empty() ? nullptr : input.factor.data();
      port.value = input.value.empty() ? nullptr : input.value.data();
      if (adaptive()) {
        const double angular = 2 * std::numbers::pi * input.common.frequency * begin + input.common.phase;
        window.signal[i] = {Real(input.common.mean), Real(input.common.amplitude * std::cos(angular)),
                            Real(input.common.amplitude * std::sin(angular)), Real(2 * input.common.frequency)};
      } else {
        port.common = tabulate(courses_[p][i], input.common, steps);
      }
    }
    const std::size_t total = padded(population.size);
    linear_algebra::run_parallel(
        int((total + Base::tile - 1) / Base::tile),
        [&](int index, int worker) {
          this->check_stop();
          const std::size_t first = std::size_t(index) * Base::tile;
          advance_tile(prototype, window, p, first, std::min(first + Base::tile, total),
                       this->workers_[std::size_t(worker)]);
        },
        this->threads_);
    for (const Worker& worker : this->workers_)
      if (worker.fault.element >= 0 || worker.is_full) faulty_population_ = std::ptrdiff_t(p);
  }

  void advance_tile(Tile<Real> run, const Window<Real>& window, std::size_t p, std::size_t first, std::size_t last,
                    Worker& worker) {
    const CpuPopulation<Real>& population = this->populations_[p];
    run.first = std::int64_t(first);
    run.last = std::int64_t(last);
    worker.arrivals.clear();
    if (population.spikes != nullptr)
      arrivals_[p][first / Base::tile].collect(population.spikes, first, std::min(last, population.size), this->steps_,
                                               window.steps, worker.arrivals);
    run.arrival = worker.arrivals.data();
    run.arrivals = std::int64_t(worker.arrivals.size());
    // A crossing needs the watched state to come down in between: at most one in two steps. Adaptive steps are bounded
    // by nothing, but a transient takes much longer than the mean of these; more than this is refused, not lost.
    // One place more tells full from overfull.
    worker.crossings.resize(Base::tile * std::size_t(std::min(window.steps, network::fixed_window_steps) / 2 + 1) + 1);
    run.crossing = worker.crossings.data();
    run.capacity = std::int64_t(worker.crossings.size());
    {
      const simd::FlushSubnormals flush;
      (adaptive() ? population.loops.adaptive : population.loops.fixed)(run, window);
    }
    const double dt = this->setup_.dt;
    for (std::int64_t i = 0; i < run.crossings; ++i) {
      const Crossing& crossing = run.crossing[i];
      if (crossing.element >= std::int64_t(population.size)) continue;
      // Of a step: its number times dt, the same whatever the window.
      const double time =
          adaptive() ? double(this->steps_) * dt + crossing.time : (double(this->steps_) + crossing.time) * dt;
      worker.events.push_back({time, std::uint32_t(p), std::uint64_t(crossing.element)});
    }
    worker.is_full |= run.crossings == run.capacity;
    Base::note_fault(worker, run, population.size);
  }

  int substeps_;
  std::vector<std::vector<Course>> courses_;         // [populations][inputs]
  std::vector<std::vector<TileArrivals>> arrivals_;  // [populations][tiles]
  std::ptrdiff_t faulty_population_ = -1;
};

}  // namespace

template <class Real>
std::unique_ptr<Network> make_window_network(NetworkSetup setup) {
  return std::make_unique<CpuWindowNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network> make_window_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_window_network<double>(NetworkSetup);

}  // namespace tripartite
