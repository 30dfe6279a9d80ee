#include "host/network/cpu_passes.hpp"

#include <algorithm>
#include <array>

#include "host/simd/flush_subnormals.hpp"

namespace tripartite {

template <class Real>
CpuPasses<Real>::CpuPasses(NetworkSetup setup)
    : CpuNetworkBase<Real>(std::move(setup)), projections_(this->setup_, this->populations_, this->threads_) {
  for (const CpuPopulation<Real>& population : this->populations_) common_.emplace_back(population.inputs.size());
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
void CpuPasses<Real>::pass(StageClock clock, const integrate::Stage<Real>& stage, Real dt, double t, Real* at,
                           Real* slopes, bool couples, bool is_step_end,
                           const std::vector<AlignedVector<Real>>& before) {
  Real* states = at == nullptr ? this->y_.data() : at;
  if (couples)
    projections_.look_at_states(
        clock, [&](std::size_t p, std::size_t state) { return states + this->populations_[p].first[state]; });
  for (const std::size_t p : projections_.order()) {
    if (!takes_part(p, clock)) continue;
    this->check_stop();
    if (couples) projections_.complete(p, clock, t);
    advance_population(p, clock, stage, dt, t, states, slopes, is_step_end, before);
    if (couples) projections_.add_outputs(p, clock);
  }
}

template <class Real>
void CpuPasses<Real>::advance_population(std::size_t p, StageClock clock, const integrate::Stage<Real>& stage, Real dt,
                                         double t, Real* at, Real* slopes, bool is_step_end,
                                         const std::vector<AlignedVector<Real>>& before) {
  CpuPopulation<Real>& population = this->populations_[p];
  Tile<Real> prototype;
  prototype.elements = population.elements;
  projections_.connect(p, prototype.elements);
  for (std::size_t i = 0; i < population.inputs.size(); ++i) {
    const CpuInput<Real>& input = population.inputs[i];
    if (input.is_summed || (input.common.mean == 0 && input.common.amplitude == 0)) continue;
    common_[p][i] = Real(input.common(t));
    prototype.elements.input[i].common = &common_[p][i];
  }
  StageWindow<Real> run;
  run.clock = clock;
  run.stage = stage;
  run.dt = dt;
  for (std::size_t i = 0; i < population.states(); ++i) {
    run.at[i] = at + population.first[i];
    run.sum[i] = slopes == nullptr ? nullptr : slopes + population.first[i];
  }
  for (std::size_t k = 0; k < population.description().outputs.size(); ++k) run.output[k] = projections_.output(p, k);
  run.average_sum = population.average_sum.data();
  run.average_weight = Real(1) / Real(this->setup_.slow_every * this->setup_.substeps);
  run.is_step_end = is_step_end;
  run.watched_before = before.empty() || before[p].empty() ? nullptr : before[p].data();

  const std::size_t total = padded(population.size);
  linear_algebra::run_parallel(
      int((total + this->tile - 1) / this->tile),
      [&, this](int index, int worker_number) {
        Worker& worker = this->workers_[std::size_t(worker_number)];
        Tile<Real> part = prototype;
        part.first = std::int64_t(index) * std::int64_t(this->tile);
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
        if (part.fault.element >= 0 && (faulty_population_ < 0 || faulty_population_ == std::ptrdiff_t(p)))
          CpuNetworkBase<Real>::note_fault(worker, part, population.size);
      },
      this->threads_);
  if (faulty_population_ >= 0) return;
  for (const Worker& worker : this->workers_)
    if (worker.fault.element >= 0) faulty_population_ = std::ptrdiff_t(p);
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
