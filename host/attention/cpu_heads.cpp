#include "host/attention/cpu_heads.hpp"

#include <algorithm>
#include <cmath>

#include "tripartite/model/registry.hpp"

namespace tripartite::attention::cpu {

template <class Real>
Heads<Real>::Heads(const EngineSetup& setup)
    : parameters_(setup.parameters),
      shape_(setup),
      kernels_(kernels<Real>(best_instruction_set())),
      factors_(setup, shape_),
      state_(shape_, !factors_.calcium_rate.empty()),
      drives_(setup, shape_, kernels_.neurons),
      scales_(setup.processes),
      panel_nodes_(panel_nodes()),
      response_(std::size_t(shape_.heads)) {
  calcium_kappas_ = {1 / parameters_.tau_calcium};
  if (has_own_rates() && is_exact())
    calcium_kappas_ = calcium_nodes(factors_.rate_low, factors_.rate_high, response_accuracy<Real>);
  if (has_processes()) {
    const CalciumModel& model = calcium_model_of(parameters_);
    process_loops_ = &model.processes();
    process_parameters_ = calcium_parameters_of(parameters_);
    process_calcium_ = model.calcium;
    process_states_ = model.states.size();
  }
  start_processes();
  const int nodes = int(calcium_kappas_.size());
  for (int k = 0; k < nodes; ++k)
    for (int i = 0; i < nodes; ++i)
      chebyshev_.push_back((k == 0 ? 1.0 : 2.0) / nodes * std::cos(M_PI * k * (i + 0.5) / nodes));
}

template <class Real>
void Heads<Real>::reset() {
  state_.clear();
  drives_.clear();
  start_processes();
}

template <class Real>
void Heads<Real>::reserve(const Plan<Real>& plan) {
  most_stages_ = plan.most_stages();
  const std::size_t stages = std::size_t(most_stages_);
  const std::size_t heads = std::size_t(shape_.heads), astrocytes = heads * std::size_t(shape_.astrocytes);
  trajectory_.resize(heads * stages * std::size_t(shape_.stride));
  global_.resize(astrocytes * stages);
  gain_.resize(astrocytes * stages);
  current_.resize(std::size_t(shape_.rows()) * stages);
  column_.resize(astrocytes * std::size_t(shape_.stride));
  drives_.reserve(plan);
}

template <class Real>
Real Heads<Real>::value_of(Field field, int head, std::size_t index) const {
  const std::size_t neuron = std::size_t(head) * std::size_t(shape_.width) + index;
  const std::size_t hidden = std::size_t(head) * std::size_t(shape_.stride);
  const std::size_t row = index / std::size_t(shape_.hidden), column = index % std::size_t(shape_.hidden);
  const std::size_t synapse = shape_.synapses(head, int(row)) + column;
  switch (field) {
    case Field::key: return state_.key[neuron];
    case Field::query: return state_.query[neuron];
    case Field::value: return state_.value[neuron];
    case Field::hidden: return state_.rates[hidden + index];
    case Field::output: return state_.output[neuron];
    case Field::hebbian: return state_.hebbian[synapse];
    case Field::store: return state_.store[hidden + column] * (factors_.store.empty() ? 1 : factors_.store[synapse]);
    case Field::calcium:
      if (has_own_rates()) return state_.calcium[synapse];
      return state_.shared_calcium[std::size_t(head) * shape_.astrocytes + shape_.astrocyte_of(int(row))];
  }
  return 0;
}

template class Heads<float>;
template class Heads<double>;

}  // namespace tripartite::attention::cpu
