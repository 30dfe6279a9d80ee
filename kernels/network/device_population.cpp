#include "kernels/network/device_population.hpp"

#include <algorithm>

#include "host/network/check.hpp"

namespace tripartite::network::cuda {

template <class Real>
void prepare(DevicePopulation<Real>& population, const NetworkSetup& network, const PopulationSetup& setup,
             std::size_t course_steps, DeviceMemory& memory) {
  population.name = setup.name;
  population.model = setup.model;
  population.loops = &population::cuda::find_model(*setup.model).template loops<Real>();
  population.size = setup.size;
  population.fast = has_fast_states(setup.model->description);
  population.slow = has_slow_states(setup.model->description);
  population.spikes = setup.spikes;
  const std::size_t size = setup.size;
  population.state.resize(std::size_t(population.states()));
  for (auto& buffer : population.state) memory.want(buffer, size);
  population.varied.resize(setup.varied.size());
  for (auto& buffer : population.varied) memory.want(buffer, size);
  if (network.slow_every > 1 && population.fast && population.slow) memory.want(population.average_sum, size);
  if (is_adaptive(network.method)) memory.want(population.step_size, size);
  if (!population.order.empty()) {
    memory.want(population.original, size);
    memory.want(population.place, size);
  }
  const bool is_tabulated = !is_adaptive(network.method);
  const int substeps = is_tabulated ? network.substeps : 1;
  const double half = network.dt / (2 * substeps);
  const std::size_t points = course_steps * 2 * std::size_t(substeps) + 1;
  population.inputs.resize(setup.inputs.size());
  for (std::size_t i = 0; i < population.inputs.size(); ++i) {
    DeviceInput<Real>& input = population.inputs[i];
    input.common = setup.inputs[i].common;
    input.base = setup.inputs[i].base;
    if (!setup.inputs[i].factor.empty()) memory.want(input.factor, size);
    for (const Projection& projection : network.projections)
      input.is_summed |= &network.populations[projection.target] == &setup &&
                         projection.kind != ProjectionKind::gather &&
                         projection.to == setup.model->description.inputs[i].name;
    if (input.is_summed || !input.base.empty()) memory.want(input.value, size);
    if (input.is_summed && !input.base.empty()) memory.want(input.summed_base, size);
    if (!is_tabulated) continue;
    if (input.is_summed)
      input.summed_course.want(memory, points, half, 2 * substeps);
    else
      input.course.want(memory, points, half, 2 * substeps);
  }
}

template <class Real>
void upload(DevicePopulation<Real>& population, const NetworkSetup& network, PopulationSetup& setup,
            cudaStream_t stream) {
  const auto fill = [&](DeviceBuffer<Real>& buffer, double value) {
    buffer.upload(std::vector<Real>(buffer.size(), Real(value)), 0, stream);
  };
  Elements<Real>& elements = population.elements;
  const auto& states = population.description().states;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (setup.initial_values[i].empty())
      fill(population.state[i], setup.initial[i]);
    else
      population.state[i].upload(ordered<Real>(setup.initial_values[i], population.order), 0, stream);
    elements.state[i] = population.state[i].data();
    // With room for the overshoot of a method of fixed order.
    elements.highest[i] = states[i].highest > 0 ? Real(states[i].highest) + Real(0.01) : Real(1e30);
  }
  for (std::size_t i = 0; i < setup.parameters.size(); ++i) elements.shared[i] = Real(setup.parameters[i]);
  for (std::size_t v = 0; v < setup.varied.size(); ++v) {
    population.varied[v].upload(ordered<Real>(setup.varied[v].values, population.order), 0, stream);
    elements.varied[setup.varied[v].parameter] = population.varied[v].data();
    elements.any_varied = true;
    setup.varied[v].values = {};
  }
  std::copy(setup.options.begin(), setup.options.end(), elements.option);
  population.average_sum.clear(stream);
  fill(population.step_size, network.dt);
  population.original.upload(population.order, 0, stream);
  population.place.upload(places_of(population.order), 0, stream);
  for (std::size_t i = 0; i < population.inputs.size(); ++i) {
    DeviceInput<Real>& input = population.inputs[i];
    input.factor.upload(ordered<Real>(setup.inputs[i].factor, population.order), 0, stream);
    if (input.is_summed) {
      input.value.clear(stream);
      input.summed_base.upload(ordered<double>(input.base, population.order), 0, stream);
    } else {
      input.value.upload(ordered<Real>(input.base, population.order), 0, stream);
    }
    setup.inputs[i] = {};
  }
  setup.initial_values.clear();
  setup.spikes = nullptr;
  population.order = {};
}

template void prepare(DevicePopulation<float>&, const NetworkSetup&, const PopulationSetup&, std::size_t,
                      DeviceMemory&);
template void prepare(DevicePopulation<double>&, const NetworkSetup&, const PopulationSetup&, std::size_t,
                      DeviceMemory&);
template void upload(DevicePopulation<float>&, const NetworkSetup&, PopulationSetup&, cudaStream_t);
template void upload(DevicePopulation<double>&, const NetworkSetup&, PopulationSetup&, cudaStream_t);

}  // namespace tripartite::network::cuda
