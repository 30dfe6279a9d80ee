// Heads: between their padded arrays and those of a stream.
#include <algorithm>

#include "host/attention/cpu_heads.hpp"

namespace tripartite::attention::cpu {
namespace {

/// Rows of `size` values, padded to `stride` on the side of the network.
template <class Real>
void copy_rows(const AlignedVector<Real>& from, int stride, std::vector<Real>& to, int size) {
  for (std::size_t row = 0; row < to.size() / std::size_t(size); ++row)
    std::copy_n(&from[row * std::size_t(stride)], size, &to[row * std::size_t(size)]);
}

template <class Real>
void copy_rows(const std::vector<Real>& from, int size, AlignedVector<Real>& to, int stride) {
  for (std::size_t row = 0; row < from.size() / std::size_t(size); ++row)
    std::copy_n(&from[row * std::size_t(size)], size, &to[row * std::size_t(stride)]);
}

}  // namespace

template <class Real>
EngineState<Real> Heads<Real>::blank_state() const {
  EngineState<Real> state(std::size_t(shape_.heads), std::size_t(shape_.width), std::size_t(shape_.hidden),
                          std::size_t(shape_.tokens), drives_.uses_slots());
  state.calcium.resize(has_own_rates() ? state.hebbian.size() : state_.shared_calcium.size());
  state.processes.resize(processes_.size());
  return state;
}

template <class Real>
void Heads<Real>::save(EngineState<Real>& to) const {
  for (const auto& [from, neurons] : {std::pair(&state_.key, &to.key), std::pair(&state_.query, &to.query),
                                      std::pair(&state_.value, &to.value), std::pair(&state_.output, &to.output)})
    std::copy(from->begin(), from->end(), neurons->begin());
  copy_rows(state_.rates, shape_.stride, to.hidden, shape_.hidden);
  copy_rows(state_.hebbian, shape_.stride, to.hebbian, shape_.hidden);
  copy_rows(state_.store, shape_.stride, to.store, shape_.hidden);
  if (has_own_rates())
    copy_rows(state_.calcium, shape_.stride, to.calcium, shape_.hidden);
  else
    std::copy(state_.shared_calcium.begin(), state_.shared_calcium.end(), to.calcium.begin());
  std::copy(processes_.begin(), processes_.end(), to.processes.begin());
  copy_rows(drives_.stored_keys(), shape_.stride, to.stored_keys, shape_.hidden);
  to.stored = drives_.stored();
}

template <class Real>
void Heads<Real>::load(const EngineState<Real>& from) {
  reset();
  for (const auto& [neurons, to] : {std::pair(&from.key, &state_.key), std::pair(&from.query, &state_.query),
                                    std::pair(&from.value, &state_.value), std::pair(&from.output, &state_.output)})
    std::copy(neurons->begin(), neurons->end(), to->begin());
  copy_rows(from.hidden, shape_.hidden, state_.rates, shape_.stride);
  copy_rows(from.hebbian, shape_.hidden, state_.hebbian, shape_.stride);
  copy_rows(from.store, shape_.hidden, state_.store, shape_.stride);
  if (has_own_rates())
    copy_rows(from.calcium, shape_.hidden, state_.calcium, shape_.stride);
  else
    std::copy(from.calcium.begin(), from.calcium.end(), state_.shared_calcium.begin());
  std::copy(from.processes.begin(), from.processes.end(), processes_.begin());
  if (!drives_.uses_slots()) return;
  copy_rows(from.stored_keys, shape_.hidden, drives_.stored_keys(), shape_.stride);
  drives_.set_stored(from.stored);
}

template <class Real>
void Heads<Real>::set_values(Field field, int head, std::size_t first, std::span<const Real> values) {
  for (std::size_t k = 0; k < values.size(); ++k)
    if (Real* element = element_of(field, head, first + k)) *element = values[k];
}

template <class Real>
Real* Heads<Real>::element_of(Field field, int head, std::size_t index) {
  const std::size_t neuron = std::size_t(head) * std::size_t(shape_.width) + index;
  switch (field) {
    case Field::key: return &state_.key[neuron];
    case Field::query: return &state_.query[neuron];
    case Field::value: return &state_.value[neuron];
    case Field::output: return &state_.output[neuron];
    case Field::hidden: return &state_.rates[std::size_t(head) * std::size_t(shape_.stride) + index];
    case Field::hebbian:
      return &state_.hebbian[shape_.synapses(head, int(index / std::size_t(shape_.hidden))) +
                             index % std::size_t(shape_.hidden)];
    case Field::store:
    case Field::calcium: break;
  }
  return nullptr;
}

template EngineState<float> Heads<float>::blank_state() const;
template EngineState<double> Heads<double>::blank_state() const;
template void Heads<float>::save(EngineState<float>&) const;
template void Heads<double>::save(EngineState<double>&) const;
template void Heads<float>::set_values(Field, int, std::size_t, std::span<const float>);
template void Heads<double>::set_values(Field, int, std::size_t, std::span<const double>);
template void Heads<float>::load(const EngineState<float>&);
template void Heads<double>::load(const EngineState<double>&);

}  // namespace tripartite::attention::cpu
