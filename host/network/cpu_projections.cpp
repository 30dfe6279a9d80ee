#include "host/network/cpu_projections.hpp"

#include <fmt/format.h>

#include "tripartite/error.hpp"

namespace tripartite {

template <class Real>
CpuProjections<Real>::CpuProjections(const NetworkSetup& setup, std::vector<CpuPopulation<Real>>& populations,
                                     int threads)
    : populations_(populations), threads_(threads) {
  for (const CpuPopulation<Real>& population : populations)
    outputs_.emplace_back(population.description().outputs.size());
  for (const Projection& projection : setup.projections) {
    const ModelDescription& target = populations[projection.target].description();
    const SourcePlace from = source_place(setup, projection);
    Joint joint{projection.kind,
                projection.source,
                projection.target,
                std::size_t(input_place(target, projection.to)),
                from.is_output,
                std::size_t(from.place),
                Clock::fast,
                {},
                {},
                {},
                {},
                0};
    joint.clock = target.inputs[joint.input].clock;
    if (!has_fast_states(target)) joint.clock = Clock::slow;
    if (!has_slow_states(target)) joint.clock = Clock::fast;
    joint.weight.assign(projection.weight.begin(), projection.weight.end());
    const std::size_t targets = populations[projection.target].size;
    if (projection.kind == ProjectionKind::sum || projection.kind == ProjectionKind::mean) {
      joint.onto = SegmentedSum(projection.index, targets);
      joint.sums.assign(targets, 0.0);
    } else if (projection.kind == ProjectionKind::pair) {
      joint.neighbours = Neighbours(projection.pairs, targets);
      joint.sums.assign(targets, 0.0);
    }
    if (projection.kind == ProjectionKind::gather || projection.kind == ProjectionKind::pair) {
      joint.seen = seen_.size();
      seen_.emplace_back(padded(std::max<std::size_t>(populations[projection.source].size, 1)), Real(0));
    }
    if (joint.is_output) outputs_[joint.source][joint.place].assign(padded(populations[joint.source].size), Real(0));
    joints_.push_back(std::move(joint));
  }
  sort_populations();
}

/// Repeatedly takes the first population that waits for no other one.
template <class Real>
void CpuProjections<Real>::sort_populations() {
  std::vector<bool> is_placed(populations_.size());
  while (order_.size() < populations_.size()) {
    const std::size_t before = order_.size();
    for (std::size_t p = 0; p < populations_.size(); ++p) {
      if (is_placed[p]) continue;
      const bool waits = std::any_of(joints_.begin(), joints_.end(), [&](const Joint& joint) {
        return joint.is_output && joint.target == p && joint.source != p && !is_placed[joint.source];
      });
      if (waits) continue;
      is_placed[p] = true;
      order_.push_back(p);
    }
    if (order_.size() == before)
      throw ConfigError("projections of outputs form a circle: an output depends on inputs of its own time");
  }
  for (const Joint& joint : joints_)
    if (joint.is_output && joint.source == joint.target)
      throw ConfigError(fmt::format("{}: an output cannot be added up in an input of the same population",
                                    populations_[joint.source].name));
}

template <class Real>
void CpuProjections<Real>::add_up(Joint& joint, const Real* values) {
  joint.onto(values, joint.weight.empty() ? nullptr : joint.weight.data(), joint.sums, threads_);
  if (joint.kind != ProjectionKind::mean) return;
  for (std::size_t g = 0; g < joint.sums.size(); ++g) {
    const std::size_t members = joint.onto.members(g);
    joint.sums[g] = members > 0 ? joint.sums[g] / double(members) : 0;
  }
}

template <class Real>
void CpuProjections<Real>::exchange(Joint& joint) {
  CpuPopulation<Real>& population = populations_[joint.target];
  std::vector<Real> flow(population.size);
  constexpr std::size_t part = 1024;
  const PairRun<Real> all{
      seen_[joint.seen].data(), joint.neighbours.begin.data(), joint.neighbours.neighbour.data(), 0, 0, flow.data()};
  linear_algebra::run_parallel(
      int((population.size + part - 1) / part),
      [&](int task, int) {
        PairRun<Real> run = all;
        run.first = std::int64_t(task) * std::int64_t(part);
        run.last = std::min(run.first + std::int64_t(part), std::int64_t(population.size));
        population.loops.exchange(population.elements, run);
      },
      threads_);
  std::copy(flow.begin(), flow.end(), joint.sums.begin());
}

template <class Real>
void CpuProjections<Real>::add_outputs(std::size_t source, StageClock clock) {
  if (clock == StageClock::slow) return;  // outputs belong to fast states
  for (Joint& joint : joints_)
    if (joint.is_output && joint.source == source) add_up(joint, outputs_[source][joint.place].data());
}

template <class Real>
void CpuProjections<Real>::complete(std::size_t target, StageClock clock, double time) {
  CpuPopulation<Real>& population = populations_[target];
  for (std::size_t i = 0; i < population.inputs.size(); ++i) {
    CpuInput<Real>& input = population.inputs[i];
    if (!input.is_summed) continue;
    std::vector<const double*> sums;
    bool is_now = false;
    for (const Joint& joint : joints_) {
      if (joint.target != target || joint.input != i) continue;
      sums.push_back(joint.sums.data());
      is_now |= is_of(joint, clock);
    }
    if (!is_now) continue;
    const double common = input.common(time);
    for (std::size_t k = 0; k < population.size; ++k) {
      double sum = 0;
      for (const double* each : sums) sum += each[k];
      const double own = input.factor.empty() ? common : common * double(input.factor[k]);
      input.value[k] = Real(sum + ((input.base.empty() ? 0 : input.base[k]) + own));
    }
  }
}

template <class Real>
void CpuProjections<Real>::connect(std::size_t p, Elements<Real>& elements) {
  CpuPopulation<Real>& population = populations_[p];
  for (std::size_t i = 0; i < population.inputs.size(); ++i) {
    InputPort<Real>& port = elements.input[i];
    const CpuInput<Real>& input = population.inputs[i];
    port = {};
    port.factor = input.factor.empty() ? nullptr : input.factor.data();
    if (!input.value.empty()) port.value = input.value.data();
    for (const Joint& joint : joints_)
      if (joint.kind == ProjectionKind::gather && joint.target == p && joint.input == i) {
        port.value = seen_[joint.seen].data();
        port.index = input.index.data();
      }
  }
}

template <class Real>
Real* CpuProjections<Real>::output(std::size_t population, std::size_t place) {
  auto& values = outputs_[population][place];
  return values.empty() ? nullptr : values.data();
}

template class CpuProjections<float>;
template class CpuProjections<double>;

}  // namespace tripartite
