// Heads: processes whose calcium is a model of part C. Float32 would lose IP3 that takes seconds to move by steps of
// milliseconds, so that they are followed in float64 whatever the precision of the network; they are few.
#include <algorithm>

#include "host/attention/cpu_heads.hpp"

namespace tripartite::attention::cpu {

template <class Real>
void Heads<Real>::start_processes() {
  if (!has_processes()) return;
  const std::size_t of_head = has_own_rates() ? shape_.size(Extent::synapse) : std::size_t(shape_.astrocytes);
  processes_.clear();
  for (int head = 0; head < shape_.heads; ++head) {
    const ProcessScale& scale = scales_[std::size_t(head)];
    for (std::size_t i = 0; i < of_head; ++i)
      processes_.insert(processes_.end(), scale.initial, scale.initial + process_states_);
    const Real calcium = Real(scale.modulatory(scale.initial[process_calcium_]));
    if (has_own_rates())
      std::fill_n(&state_.calcium[shape_.synapses(head, 0)], shape_.synapses(1, 0), calcium);
    else
      std::fill_n(&state_.shared_calcium[std::size_t(head) * shape_.astrocytes], shape_.astrocytes, calcium);
  }
}

template <class Real>
Real Heads<Real>::follow_process(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int astrocyte,
                                 double factor, double* process, Real* at_stages) {
  return process_loops_->follow<Real>(process_parameters_.data(),
                                      {.scale = &scales_[std::size_t(head)],
                                       .nodes = &panel_nodes_,
                                       .speed = parameters_.calcium_speed * factor,
                                       .method = method_of(parameters_.solver),
                                       .panels = chunk.panels,
                                       .stages = plan.time.stages,
                                       .lengths = &plan.time.lengths[std::size_t(chunk.first)],
                                       .global_calcium = global(head, astrocyte),
                                       .state = process,
                                       .calcium = at_stages});
}

template <class Real>
void Heads<Real>::advance_own_processes(const Plan<Real>& plan, const Chunk<Real>& chunk, int head, int row) {
  const std::size_t synapses = shape_.synapses(head, row);
  const std::size_t first = (std::size_t(head) * shape_.width + row) * std::size_t(shape_.hidden);
  const int all = stages(plan, chunk);
  const Real floor = Real(parameters_.calcium_floor);
  std::vector<Real> level(std::size_t(all), Real(0));
  std::vector<double> sum(level.size(), 0.0);
  for (int j = 0; j < shape_.hidden; ++j) {
    const std::size_t synapse = synapses + std::size_t(j);
    const double factor = double(factors_.calcium_rate[synapse]) * parameters_.tau_calcium;
    state_.calcium[synapse] = follow_process(plan, chunk, head, shape_.astrocyte_of(row), factor,
                                             &processes_[(first + std::size_t(j)) * process_states_], level.data());
    const Real* rates = trajectory(head) + j;
    for (int s = 0; s < all && chunk.needs_current; ++s)
      sum[std::size_t(s)] += double(state_.hebbian[synapse] * rates[std::size_t(s) * std::size_t(shape_.stride)] /
                                    (level[std::size_t(s)] + floor));
  }
  for (int s = 0; s < all && chunk.needs_current; ++s)
    current(head, row)[s] = Real(sum[std::size_t(s)]) * chunk.hebbian.left[std::size_t(s)];
}

template void Heads<float>::start_processes();
template void Heads<double>::start_processes();
template float Heads<float>::follow_process(const Plan<float>&, const Chunk<float>&, int, int, double, double*, float*);
template double Heads<double>::follow_process(const Plan<double>&, const Chunk<double>&, int, int, double, double*,
                                              double*);
template void Heads<float>::advance_own_processes(const Plan<float>&, const Chunk<float>&, int, int);
template void Heads<double>::advance_own_processes(const Plan<double>&, const Chunk<double>&, int, int);

}  // namespace tripartite::attention::cpu
