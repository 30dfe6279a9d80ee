#include <fmt/format.h>

#include <istream>
#include <ostream>

#include "host/network/cpu_base.hpp"
#include "host/network/saved_parts.hpp"
#include "host/run/state_stream.hpp"

namespace tripartite {

template <class Real>
void CpuNetworkBase<Real>::save(std::ostream& out) const {
  run::StateWriter writer(out, kind_of_network<Real>);
  identify(writer, fingerprint_);
  writer.write("steps", steps_);
  for (const CpuPopulation<Real>& population : populations_) {
    const auto name = [&](std::string_view what) { return fmt::format("{}.{}", population.name, what); };
    for (std::size_t i = 0; i < population.states(); ++i)
      writer.write(name(population.description().states[i].name),
                   std::span<const Real>(y_.data() + population.first[i], population.size));
    for (std::size_t i = 0; i < population.inputs.size(); ++i) {
      const CpuInput<Real>& input = population.inputs[i];
      const std::string input_name = population.description().inputs[i].name;
      writer.write(name(input_name + " common"), std::span<const Signal>(&input.common, 1));
      writer.write(name(input_name + " base"), std::span<const double>(input.base));
      if (input.is_summed)
        writer.write(name(input_name + " sum"), std::span<const Real>(input.value.data(), population.size));
    }
    if (!population.average_sum.empty())
      writer.write(name("average"), std::span<const Real>(population.average_sum.data(), population.size));
    if (!population.step_size.empty())
      writer.write(name("step size"), std::span<const Real>(population.step_size.data(), population.size));
  }
  for (const Extra& extra : extra_state()) writer.write(extra.name, std::span<const std::byte>(extra.bytes));
  write_events(writer, events_);
}

template <class Real>
void CpuNetworkBase<Real>::load(std::istream& in) {
  run::StateReader reader(in, kind_of_network<Real>);
  identify(reader, fingerprint_);
  const std::int64_t steps = read_steps(reader);
  // Everything is read before anything is changed.
  AlignedVector<Real> y = y_;
  std::vector<std::vector<CpuInput<Real>>> inputs;
  std::vector<AlignedVector<Real>> averages, step_sizes;
  const auto read_padded = [&](const std::string& name, std::size_t size, Real* to) {
    reader.read(name, std::span<Real>(to, size));
    std::fill(to + size, to + padded(size), size > 0 ? to[size - 1] : Real(0));
  };
  for (const CpuPopulation<Real>& population : populations_) {
    const auto name = [&](std::string_view what) { return fmt::format("{}.{}", population.name, what); };
    for (std::size_t i = 0; i < population.states(); ++i)
      read_padded(name(population.description().states[i].name), population.size, y.data() + population.first[i]);
    inputs.push_back(population.inputs);
    for (std::size_t i = 0; i < population.inputs.size(); ++i) {
      CpuInput<Real>& input = inputs.back()[i];
      const std::string input_name = population.description().inputs[i].name;
      reader.read(name(input_name + " common"), std::span<Signal>(&input.common, 1));
      reader.read(name(input_name + " base"), std::span<double>(input.base));
      if (input.is_summed)
        read_padded(name(input_name + " sum"), population.size, input.value.data());
      else if (!input.base.empty())
        for (std::size_t k = 0; k < input.value.size(); ++k)
          input.value[k] = Real(input.base[std::min(k, population.size - 1)]);
    }
    averages.push_back(population.average_sum);
    if (!averages.back().empty()) read_padded(name("average"), population.size, averages.back().data());
    step_sizes.push_back(population.step_size);
    if (!step_sizes.back().empty()) read_padded(name("step size"), population.size, step_sizes.back().data());
  }
  std::vector<Extra> extras = extra_state();  // for their names and sizes
  for (Extra& extra : extras) reader.read(extra.name, std::span<std::byte>(extra.bytes));
  std::vector<std::size_t> sizes;
  for (const CpuPopulation<Real>& population : populations_) sizes.push_back(population.size);
  auto events = read_events(reader, sizes);

  std::copy(y.begin(), y.end(), y_.begin());  // in place: elements point into it
  for (std::size_t p = 0; p < populations_.size(); ++p) {
    CpuPopulation<Real>& population = populations_[p];
    population.inputs = std::move(inputs[p]);
    population.average_sum = std::move(averages[p]);
    population.step_size = std::move(step_sizes[p]);
  }
  events_ = std::move(events);
  steps_ = steps;
  loaded(extras);
}

template void CpuNetworkBase<float>::save(std::ostream&) const;
template void CpuNetworkBase<double>::save(std::ostream&) const;
template void CpuNetworkBase<float>::load(std::istream&);
template void CpuNetworkBase<double>::load(std::istream&);

}  // namespace tripartite
