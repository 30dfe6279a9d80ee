// Heads: rows of synapses.
#include <algorithm>
#include <cmath>

#include "host/attention/cpu_heads.hpp"

namespace tripartite::attention::cpu {

template <class Real>
void Heads<Real>::advance_rows(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int group) {
  const int first = group * rows_at_once, rows = std::min(rows_at_once, shape_.width - first);
  if (has_own_rates() && has_processes())
    for (int row = first; row < first + rows; ++row) advance_own_processes(plan, chunk, head, row);
  else if (has_own_rates())
    for (int row = first; row < first + rows; ++row) advance_own_calcium(plan, chunk, head, row);
  else if (chunk.needs_current)
    collect_currents(plan, chunk, head, first, rows);
  if (plan.is_write() || chunk.hebbian.loss != 0) move_hebbian(plan, chunk, head, first, rows);

  for (int row = first; row < first + rows && chunk.needs_current; ++row) {
    Real& output = state_.output[std::size_t(head) * shape_.width + row];
    const Real* drive = current(head, row);
    for (int panel = 0; panel < chunk.panels; ++panel, drive += plan.time.stages)
      output = step(plan.output[std::size_t(plan.kind(chunk.first + panel))], plan.time.stages, output, drive);
  }
}

/// p is the same for all synapses of an astrocyte, so that the division by it comes after the sum.
template <class Real>
void Heads<Real>::collect_currents(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int first, int rows) {
  GatherRun<Real> run{};
  run.rows = rows;
  run.stages = stages(plan, chunk);
  run.stride = shape_.stride;
  run.trajectory = trajectory(head);
  for (int r = 0; r < rows; ++r) {
    run.row[r] = &state_.hebbian[shape_.synapses(head, first + r)];
    run.sum[r] = current(head, first + r);
  }
  kernels_.synapses.gather(run);
  for (int r = 0; r < rows; ++r) {
    const int astrocyte = head * shape_.astrocytes + shape_.astrocyte_of(first + r);
    const Real* gain = &gain_[std::size_t(astrocyte) * std::size_t(most_stages_)];
    for (int s = 0; s < run.stages; ++s) run.sum[r][s] *= gain[s];
  }
}

template <class Real>
void Heads<Real>::advance_own_calcium(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int row) {
  const std::size_t synapses = shape_.synapses(head, row);
  const int astrocyte = shape_.astrocyte_of(row), all = stages(plan, chunk);
  const Real* hebbian = chunk.needs_current ? &state_.hebbian[synapses] : nullptr;
  if (is_exact()) {
    const std::size_t nodes = calcium_kappas_.size();
    const Response& response = response_[std::size_t(head)];
    ResponseRun<Real> run{};
    run.stages = all;
    run.stride = shape_.stride;
    run.nodes = int(nodes);
    run.rate = &factors_.calcium_rate[synapses];
    run.log_center = Real(0.5 * std::log(factors_.rate_low * factors_.rate_high));
    run.inverse_half_width = Real(2 / std::log(factors_.rate_high / factors_.rate_low));
    run.duration = Real(chunk.duration);
    run.response = &response.at_end[std::size_t(astrocyte) * nodes];
    run.calcium = &state_.calcium[synapses];
    run.hebbian = hebbian;
    run.trajectory = trajectory(head);
    run.stage_time = chunk.stage_time.data();
    run.stage_response = response.at_stages.data() + std::size_t(astrocyte) * all * nodes;
    run.floor = Real(parameters_.calcium_floor);
    run.current = current(head, row);
    kernels_.calcium.respond(run);
  } else {
    CalciumRun<Real> run{};
    run.panels = chunk.panels;
    run.stages = plan.time.stages;
    run.stride = shape_.stride;
    run.rate = &factors_.calcium_rate[synapses];
    run.global = global(head, astrocyte);
    run.dt = Real(parameters_.dt);
    run.method = method_of(parameters_.solver);
    run.calcium = &state_.calcium[synapses];
    run.hebbian = hebbian;
    run.trajectory = trajectory(head);
    run.floor = Real(parameters_.calcium_floor);
    run.current = current(head, row);
    kernels_.calcium.step(run);
  }
  for (int s = 0; s < all && chunk.needs_current; ++s) current(head, row)[s] *= chunk.hebbian.left[std::size_t(s)];
}

template <class Real>
void Heads<Real>::move_hebbian(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int first, int rows) {
  DepositRun<Real> run{};
  run.rows = rows;
  run.stages = plan.is_write() ? stages(plan, chunk) : 0;
  run.stride = shape_.stride;
  run.trajectory = trajectory(head);
  run.loss = chunk.hebbian.loss;
  for (int r = 0; r < rows; ++r) {
    const std::size_t synapses = shape_.synapses(head, first + r);
    run.weighted[r] = current(head, first + r);
    run.factor[r] = factors_.hebbian.empty() ? nullptr : &factors_.hebbian[synapses];
    run.hebbian[r] = &state_.hebbian[synapses];
  }
  kernels_.synapses.deposit(run);
}

template void Heads<float>::advance_rows(const Plan<float>&, const Chunk<float>&, int, int);
template void Heads<double>::advance_rows(const Plan<double>&, const Chunk<double>&, int, int);

}  // namespace tripartite::attention::cpu
