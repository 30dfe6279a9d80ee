#include "kernels/attention/device_state.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "tripartite/model/registry.hpp"

namespace tripartite::attention::cuda {
namespace {

/// Puts one vector per head behind each other; a head whose vector is empty gets `missing`. No head has one: no buffer,
/// unless heads elsewhere have (`any`).
template <class Real, class VectorOf>
DeviceBuffer<Real> gathered(HeadRange heads, std::size_t size, double missing, const VectorOf& vector_of,
                            cudaStream_t stream, bool any = false) {
  for (int head = heads.first; head < heads.first + heads.count; ++head) any = any || !vector_of(head).empty();
  if (!any) return {};
  DeviceBuffer<Real> buffer(heads.count * size);
  std::vector<Real> values;
  for (int head = heads.first; head < heads.first + heads.count; ++head) {
    const std::vector<double>& from = vector_of(head);
    if (from.empty())
      values.assign(size, Real(missing));
    else
      values.assign(from.begin(), from.end());
    buffer.upload(values, (head - heads.first) * size, stream);
  }
  return buffer;
}

std::vector<double> transposed(const std::vector<double>& matrix, std::size_t rows, std::size_t columns) {
  std::vector<double> result(matrix.size());
  if (matrix.empty()) return result;
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column)
      result[column * rows + row] = matrix[row * columns + column];
  return result;
}

bool uses_slots(const EngineSetup& setup) { return setup.maps.front().activation == Activation::slots; }

Rule rule_for(Activation activation) {
  switch (activation) {
    case Activation::exponential: return Rule::exponential;
    case Activation::relu: return Rule::relu;
    case Activation::elu1: return Rule::elu1;
    case Activation::slots: break;
  }
  return Rule::of_head;
}

bool has(const EngineSetup& setup, HeadRange heads, std::vector<double> SynapseFactors::*member) {
  if (setup.factors.empty()) return false;
  return std::any_of(setup.factors.begin() + heads.first, setup.factors.begin() + heads.first + heads.count,
                     [&](const SynapseFactors& factors) { return !(factors.*member).empty(); });
}

/// Of any head on any device, so that all devices keep p in the same way.
bool keeps_own_rates(const EngineSetup& setup) {
  return has(setup, {0, int(setup.factors.size())}, &SynapseFactors::tau_calcium);
}

const std::vector<double>& factors_of(const EngineSetup& setup, int head, std::vector<double> SynapseFactors::*member) {
  static const std::vector<double> none;
  return setup.factors.empty() ? none : setup.factors[head].*member;
}

}  // namespace

template <class Real>
Features<Real>::Features(const EngineSetup& setup, HeadRange heads, FeatureSide FeatureMap::*side,
                         cudaStream_t stream) {
  const std::size_t width = setup.width, hidden = setup.hidden;
  const auto of = [&](int head) -> const FeatureSide& { return setup.maps[head].*side; };
  std::vector<double> turned;
  projection_ = gathered<Real>(
      heads, width * hidden, 0,
      [&](int head) -> const std::vector<double>& { return turned = transposed(of(head).projection, hidden, width); },
      stream);
  norm_ = gathered<Real>(
      heads, width * width, 0,
      [&](int head) -> const std::vector<double>& { return turned = transposed(of(head).norm, width, width); }, stream);
  offset_ = gathered<Real>(
      heads, hidden, 0, [&](int head) -> const std::vector<double>& { return of(head).offset; }, stream);
  norm_offset_ = gathered<Real>(
      heads, width, 0, [&](int head) -> const std::vector<double>& { return of(head).norm_offset; }, stream);
  linear_ = gathered<Real>(
      heads, width, 0, [&](int head) -> const std::vector<double>& { return of(head).linear; }, stream);
  std::vector<double> constant;
  constant_ = gathered<Real>(
      heads, 1, 0,
      [&](int head) -> const std::vector<double>& {
        constant.assign(1, of(head).constant);
        return constant;
      },
      stream);
}

template <class Real>
FeatureView<Real> Features<Real>::view() const {
  return {projection_.data(), offset_.data(), norm_.data(), norm_offset_.data(), linear_.data(), constant_.data()};
}

template <class Real>
DeviceState<Real>::DeviceState(const EngineSetup& setup, HeadRange heads, cudaStream_t stream)
    : shape{heads.count, setup.width, setup.hidden, setup.parameters.astrocytes},
      inputs_start(3 * shape.output_neurons()),
      inputs(3 * shape.output_neurons()),
      hidden(shape.hidden_neurons()),
      output(shape.output_neurons()),
      hebbian(shape.synapses()),
      store(shape.hidden_neurons()),
      calcium(keeps_own_rates(setup) ? shape.synapses() : shape.all_astrocytes()),
      stored_keys(uses_slots(setup) ? shape.synapses() : 0),
      tokens(3 * setup.tokens * shape.output_neurons()),
      context(setup.tokens * shape.output_neurons()) {
  const std::size_t synapses = std::size_t(shape.width) * shape.hidden;
  hebbian_factor = gathered<Real>(
      heads, synapses, 1,
      [&](int head) -> const std::vector<double>& { return factors_of(setup, head, &SynapseFactors::hebbian); },
      stream);
  store_factor = gathered<Real>(
      heads, synapses, 1,
      [&](int head) -> const std::vector<double>& { return factors_of(setup, head, &SynapseFactors::store); }, stream);
  std::vector<double> derived;
  calcium_rate = gathered<Real>(
      heads, synapses, 1 / setup.parameters.tau_calcium,
      [&](int head) -> const std::vector<double>& {
        derived = factors_of(setup, head, &SynapseFactors::tau_calcium);
        for (double& value : derived) value = 1 / value;
        return derived;
      },
      stream, keeps_own_rates(setup));
  if (store_factor.size() > 0)
    column_factor = gathered<Real>(
        heads, std::size_t(shape.astrocytes) * shape.hidden, 0,
        [&](int head) -> const std::vector<double>& {
          const std::vector<double>& factor = factors_of(setup, head, &SynapseFactors::store);
          derived.assign(std::size_t(shape.astrocytes) * shape.hidden, 0.0);
          for (int row = 0; row < shape.width; ++row) {
            const int astrocyte = shape.astrocyte_of(row);
            const double share = 1.0 / shape.rows_of(astrocyte);
            for (int j = 0; j < shape.hidden; ++j)
              derived[std::size_t(astrocyte) * shape.hidden + j] +=
                  share * (factor.empty() ? 1.0 : factor[std::size_t(row) * shape.hidden + j]);
          }
          return derived;
        },
        stream);
  if (!uses_slots(setup)) {
    std::vector<Rule> rule_of;
    for (int head = heads.first; head < heads.first + heads.count; ++head)
      rule_of.push_back(rule_for(setup.maps[head].activation));
    rules = DeviceBuffer<Rule>(rule_of.size());
    rules.upload(rule_of, 0, stream);
    key_side = Features<Real>(setup, heads, &FeatureMap::key, stream);
    query_side = Features<Real>(setup, heads, &FeatureMap::query, stream);
  }
  if (!setup.processes.empty()) {
    const std::vector<ProcessScale> own(setup.processes.begin() + heads.first,
                                        setup.processes.begin() + heads.first + heads.count);
    scales = DeviceBuffer<ProcessScale>(own.size());
    scales.upload(own, 0, stream);
    const CalciumModel& model = calcium_model_of(setup.parameters);
    for (const ProcessScale& scale : own) {
      for (int astrocyte = 0; astrocyte < shape.astrocytes; ++astrocyte)
        processes_start.insert(processes_start.end(), scale.initial, scale.initial + model.states.size());
      calcium_start.insert(calcium_start.end(), shape.astrocytes, Real(scale.modulatory(scale.initial[model.calcium])));
    }
    processes = DeviceBuffer<double>(processes_start.size());
  }
  tokens.clear(stream);
  context.clear(stream);
  clear(stream);
}

template <class Real>
void DeviceState<Real>::clear(cudaStream_t stream) {
  for (auto* buffer : {&inputs_start, &inputs, &hidden, &output, &hebbian, &store, &calcium, &stored_keys})
    buffer->clear(stream);
  if (processes_start.empty()) return;
  processes.upload(processes_start, 0, stream);
  calcium.upload(calcium_start, 0, stream);
}

template <class Real>
Real* DeviceState<Real>::field(Field field) const {
  switch (field) {
    case Field::key: return inputs.data();
    case Field::query: return inputs.data() + shape.output_neurons();
    case Field::value: return inputs.data() + 2 * shape.output_neurons();
    case Field::hidden: return hidden.data();
    case Field::output: return output.data();
    case Field::hebbian: return hebbian.data();
    case Field::store:
    case Field::calcium: break;
  }
  return nullptr;
}

template <class Real>
Element<Real> DeviceState<Real>::element(Field field, int head, std::size_t index) const {
  const std::size_t columns = shape.hidden, synapse = std::size_t(head) * shape.width * columns + index;
  switch (field) {
    case Field::store:
      return {store.data() + head * columns + index % columns,
              store_factor.size() > 0 ? store_factor.data() + synapse : nullptr};
    case Field::calcium:
      if (has_own_rates()) return {calcium.data() + synapse, nullptr};
      return {calcium.data() + head * shape.astrocytes + shape.astrocyte_of(int(index / columns)), nullptr};
    case Field::key:
    case Field::query:
    case Field::value:
    case Field::hidden:
    case Field::output:
    case Field::hebbian: break;
  }
  return {this->field(field) + head * shape.size(info(field).extent) + index, nullptr};
}

template <class Real>
std::size_t state_bytes(const EngineSetup& setup, HeadRange heads) {
  const Shape shape{heads.count, setup.width, setup.hidden, setup.parameters.astrocytes};
  const std::size_t columns = shape.all_astrocytes() * shape.hidden;
  std::size_t values = shape.synapses() + 2 * shape.hidden_neurons();
  values += keeps_own_rates(setup) ? 2 * shape.synapses() : shape.all_astrocytes();  // p and its rates
  values += (7 + 4 * std::size_t(setup.tokens)) * shape.output_neurons();
  if (uses_slots(setup))
    values += shape.synapses();
  else
    for (const auto side : {&FeatureMap::key, &FeatureMap::query}) {
      values += shape.synapses() + shape.hidden_neurons() + 2 * shape.output_neurons() + shape.heads;
      if (std::any_of(setup.maps.begin(), setup.maps.end(),
                      [&](const FeatureMap& map) { return !(map.*side).norm.empty(); }))
        values += shape.output_neurons() * shape.width;
    }
  if (has(setup, heads, &SynapseFactors::hebbian)) values += shape.synapses();
  if (has(setup, heads, &SynapseFactors::store)) values += shape.synapses() + columns;
  std::size_t of_processes = 0;
  if (!setup.processes.empty())
    of_processes = shape.all_astrocytes() * calcium_model_of(setup.parameters).states.size() * sizeof(double) +
                   std::size_t(heads.count) * sizeof(ProcessScale);
  return values * sizeof(Real) + of_processes;
}

template class Features<float>;
template class Features<double>;
template struct DeviceState<float>;
template struct DeviceState<double>;
template std::size_t state_bytes<float>(const EngineSetup&, HeadRange);
template std::size_t state_bytes<double>(const EngineSetup&, HeadRange);

}  // namespace tripartite::attention::cuda
