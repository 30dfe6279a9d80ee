#include "host/synapse/cpu_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "host/linear_algebra/parallel.hpp"
#include "host/simd/aligned.hpp"
#include "host/simd/flush_subnormals.hpp"
#include "host/synapse/cpu_kernels.hpp"
#include "tripartite/error.hpp"

namespace tripartite::synapse {
namespace {

constexpr std::int64_t tile = 512;  // synapses that a thread takes at once
constexpr int window_steps = 256;   // between looks at the numbers, and at most between two events of one crossing

std::size_t padded(std::size_t synapses) { return (synapses + padding - 1) / padding * padding; }

template <class Real>
AlignedVector<Real> filled(const std::vector<double>& values) {
  AlignedVector<Real> result(values.begin(), values.end());
  if (!result.empty()) result.resize(padded(values.size()), result.back());
  return result;
}

template <class Real>
class CpuEnsemble final : public Ensemble<Real> {
 public:
  explicit CpuEnsemble(EnsembleSetup setup)
      : synapses_(setup.synapses),
        dt_(setup.dt),
        substeps_(is_adaptive(setup.solver) ? 1 : setup.substeps),
        threads_(setup.threads > 0 ? std::min(setup.threads, linear_algebra::threads()) : linear_algebra::threads()),
        kernels_(cpu::kernels<Real>(best_instruction_set())),
        rate_factor_(filled<Real>(setup.rate_factor)) {
    const std::size_t needed = ensemble_bytes(setup, sizeof(Real) == 8 ? Precision::float64 : Precision::float32);
    if (needed > available_host_memory())
      throw MemoryError(
          fmt::format("{} synapses need {} bytes, {} are available", setup.synapses, needed, available_host_memory()));
    for (int i = 0; i < state_count; ++i) state_[i].assign(padded(synapses_), Real(setup.initial[i]));
    if (is_adaptive(setup.solver)) step_size_.assign(padded(synapses_), Real(setup.dt));
    prototype_ = {};
    prototype_.solver = setup.solver;
    prototype_.options = setup.options;
    for (int i = 0; i < state_count; ++i) prototype_.state[i] = state_[i].data();
    prototype_.step_size = step_size_.data();
    prototype_.rate_factor = rate_factor_.empty() ? nullptr : rate_factor_.data();
    prototype_.shared = converted<Real>(setup.parameters);
    for (Varied& varied : setup.varied) {
      varied_.push_back(filled<Real>(varied.values));
      prototype_.varied[varied.parameter] = varied_.back().data();
      prototype_.any_varied = true;
      varied.values = {};
    }
    prototype_.substeps = substeps_;
    prototype_.dt = Real(setup.dt / substeps_);
    prototype_.calcium_every = setup.calcium_every;
    prototype_.slow_dt = Real(setup.dt * setup.calcium_every);
    if (setup.calcium_every > 1) receptor_sum_.assign(padded(synapses_), Real(0));
    prototype_.receptor_sum = receptor_sum_.data();
    prototype_.relative = Real(setup.relative_tolerance);
    prototype_.absolute = Real(setup.absolute_tolerance);
  }

  void advance(int steps, const Drive& drive, const SpikeSource* spikes) override {
    for (int done = 0; done < steps;) {
      const int now = std::min(window_steps, steps - done);
      advance_window(now, drive, spikes);
      done += now;
    }
  }

  std::int64_t steps() const override { return steps_; }

  void read(StateIndex state, std::size_t first, std::span<Real> values) const override {
    std::copy_n(state_[state].begin() + std::ptrdiff_t(first), values.size(), values.begin());
  }

  void gather(StateIndex state, std::span<const std::uint64_t> places, std::span<Real> values) const override {
    for (std::size_t i = 0; i < places.size(); ++i) values[i] = state_[state][places[i]];
  }

  void write(StateIndex state, std::size_t first, std::span<const Real> values) override {
    std::copy(values.begin(), values.end(), state_[state].begin() + std::ptrdiff_t(first));
  }

  std::vector<Release> take_releases() override { return std::exchange(releases_, {}); }

 private:
  struct Worker {
    std::vector<SpikeSource::Arrival> arrivals;
    std::vector<cpu::Crossing> crossings;
    std::vector<Release> releases;
    cpu::Fault fault;
    bool is_stuck = false;
    bool is_full = false;
  };

  /// The drive at ends and middles of substeps.
  void tabulate(int steps, const Drive& drive) {
    const int points = 2 * steps * substeps_ + 1;
    rate_.resize(std::size_t(points));
    bias_.assign(std::size_t(points), Real(drive.bias));
    const double half = dt_ / (2 * substeps_);
    // By its place in the run, so that the same time is the same number however the run is cut.
    const std::int64_t first = steps_ * 2 * substeps_;
    for (int i = 0; i < points; ++i) rate_[std::size_t(i)] = Real(drive.rate(double(first + i) * half));
  }

  void advance_window(int steps, const Drive& drive, const SpikeSource* spikes) {
    cpu::TileRun<Real> window = prototype_;
    window.steps = steps;
    window.phase = int(steps_ % window.calcium_every);
    const double begin = double(steps_) * dt_;
    if (is_adaptive(window.solver)) {
      const double angular = 2 * std::numbers::pi * drive.rate.frequency;
      window.rate_mean = Real(drive.rate.mean);
      window.rate_sine = Real(drive.rate.amplitude * std::cos(angular * begin + drive.rate.phase));
      window.rate_cosine = Real(drive.rate.amplitude * std::sin(angular * begin + drive.rate.phase));
      window.rate_half_turns = Real(2 * drive.rate.frequency);
      window.bias_mean = Real(drive.bias);
    } else {
      tabulate(steps, drive);
      window.rate = rate_.data();
      window.bias = bias_.data();
    }
    const std::int64_t total = std::int64_t(padded(synapses_));
    const int tiles = int((total + tile - 1) / tile);
    workers_.resize(std::size_t(threads_));
    for (Worker& worker : workers_) worker.releases.clear();
    linear_algebra::run_parallel(
        tiles,
        [&](int index, int worker) {
          advance_tile(window, index * tile, std::min((index + 1) * tile, total), spikes,
                       workers_[std::size_t(worker)]);
        },
        threads_);
    finish_window(steps, begin);
  }

  void advance_tile(cpu::TileRun<Real> run, std::int64_t first, std::int64_t last, const SpikeSource* spikes,
                    Worker& worker) const {
    run.first = first;
    run.last = last;
    worker.arrivals.clear();
    const auto inside = std::min(std::uint64_t(last), std::uint64_t(synapses_));
    if (spikes != nullptr) spikes->collect(std::uint64_t(first), inside, steps_, run.steps, worker.arrivals);
    run.arrival = worker.arrivals.data();
    run.arrivals = std::int64_t(worker.arrivals.size());
    // A crossing needs calcium to come down in between: at most one in two steps. Adaptive steps are bounded by
    // nothing, but a calcium transient takes much longer than a step; more than this is refused, not lost.
    worker.crossings.resize(std::size_t(tile) * std::size_t(run.steps / 2 + 1));
    run.crossing = worker.crossings.data();
    run.capacity = std::int64_t(worker.crossings.size());
    const simd::FlushSubnormals flush;
    (is_adaptive(run.solver) ? kernels_.adaptive : kernels_.fixed)(run);
    const double scale = is_adaptive(run.solver) ? 1 : dt_;
    for (std::int64_t i = 0; i < run.crossings; ++i) {
      const cpu::Crossing& crossing = run.crossing[i];
      if (crossing.synapse >= std::int64_t(synapses_)) continue;
      // Of a step: its number times dt, the same whatever the window.
      const double time = is_adaptive(run.solver) ? double(steps_) * dt_ + crossing.time * scale
                                                  : (double(steps_) + crossing.time) * dt_;
      worker.releases.push_back({time, std::uint64_t(crossing.synapse)});
    }
    worker.is_full |= run.crossings == run.capacity;
    if (run.fault.synapse >= 0 && (worker.fault.synapse < 0 || run.fault.synapse < worker.fault.synapse)) {
      worker.fault = run.fault;
      worker.is_stuck = run.is_stuck;
    }
  }

  void finish_window(int steps, double begin) {
    const auto before = std::ptrdiff_t(releases_.size());
    const Worker* faulty = nullptr;
    for (const Worker& worker : workers_) {
      releases_.insert(releases_.end(), worker.releases.begin(), worker.releases.end());
      if (worker.is_full) throw NumericsError(fmt::format("more releases than steps allow near t = {} s", begin));
      if (worker.fault.synapse >= 0 && (faulty == nullptr || worker.fault.synapse < faulty->fault.synapse))
        faulty = &worker;
    }
    std::sort(releases_.begin() + before, releases_.end(), [](const Release& a, const Release& b) {
      return a.time != b.time ? a.time < b.time : a.synapse < b.synapse;
    });
    steps_ += steps;
    if (faulty == nullptr) return;
    const StateInfo& state = state_infos[faulty->fault.state];
    const Real value = state_[faulty->fault.state][std::size_t(faulty->fault.synapse)];
    if (faulty->is_stuck)
      throw NumericsError(
          fmt::format("synapse {} near t = {:.6g} s: the error of {} stays above the tolerance however "
                      "small the step; {} = {}",
                      faulty->fault.synapse, begin, state.name, state.name, value));
    throw NumericsError(
        fmt::format("synapse {} by t = {:.6g} s: {} = {} has left its domain; a smaller solver.dt or "
                    "the exponential_euler solver may help",
                    faulty->fault.synapse, double(steps_) * dt_, state.name, value));
  }

  std::size_t synapses_;
  double dt_;
  int substeps_, threads_;
  cpu::Kernels<Real> kernels_;
  cpu::TileRun<Real> prototype_;
  AlignedVector<Real> state_[state_count], step_size_, rate_factor_, receptor_sum_;
  std::vector<AlignedVector<Real>> varied_;
  std::vector<Real> rate_, bias_;
  std::vector<Worker> workers_;
  std::vector<Release> releases_;
  std::int64_t steps_ = 0;
};

}  // namespace

template <class Real>
std::unique_ptr<Ensemble<Real>> make_cpu_ensemble(EnsembleSetup setup) {
  return std::make_unique<CpuEnsemble<Real>>(std::move(setup));
}

template std::unique_ptr<Ensemble<float>> make_cpu_ensemble(EnsembleSetup);
template std::unique_ptr<Ensemble<double>> make_cpu_ensemble(EnsembleSetup);

}  // namespace tripartite::synapse
