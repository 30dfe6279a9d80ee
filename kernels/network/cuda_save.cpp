#include <fmt/format.h>

#include <istream>
#include <ostream>
#include <string>

#include "host/network/saved_parts.hpp"
#include "kernels/network/cuda_network_base.hpp"

// The same stream as the CPU's (host/network/cpu_save.cpp): a state may be saved on one and loaded on the other.
namespace tripartite::network::cuda {

template <class Real>
void CudaNetworkBase<Real>::save(std::ostream& out) const {
  run::StateWriter writer(out, kind_of_network<Real>);
  identify(writer, fingerprint_);
  writer.write("steps", steps_);
  for (const Population& population : populations_) {
    const auto name = [&](std::string_view what) { return fmt::format("{}.{}", population.name, what); };
    const auto write = [&](const std::string& array, const DeviceBuffer<Real>& buffer) {
      const std::vector<Real> values = read_all(population, buffer);
      writer.write(array, std::span<const Real>(values));
    };
    for (std::size_t i = 0; i < population.state.size(); ++i)
      write(name(population.description().states[i].name), population.state[i]);
    for (std::size_t i = 0; i < population.inputs.size(); ++i) {
      const DeviceInput<Real>& input = population.inputs[i];
      const std::string input_name = population.description().inputs[i].name;
      writer.write(name(input_name + " common"), std::span<const Signal>(&input.common, 1));
      writer.write(name(input_name + " base"), std::span<const double>(input.base));
      if (input.is_summed) write(name(input_name + " sum"), input.value);
    }
    if (has_average(population)) write(name("average"), population.average_sum);
    if (is_adaptive(setup_.method)) write(name("step size"), population.step_size);
  }
  write_events(writer, events_);
}

template <class Real>
void CudaNetworkBase<Real>::load(std::istream& in) {
  run::StateReader reader(in, kind_of_network<Real>);
  identify(reader, fingerprint_);
  const std::int64_t steps = read_steps(reader);
  // Everything is read before anything is changed.
  struct Array {
    Population* population;
    DeviceBuffer<Real>* to;
    std::vector<Real> values;
  };
  struct Input {
    Population* population;
    DeviceInput<Real>* to;
    Signal common;
    std::vector<double> base;
  };
  std::vector<Array> arrays;
  std::vector<Input> inputs;
  for (Population& population : populations_) {
    const auto name = [&](std::string_view what) { return fmt::format("{}.{}", population.name, what); };
    const auto read = [&](const std::string& array, DeviceBuffer<Real>& to) {
      arrays.push_back({&population, &to, std::vector<Real>(population.size)});
      reader.read(array, std::span<Real>(arrays.back().values));
    };
    for (std::size_t i = 0; i < population.state.size(); ++i)
      read(name(population.description().states[i].name), population.state[i]);
    for (std::size_t i = 0; i < population.inputs.size(); ++i) {
      DeviceInput<Real>& input = population.inputs[i];
      const std::string input_name = population.description().inputs[i].name;
      inputs.push_back({&population, &input, {}, std::vector<double>(input.base.size())});
      reader.read(name(input_name + " common"), std::span<Signal>(&inputs.back().common, 1));
      reader.read(name(input_name + " base"), std::span<double>(inputs.back().base));
      if (input.is_summed) read(name(input_name + " sum"), input.value);
    }
    if (has_average(population)) read(name("average"), population.average_sum);
    if (is_adaptive(setup_.method)) read(name("step size"), population.step_size);
  }
  std::vector<std::size_t> sizes;
  for (const Population& population : populations_) sizes.push_back(population.size);
  auto events = read_events(reader, sizes);

  for (const Array& array : arrays) write_all(*array.population, *array.to, array.values);
  for (Input& input : inputs) {
    input.to->common = input.common;
    input.to->base = std::move(input.base);
    if (!input.to->base.empty()) write_base(*input.population, *input.to);
  }
  events_ = std::move(events);
  steps_ = steps;
}

template void CudaNetworkBase<float>::save(std::ostream&) const;
template void CudaNetworkBase<double>::save(std::ostream&) const;
template void CudaNetworkBase<float>::load(std::istream&);
template void CudaNetworkBase<double>::load(std::istream&);

}  // namespace tripartite::network::cuda
