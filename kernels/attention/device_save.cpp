// DeviceEngine: between the memory of one device and the arrays of all heads in a stream.
#include <algorithm>
#include <utility>

#include "kernels/attention/device_engine.hpp"
#include "kernels/cuda_check.hpp"

namespace tripartite::attention::cuda {

template <class Real>
template <class State, class Use>
void DeviceEngine<Real>::for_each_array(State& state, Use&& use) const {
  const std::size_t inputs = state_.shape.output_neurons();
  use(state.key, state_.inputs, 0);
  use(state.query, state_.inputs, inputs);
  use(state.value, state_.inputs, 2 * inputs);
  use(state.output, state_.output, 0);
  use(state.hidden, state_.hidden, 0);
  use(state.hebbian, state_.hebbian, 0);
  use(state.store, state_.store, 0);
  use(state.calcium, state_.calcium, 0);
  use(state.processes, state_.processes, 0);
  use(state.stored_keys, state_.stored_keys, 0);
}

template <class Real>
template <class State, class Use>
void DeviceEngine<Real>::for_each_rows(State& state, Use&& use) const {
  const std::size_t rows = std::size_t(capacity_) * state_.shape.output_neurons();
  use(state.key_tokens, state_.tokens, 0);
  use(state.query_tokens, state_.tokens, rows);
  use(state.value_tokens, state_.tokens, 2 * rows);
  use(state.outputs, state_.context, 0);
}

template <class Real>
void DeviceEngine<Real>::make_room(EngineState<Real>& state) const {
  const std::size_t heads = std::size_t(all_heads_), of_device = std::size_t(heads_.count);
  state.calcium.resize(state_.calcium.size() / of_device * heads);
  state.processes.resize(state_.processes.size() / of_device * heads);
}

template <class Real>
void DeviceEngine<Real>::save(EngineState<Real>& to) const {
  const CurrentDevice current(device_);
  const std::size_t all = std::size_t(all_heads_);
  for_each_array(to, [&](auto& array, const auto& buffer, std::size_t offset) {
    const std::size_t of_head = array.size() / all, size = of_head * std::size_t(heads_.count);
    buffer.download(std::span(array).subspan(of_head * std::size_t(heads_.first), size), offset, stream_);
  });
  const std::size_t row = state_.shape.output_neurons() * sizeof(Real);
  const std::size_t whole_row = all * std::size_t(state_.shape.width) * sizeof(Real);
  for_each_rows(to, [&](auto& rows, const auto& buffer, std::size_t offset) {
    TRIPARTITE_CUDA_TRY(cudaMemcpy2DAsync(rows.data() + heads_.first * state_.shape.width, whole_row,
                                          buffer.data() + offset, row, row, std::size_t(capacity_),
                                          cudaMemcpyDeviceToHost, stream_));
  });
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
  to.stored = stored_;
  to.held_token = held_.first;
  to.held_in_read = held_.second ? 1 : 0;
  to.held_for = since_change_;
}

template <class Real>
void DeviceEngine<Real>::load(const EngineState<Real>& from) {
  const CurrentDevice current(device_);
  const std::size_t all = std::size_t(all_heads_);
  for_each_array(from, [&](const auto& array, const auto& buffer, std::size_t offset) {
    const std::size_t of_head = array.size() / all, size = of_head * std::size_t(heads_.count);
    if (size == 0) return;
    const auto own = std::span(array).subspan(of_head * std::size_t(heads_.first), size);
    TRIPARTITE_CUDA_TRY(
        cudaMemcpyAsync(buffer.data() + offset, own.data(), own.size_bytes(), cudaMemcpyHostToDevice, stream_));
  });
  // Between phases the inputs are where the next one starts.
  TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(state_.inputs_start.data(), state_.inputs.data(),
                                      state_.inputs.size() * sizeof(Real), cudaMemcpyDeviceToDevice, stream_));
  const std::size_t row = state_.shape.output_neurons() * sizeof(Real);
  const std::size_t whole_row = all * std::size_t(state_.shape.width) * sizeof(Real);
  for_each_rows(from, [&](const auto& rows, const auto& buffer, std::size_t offset) {
    TRIPARTITE_CUDA_TRY(cudaMemcpy2DAsync(buffer.data() + offset, row, rows.data() + heads_.first * state_.shape.width,
                                          whole_row, row, std::size_t(capacity_), cudaMemcpyHostToDevice, stream_));
  });
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
  stored_ = from.stored;
  held_ = {from.held_token, from.held_in_read != 0};
  since_change_ = from.held_for;
  frames_.drop();
}

template <class Real>
std::vector<Real> DeviceEngine<Real>::field(Field field, int head) {
  const CurrentDevice current(device_);
  const Shape& shape = state_.shape;
  std::vector<Real> values(shape.size(info(field).extent));
  const int own = head - heads_.first;
  const auto fetch = [&](const Real* from, std::span<Real> to) {
    TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(to.data(), from, to.size_bytes(), cudaMemcpyDeviceToHost, stream_));
  };
  if (field == Field::store) {
    std::vector<Real> shared(std::size_t(shape.hidden));
    std::vector<Real> factors(state_.store_factor.size() > 0 ? values.size() : 0);
    fetch(state_.element(field, own, 0).value, shared);
    if (!factors.empty()) fetch(state_.element(field, own, 0).factor, factors);
    TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
    for (std::size_t index = 0; index < values.size(); ++index)
      values[index] = shared[index % shared.size()] * (factors.empty() ? Real(1) : factors[index]);
    return values;
  }
  if (field == Field::calcium && !state_.has_own_rates()) {
    std::vector<Real> shared(std::size_t(shape.astrocytes));
    fetch(state_.element(field, own, 0).value, shared);
    TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
    for (int row = 0; row < shape.width; ++row)
      std::fill_n(&values[std::size_t(row) * shape.hidden], shape.hidden, shared[std::size_t(shape.astrocyte_of(row))]);
    return values;
  }
  fetch(state_.element(field, own, 0).value, values);
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
  return values;
}

template <class Real>
void DeviceEngine<Real>::gather(Field field, int head, std::span<const std::uint64_t> indices, std::span<Real> values) {
  constexpr std::size_t few = 32;  // copies that cost less than the whole field
  if (indices.size() > few) {
    const std::vector<Real> all = this->field(field, head);
    for (std::size_t k = 0; k < indices.size(); ++k) values[k] = all[indices[k]];
    return;
  }
  const CurrentDevice current(device_);
  std::vector<Real> factors(indices.size(), Real(1));
  for (std::size_t k = 0; k < indices.size(); ++k) {
    const Element<Real> element = state_.element(field, head - heads_.first, indices[k]);
    for (const auto& [from, to] : {std::pair(element.value, &values[k]), std::pair(element.factor, &factors[k])})
      if (from != nullptr)
        TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(to, from, sizeof(Real), cudaMemcpyDeviceToHost, stream_));
  }
  TRIPARTITE_CUDA_TRY(cudaStreamSynchronize(stream_));
  for (std::size_t k = 0; k < indices.size(); ++k) values[k] *= factors[k];
}

template <class Real>
void DeviceEngine<Real>::set_values(Field field, int head, std::size_t first, std::span<const Real> values) {
  const CurrentDevice current(device_);
  Real* to = state_.field(field) + std::size_t(head - heads_.first) * state_.shape.size(info(field).extent) + first;
  TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(to, values.data(), values.size_bytes(), cudaMemcpyHostToDevice, stream_));
  const std::size_t place = std::size_t(to - state_.inputs.data());
  if (field == Field::key || field == Field::query || field == Field::value)
    state_.inputs_start.upload(values, place, stream_);
}

template void DeviceEngine<float>::make_room(EngineState<float>&) const;
template void DeviceEngine<double>::make_room(EngineState<double>&) const;
template void DeviceEngine<float>::save(EngineState<float>&) const;
template void DeviceEngine<double>::save(EngineState<double>&) const;
template void DeviceEngine<float>::load(const EngineState<float>&);
template void DeviceEngine<double>::load(const EngineState<double>&);
template std::vector<float> DeviceEngine<float>::field(Field, int);
template std::vector<double> DeviceEngine<double>::field(Field, int);
template void DeviceEngine<float>::gather(Field, int, std::span<const std::uint64_t>, std::span<float>);
template void DeviceEngine<double>::gather(Field, int, std::span<const std::uint64_t>, std::span<double>);
template void DeviceEngine<float>::set_values(Field, int, std::size_t, std::span<const float>);
template void DeviceEngine<double>::set_values(Field, int, std::size_t, std::span<const double>);

}  // namespace tripartite::attention::cuda
