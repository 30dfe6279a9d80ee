#include "host/network/cpu_passes.hpp"

#include <algorithm>
#include <array>

#include "host/simd/flush_subnormals.hpp"

namespace tripartite {

template <class Real>
CpuPasses<Real>::CpuPasses(NetworkSetup setup)
    : CpuNetworkBase<Real>(std::move(setup)), projections_(this->setup_, this->populations_, this->threads_) {
  for (const CpuPopulation<Real>& population : this->populations_) common_.emplace_back(population.inputs.size());
  arrivals_.resize(this->populations_.size());
}

template <class Real>
bool CpuPasses<Real>::takes_part(std::size_t population, StageClock clock) const {
  const CpuPopulation<Real>& own = this->populations_[population];
  switch (clock) {
    case StageClock::one: return true;
    case StageClock::fast: return own.fast;
    case StageClock::slow: return own.slow;
  }
  return false;
}

template <class Real>
template <class Advance>
void CpuPasses<Real>::in_order(StageClock clock, double t, const Real* states, bool couples, const Advance& advance) {
  if (couples)
    projections_.look_at_states(
        clock, [&](std::size_t p, std::size_t state) { return states + this->populations_[p].first[state]; });
  for (const std::size_t p : projections_.order()) {
    if (!takes_part(p, clock)) continue;
    this->check_stop();
    if (couples) projections_.complete(p, clock, t);
    advance(p);
    if (couples) projections_.add_outputs(p, clock);
  }
}

template <class Real>
Tile<Real> CpuPasses<Real>::tile_of(std::size_t p, std::span<const double> times) {
  CpuPopulation<Real>& population = this->populations_[p];
  Tile<Real> made;
  made.elements = population.elements;
  projections_.connect(p, made.elements);
  for (std::size_t i = 0; i < population.inputs.size(); ++i) {
    const CpuInput<Real>& input = population.inputs[i];
    if (input.is_summed || (input.common.mean == 0 && input.common.amplitude == 0)) continue;
    for (std::size_t k = 0; k < times.size(); ++k) common_[p][i][k] = Real(input.common(times[k]));
    made.elements.input[i].common = common_[p][i].data();
  }
  return made;
}

template <class Real>
StageWindow<Real> CpuPasses<Real>::window_of(std::size_t p, bool is_step_end,
                                             const std::vector<AlignedVector<Real>>& before) {
  const CpuPopulation<Real>& population = this->populations_[p];
  StageWindow<Real> window;
  for (std::size_t k = 0; k < population.description().outputs.size(); ++k)
    window.output[k] = projections_.output(p, k);
  window.is_step_end = is_step_end;
  window.watched_before = before.empty() || before[p].empty() ? nullptr : before[p].data();
  return window;
}

template <class Real>
void CpuPasses<Real>::pass(StageClock clock, const integrate::Stage<Real>& stage, Real dt, double t, Real* at,
                           Real* slopes, bool couples, bool is_step_end,
                           const std::vector<AlignedVector<Real>>& before) {
  Real* states = at == nullptr ? this->y_.data() : at;
  in_order(clock, t, states, couples, [&](std::size_t p) {
    CpuPopulation<Real>& population = this->populations_[p];
    StageWindow<Real> window = window_of(p, is_step_end, before);
    window.clock = clock;
    window.stage = stage;
    window.dt = dt;
    for (std::size_t i = 0; i < population.states(); ++i) {
      window.at[i] = states + population.first[i];
      window.sum[i] = slopes == nullptr ? nullptr : slopes + population.first[i];
    }
    window.average_sum = population.average_sum.data();
    window.average_weight = Real(1) / Real(this->setup_.slow_every * this->setup_.substeps);
    run(p, tile_of(p, std::array{t}), window);
  });
}

template <class Real>
void CpuPasses<Real>::pass_whole(Real dt, double t, double length, bool couples, bool is_step_end,
                                 const std::vector<AlignedVector<Real>>& before) {
  in_order(StageClock::one, t, this->y_.data(), couples, [&](std::size_t p) {
    StageWindow<Real> window = window_of(p, is_step_end, before);
    window.is_whole = true;
    window.method = this->setup_.method;
    window.dt = dt;
    run(p, tile_of(p, std::array{t, t + 0.5 * length, t + length}), window);
  });
}

template <class Real>
void CpuPasses<Real>::run(std::size_t p, const Tile<Real>& prototype, const StageWindow<Real>& run) {
  CpuPopulation<Real>& population = this->populations_[p];
  const std::size_t total = padded(population.size), tiles = (total + this->tile - 1) / this->tile;
  // A thread takes tiles that follow each other, so that the processor sees far enough ahead what is loaded next.
  const std::size_t at_once = std::clamp<std::size_t>(tiles / (4 * std::size_t(this->threads_)), 1, 16);
  linear_algebra::run_parallel(
      int((tiles + at_once - 1) / at_once),
      [&, this](int index, int worker_number) {
        const std::size_t first = std::size_t(index) * at_once;
        for (std::size_t each = first; each < std::min(first + at_once, tiles); ++each)
          run_tile(this->workers_[std::size_t(worker_number)], p, prototype, run, each, total);
      },
      this->threads_);
  if (faulty_population_ >= 0) return;
  for (const Worker& worker : this->workers_)
    if (worker.fault.element >= 0) faulty_population_ = std::ptrdiff_t(p);
}

template <class Real>
void CpuPasses<Real>::run_tile(Worker& worker, std::size_t p, const Tile<Real>& prototype, const StageWindow<Real>& run,
                               std::size_t index, std::size_t total) {
  const CpuPopulation<Real>& population = this->populations_[p];
  Tile<Real> part = prototype;
  part.first = std::int64_t(index * this->tile);
  part.last = std::min(part.first + std::int64_t(this->tile), std::int64_t(total));
  std::array<Crossing, CpuNetworkBase<Real>::tile> crossings;
  part.crossing = crossings.data();
  part.capacity = std::int64_t(this->tile);
  {
    const simd::FlushSubnormals flush;
    population.loops.stage(part, run);
  }
  for (std::int64_t i = 0; i < part.crossings; ++i)
    if (crossings[std::size_t(i)].element < std::int64_t(population.size))
      worker.events.push_back({0, std::uint32_t(p), std::uint64_t(crossings[std::size_t(i)].element)});
  note_fault(worker, p, part);
}

template <class Real>
void CpuPasses<Real>::note_fault(Worker& worker, std::size_t p, const Tile<Real>& part) {
  if (part.fault.element >= 0 && (faulty_population_ < 0 || faulty_population_ == std::ptrdiff_t(p)))
    CpuNetworkBase<Real>::note_fault(worker, part, this->populations_[p].size);
}

template <class Real>
std::span<const Arrival> CpuPasses<Real>::arrivals(std::size_t p, std::int64_t step) {
  const CpuPopulation<Real>& population = this->populations_[p];
  return arrivals_[p].at_end_of(step, population.spikes, population.size, this->threads_);
}

template <class Real>
std::int64_t CpuPasses<Real>::next_arrival(std::int64_t step, std::int64_t end) {
  for (; step < end; ++step)
    for (std::size_t p = 0; p < arrivals_.size(); ++p)
      if (!arrivals(p, step).empty()) return step;
  return end;
}

template <class Real>
void CpuPasses<Real>::take_spikes(std::int64_t step, Real* at) {
  Worker& worker = this->workers_.front();
  const simd::FlushSubnormals flush;
  for (std::size_t p = 0; p < arrivals_.size(); ++p) {
    const CpuPopulation<Real>& population = this->populations_[p];
    const std::span<const Arrival> all = arrivals(p, step);
    Window<Real> spikes_alone;  // a step of no substeps
    spikes_alone.method = integrate::Method::euler;
    spikes_alone.steps = 1;
    spikes_alone.substeps = 0;
    for (auto first = all.begin(); first != all.end();) {
      Tile<Real> part;
      part.elements = population.elements;
      part.first = std::int64_t(first->element / padding * padding);
      part.last = part.first + std::int64_t(padding);
      const auto last =
          std::find_if(first, all.end(), [&](const Arrival& each) { return std::int64_t(each.element) >= part.last; });
      part.arrival = &*first;
      part.arrivals = last - first;
      std::array<Crossing, padding> crossings;
      part.crossing = crossings.data();
      part.capacity = std::int64_t(padding);
      population.loops.fixed(part, spikes_alone);
      for (std::int64_t i = 0; i < part.crossings; ++i)
        if (crossings[std::size_t(i)].element < std::int64_t(population.size))
          worker.events.push_back({0, std::uint32_t(p), std::uint64_t(crossings[std::size_t(i)].element)});
      note_fault(worker, p, part);
      for (std::size_t s = 0; at != nullptr && s < population.states(); ++s)
        std::copy_n(population.elements.state[s] + part.first, padding,
                    at + population.first[s] + std::size_t(part.first));
      first = last;
    }
    if (faulty_population_ < 0 && worker.fault.element >= 0) faulty_population_ = std::ptrdiff_t(p);
  }
}

template <class Real>
void CpuPasses<Real>::note_events(double t) {
  for (Worker& worker : this->workers_)
    for (Event& event : worker.events) event.time = t;
  this->collect_events();
}

template <class Real>
void CpuPasses<Real>::throw_faults(double t) {
  if (faulty_population_ < 0) return;
  const auto p = std::size_t(faulty_population_);
  faulty_population_ = -1;
  const auto forget = [&] { this->begin_window(); };
  try {
    this->throw_fault(p, t);
  } catch (...) {
    forget();
    throw;
  }
}

template class CpuPasses<float>;
template class CpuPasses<double>;

}  // namespace tripartite
