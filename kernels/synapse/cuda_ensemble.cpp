#include "kernels/synapse/cuda_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/device_buffer.hpp"
#include "kernels/stream.hpp"
#include "kernels/synapse/advance.hpp"
#include "kernels/synapse/gather.hpp"
#include "tripartite/error.hpp"

namespace tripartite::synapse {
namespace {

template <class Real>
std::vector<Real> narrowed(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

template <class Real>
class CudaEnsemble final : public Ensemble<Real> {
 public:
  explicit CudaEnsemble(EnsembleSetup setup)
      : synapses_(setup.synapses), dt_(setup.dt), substeps_(is_adaptive(setup.solver) ? 1 : setup.substeps) {
    require_memory(setup);
    for (int s = 0; s < state_count; ++s) {
      state_[s] = upload(std::vector<Real>(synapses_, Real(setup.initial[s])));
      run_.state[s] = state_[s].data();
    }
    cuda::set_highest(run_.highest);
    if (is_adaptive(setup.solver)) step_size_ = upload(std::vector<Real>(synapses_, Real(setup.dt)));
    if (!setup.rate_factor.empty()) rate_factor_ = upload(narrowed<Real>(setup.rate_factor));
    run_.solver = setup.solver;
    run_.options = setup.options;
    run_.synapses = synapses_;
    run_.step_size = step_size_.data();
    run_.rate_factor = rate_factor_.data();
    run_.shared = converted<Real>(setup.parameters);
    for (Varied& varied : setup.varied) {
      varied_.push_back(upload(narrowed<Real>(varied.values)));
      run_.varied.*parameter_members<const Real*>[varied.parameter] = varied_.back().data();
      run_.any_varied = true;
      varied.values = {};
    }
    run_.substeps = substeps_;
    run_.dt = Real(setup.dt / substeps_);
    run_.calcium_every = setup.calcium_every;
    run_.slow_dt = Real(setup.dt * setup.calcium_every);
    if (setup.calcium_every > 1) receptor_sum_ = upload(std::vector<Real>(synapses_, Real(0)));
    run_.receptor_sum = receptor_sum_.data();
    run_.relative = Real(setup.relative_tolerance);
    run_.absolute = Real(setup.absolute_tolerance);
    records_ = DeviceBuffer<cuda::ReleaseRecord>(synapses_);
    counters_ = DeviceBuffer<unsigned long long>(2);
    run_.record = records_.data();
    run_.capacity = synapses_;
    run_.records = counters_.data();
    run_.fault = counters_.data() + 1;
    const std::size_t points = std::size_t(2) * cuda::most_steps * std::size_t(substeps_) + 1;
    table_ = DeviceBuffer<Real>(2 * points);
    run_.rate = table_.data();
    run_.bias = table_.data() + points;
  }

  void advance(int steps, const Drive& drive, const SpikeSource* spikes) override {
    for (int done = 0; done < steps;) {
      const int now = std::min(cuda::most_steps, steps - done);
      advance_window(now, drive, spikes);
      done += now;
    }
  }

  std::int64_t steps() const override { return steps_; }

  void read(StateIndex state, std::size_t first, std::span<Real> values) const override {
    state_[state].download(values, first, stream_);
  }

  void gather(StateIndex state, std::span<const std::uint64_t> places, std::span<Real> values) const override {
    DeviceBuffer<std::uint64_t> from(places.size());
    DeviceBuffer<Real> to(places.size());
    from.upload(places, 0, stream_);
    cuda::launch_gather(state_[state].data(), from.data(), places.size(), to.data(), stream_);
    to.download(values, 0, stream_);
  }

  void write(StateIndex state, std::size_t first, std::span<const Real> values) override {
    state_[state].upload(values, first, stream_);
  }

  std::vector<Release> take_releases() override { return std::exchange(releases_, {}); }

 private:
  void require_memory(const EnsembleSetup& setup) const {
    const std::size_t needed = ensemble_bytes(setup, sizeof(Real) == 8 ? Precision::float64 : Precision::float32) +
                               synapses_ * sizeof(cuda::ReleaseRecord);
    std::size_t free = 0, total = 0;
    TRIPARTITE_CUDA_TRY(cudaMemGetInfo(&free, &total));
    if (needed > free)
      throw MemoryError(
          fmt::format("{} synapses need {} bytes on the device, {} are free", setup.synapses, needed, free));
  }

  template <class T>
  DeviceBuffer<T> upload(const std::vector<T>& values) {
    DeviceBuffer<T> buffer(values.size());
    buffer.upload(values, 0, stream_);
    return buffer;
  }

  void advance_window(int steps, const Drive& drive, const SpikeSource* spikes) {
    run_.steps = steps;
    run_.phase = int(steps_ % run_.calcium_every);
    const double begin = double(steps_) * dt_;
    if (is_adaptive(run_.solver)) {
      const double angular = 2 * std::numbers::pi * drive.rate.frequency;
      run_.rate_mean = Real(drive.rate.mean);
      run_.rate_sine = Real(drive.rate.amplitude * std::cos(angular * begin + drive.rate.phase));
      run_.rate_cosine = Real(drive.rate.amplitude * std::sin(angular * begin + drive.rate.phase));
      run_.rate_half_turns = Real(2 * drive.rate.frequency);
      run_.bias_mean = Real(drive.bias);
    } else {
      const std::size_t points = table_.size() / 2;
      std::vector<Real> table(2 * points, Real(drive.bias));
      const double half = dt_ / (2 * substeps_);
      const std::int64_t first = steps_ * 2 * substeps_;
      for (std::size_t i = 0; i < points; ++i) table[i] = Real(drive.rate(double(first + std::int64_t(i)) * half));
      table_.upload(table, 0, stream_);
    }
    std::vector<SpikeSource::Arrival> arrivals;
    if (spikes != nullptr) spikes->collect(0, synapses_, steps_, steps, arrivals);
    if (arrivals.size() > arrivals_.size()) arrivals_ = DeviceBuffer<SpikeSource::Arrival>(2 * arrivals.size());
    arrivals_.upload(arrivals, 0, stream_);
    run_.arrival = arrivals_.data();
    run_.arrivals = arrivals.size();
    const unsigned long long fresh[2] = {0, std::numeric_limits<unsigned long long>::max()};
    counters_.upload(fresh, 0, stream_);
    cuda::launch_advance(run_, stream_);
    finish_window(steps, begin);
  }

  void finish_window(int steps, double begin) {
    unsigned long long counters[2];
    counters_.download(counters, 0, stream_);
    std::vector<cuda::ReleaseRecord> records(std::min<std::size_t>(counters[0], synapses_));
    records_.download(records, 0, stream_);
    const auto before = std::ptrdiff_t(releases_.size());
    for (const cuda::ReleaseRecord& record : records) {
      if (is_adaptive(run_.solver)) releases_.push_back({begin + record.time, record.synapse});
      for (int step = 0; step < steps; ++step)
        if ((record.steps >> step & 1) != 0) releases_.push_back({double(steps_ + step + 1) * dt_, record.synapse});
    }
    std::sort(releases_.begin() + before, releases_.end(), [](const Release& a, const Release& b) {
      return a.time != b.time ? a.time < b.time : a.synapse < b.synapse;
    });
    steps_ += steps;
    if (counters[0] > synapses_)
      throw NumericsError(
          fmt::format("more releases than one per synapse within {} steps near t = {} s", steps, begin));
    if (counters[1] == std::numeric_limits<unsigned long long>::max()) return;
    const auto synapse = counters[1] / 16;
    const auto fault = counters[1] % 16;
    if (fault >= state_count)
      throw NumericsError(
          fmt::format("synapse {} near t = {:.6g} s: the error stays above the tolerance however small "
                      "the step",
                      synapse, begin));
    Real value = 0;
    read(StateIndex(fault), synapse, {&value, 1});
    throw NumericsError(
        fmt::format("synapse {} by t = {:.6g} s: {} = {} has left its domain; a smaller solver.dt or "
                    "the exponential_euler solver may help",
                    synapse, double(steps_) * dt_, state_infos[fault].name, value));
  }

  std::size_t synapses_;
  double dt_;
  int substeps_;
  Stream stream_;
  cuda::AdvanceRun<Real> run_{};
  DeviceBuffer<Real> state_[state_count], step_size_, rate_factor_, receptor_sum_, table_;
  std::vector<DeviceBuffer<Real>> varied_;
  DeviceBuffer<cuda::ReleaseRecord> records_;
  DeviceBuffer<unsigned long long> counters_;
  DeviceBuffer<SpikeSource::Arrival> arrivals_;
  std::vector<Release> releases_;
  std::int64_t steps_ = 0;
};

}  // namespace

namespace cuda {

template <class Real>
std::unique_ptr<Ensemble<Real>> make_ensemble(EnsembleSetup setup) {
  return std::make_unique<CudaEnsemble<Real>>(std::move(setup));
}

template std::unique_ptr<Ensemble<float>> make_ensemble(EnsembleSetup);
template std::unique_ptr<Ensemble<double>> make_ensemble(EnsembleSetup);

}  // namespace cuda
}  // namespace tripartite::synapse
