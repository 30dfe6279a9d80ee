// Heads: neurons, and what the synapses of one astrocyte have in common.
#include <algorithm>

#include "host/attention/cpu_heads.hpp"

namespace tripartite::attention::cpu {

template <class Real>
void Heads<Real>::advance_neurons(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, const Real* value) {
  HiddenRun<Real> run{};
  drives_.describe(plan, head, chunk.first, run);
  run.panels = chunk.panels;
  run.stages = plan.time.stages;
  run.stride = shape_.stride;
  run.kind = &plan.time.kind[std::size_t(chunk.first)];
  run.scheme = plan.hidden.data();
  run.rates = &state_.rates[std::size_t(head) * std::size_t(shape_.stride)];
  run.trajectory = trajectory(head);
  kernels_.neurons.hidden(run);
  if (plan.is_write())
    write_store(plan, chunk, head);
  else
    gather_global_calcium(plan, chunk, head);
  if (!plan.is_read()) follow_value(plan, chunk, head, value);
  if (!has_own_rates())
    share_calcium(plan, chunk, head);
  else if (is_exact() && !has_processes())
    respond(plan, chunk, head);
}

template <class Real>
void Heads<Real>::write_store(const Plan<Real>& plan, const Chunk<Real>& chunk, int head) {
  Real* store = &state_.store[std::size_t(head) * std::size_t(shape_.stride)];
  const std::vector<Real> before(store, store + shape_.stride);
  for (int astrocyte = 0; astrocyte < shape_.astrocytes; ++astrocyte) {
    std::copy(before.begin(), before.end(), store);  // every astrocyte watches the same store grow
    StoreRun<Real> run{};
    run.panels = chunk.panels;
    run.stages = plan.time.stages;
    run.stride = shape_.stride;
    run.trajectory = trajectory(head);
    run.factor = &factors_.column[shape_.columns(head, astrocyte)];
    run.kind = &plan.time.kind[std::size_t(chunk.first)];
    run.scheme = plan.store.data();
    run.store = store;
    run.sum = global(head, astrocyte);
    kernels_.neurons.store(run);
  }
}

/// Without plasticity the store only decays, and G is a weighted sum of the rates.
template <class Real>
void Heads<Real>::gather_global_calcium(const Plan<Real>& plan, const Chunk<Real>& chunk, int head) {
  Real* store = &state_.store[std::size_t(head) * std::size_t(shape_.stride)];
  const int all = stages(plan, chunk);
  for (int first = 0; first < shape_.astrocytes; first += 4) {
    GatherRun<Real> run{};
    run.rows = std::min(4, shape_.astrocytes - first);
    run.stages = all;
    run.stride = shape_.stride;
    run.trajectory = trajectory(head);
    for (int r = 0; r < run.rows; ++r) {
      Real* column = &column_[shape_.columns(head, first + r)];
      const Real* factor = &factors_.column[shape_.columns(head, first + r)];
      for (int j = 0; j < shape_.stride; ++j) column[j] = factor[j] * store[j];
      run.row[r] = column;
      run.sum[r] = global(head, first + r);
    }
    kernels_.synapses.gather(run);
    for (int r = 0; r < run.rows; ++r)
      for (int s = 0; s < all; ++s) run.sum[r][s] *= chunk.store.left[std::size_t(s)];
  }
  for (int j = 0; j < shape_.stride; ++j) store[j] -= store[j] * chunk.store.loss;
}

/// r = 0: the last layer follows the filtered value.
template <class Real>
void Heads<Real>::follow_value(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, const Real* value) {
  const int stages = plan.time.stages;
  for (int row = 0; row < shape_.width; ++row) {
    const std::size_t neuron = std::size_t(head) * shape_.width + row;
    const Real infinity = value != nullptr ? value[row] : Real(0), difference = state_.value[neuron] - infinity;
    Real* weighted = current(head, row);
    Real& output = state_.output[neuron];
    for (int panel = 0; panel < chunk.panels; ++panel) {
      const Scheme<Real>& scheme = plan.output[std::size_t(plan.kind(chunk.first + panel))];
      Real drive[integrate::max_stages];
      for (int s = 0; s < stages; ++s)
        drive[s] =
            infinity + plan.rho[std::size_t(chunk.first + panel) * std::size_t(stages) + std::size_t(s)] * difference;
      for (int s = 0; s < stages && plan.is_write(); ++s) {
        const int stage = panel * stages + s;
        weighted[stage] = stage_value(scheme, stages, s, output, drive) * chunk.hebbian.weight[std::size_t(stage)];
      }
      output = step(scheme, stages, output, drive);
    }
  }
}

template <class Real>
void Heads<Real>::share_calcium(const Plan<Real>& plan, const Chunk<Real>& chunk, int head) {
  const int stages = plan.time.stages;
  for (int astrocyte = 0; astrocyte < shape_.astrocytes; ++astrocyte) {
    const std::size_t index = std::size_t(head) * shape_.astrocytes + astrocyte;
    const Real* drive = global(head, astrocyte);
    Real* gain = &gain_[index * std::size_t(most_stages_)];
    Real& calcium = state_.shared_calcium[index];
    if (has_processes()) {
      calcium = follow_process(plan, chunk, head, astrocyte, 1, &processes_[index * process_states_], gain);
      for (int stage = 0; stage < chunk.panels * stages && chunk.needs_current; ++stage)
        gain[stage] = chunk.hebbian.left[std::size_t(stage)] / (gain[stage] + Real(parameters_.calcium_floor));
      continue;
    }
    for (int panel = 0; panel < chunk.panels; ++panel, drive += stages) {
      const Scheme<Real>& scheme = plan.calcium.front()[std::size_t(plan.kind(chunk.first + panel))];
      for (int s = 0; s < stages && chunk.needs_current; ++s) {
        const std::size_t stage = std::size_t(panel) * stages + s;
        gain[stage] = chunk.hebbian.left[stage] /
                      (stage_value(scheme, stages, s, calcium, drive) + Real(parameters_.calcium_floor));
      }
      calcium = step(scheme, stages, calcium, drive);
    }
  }
}

/// Values at Chebyshev nodes of the first kind to coefficients.
template <class Real>
void Heads<Real>::to_chebyshev(const std::vector<Real>& values, Real* coefficients) const {
  const std::size_t nodes = values.size();
  for (std::size_t k = 0; k < nodes; ++k) {
    double sum = 0;
    for (std::size_t i = 0; i < nodes; ++i) sum += chebyshev_[k * nodes + i] * double(values[i]);
    coefficients[k] = Real(sum);
  }
}

template <class Real>
void Heads<Real>::respond(const Plan<Real>& plan, const Chunk<Real>& chunk, int head) {
  const int stages = plan.time.stages;
  const std::size_t nodes = calcium_kappas_.size(), all = std::size_t(chunk.panels) * stages;
  Response& response = response_[std::size_t(head)];
  response.at_stages.resize(chunk.needs_current ? std::size_t(shape_.astrocytes) * all * nodes : 0);
  response.at_end.resize(std::size_t(shape_.astrocytes) * nodes);
  std::vector<Real> calcium(nodes), now(nodes);
  for (int astrocyte = 0; astrocyte < shape_.astrocytes; ++astrocyte) {
    std::fill(calcium.begin(), calcium.end(), Real(0));
    const Real* drive = global(head, astrocyte);
    for (int panel = 0; panel < chunk.panels; ++panel, drive += stages) {
      const std::size_t kind = std::size_t(plan.kind(chunk.first + panel));
      for (int s = 0; s < stages && chunk.needs_current; ++s) {
        for (std::size_t node = 0; node < nodes; ++node)
          now[node] = stage_value(plan.calcium[node][kind], stages, s, calcium[node], drive);
        to_chebyshev(now,
                     &response.at_stages[(std::size_t(astrocyte) * all + std::size_t(panel) * stages + s) * nodes]);
      }
      for (std::size_t node = 0; node < nodes; ++node)
        calcium[node] = step(plan.calcium[node][kind], stages, calcium[node], drive);
    }
    to_chebyshev(calcium, &response.at_end[std::size_t(astrocyte) * nodes]);
  }
}

template void Heads<float>::advance_neurons(const Plan<float>&, const Chunk<float>&, int, const float*);
template void Heads<double>::advance_neurons(const Plan<double>&, const Chunk<double>&, int, const double*);

}  // namespace tripartite::attention::cpu
