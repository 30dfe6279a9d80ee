#include "host/network/cpu_base.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "host/backend/require_memory.hpp"
#include "host/network/check.hpp"
#include "host/network/cpu_network.hpp"
#include "host/network/events.hpp"
#include "host/network/faults.hpp"
#include "host/network/fingerprint.hpp"
#include "tripartite/error.hpp"

namespace tripartite {
namespace {

template <class Real>
AlignedVector<Real> filled(const std::vector<double>& values) {
  AlignedVector<Real> result(values.begin(), values.end());
  if (!result.empty()) result.resize(padded(values.size()), result.back());
  return result;
}

/// How many times the states are kept: methods of one stage keep them once.
std::size_t copies_of_states(const NetworkSetup& setup) {
  if (setup.projections.empty()) return 1;
  if (is_adaptive(setup.method)) return 11;  // slopes of all stages, both ends, what is looked at
  int stages = 1;
  integrate::with_fixed_method(setup.method, [&](auto method) { stages = decltype(method)::stages; });
  return stages > 1 || setup.slow_every > 1 ? 3 : 1;  // states, stage, sums of stages
}

/// "network of 100 neurons, 800 synapses": what an error calls it.
std::string what_of(const NetworkSetup& setup) {
  std::string populations;
  for (const PopulationSetup& population : setup.populations)
    populations += fmt::format("{}{} {}", populations.empty() ? "" : ", ", population.size, population.name);
  return "network of " + populations;
}

}  // namespace

std::size_t network_bytes(const NetworkSetup& setup) {
  const std::size_t number = setup.precision == Precision::float64 ? 8 : 4;
  std::size_t bytes = 0;
  for (const PopulationSetup& population : setup.populations) {
    std::size_t arrays = copies_of_states(setup) * population.initial.size() + population.varied.size();
    if (setup.slow_every > 1 || (is_adaptive(setup.method) && setup.projections.empty())) ++arrays;
    for (const InputSetup& input : population.inputs)
      arrays += (input.factor.empty() ? 0 : 1) + (input.base.empty() ? 0 : 3);
    bytes += padded(population.size) * arrays * number;
  }
  for (const Projection& projection : setup.projections) {
    const std::size_t sources = setup.populations[projection.source].size;
    bytes += projection.index.size() * 2 * sizeof(Index) + projection.weight.size() * number +
             projection.pairs.size() * 2 * (sizeof(std::size_t) + sizeof(Index)) + sources * number +
             setup.populations[projection.target].size * (sizeof(double) + number);
  }
  return bytes;
}

template <class Real>
CpuNetworkBase<Real>::CpuNetworkBase(NetworkSetup setup)
    : setup_(std::move(setup)),
      fingerprint_(fingerprint(setup_)),
      threads_(setup_.threads > 0 ? std::min(setup_.threads, linear_algebra::threads()) : linear_algebra::threads()) {
  require_memory(what_of(setup_), double(network_bytes(setup_)));
  std::size_t total = 0;
  for (const PopulationSetup& population : setup_.populations)
    total += padded(population.size) * population.initial.size();
  y_.reserve(total);
  for (PopulationSetup& population : setup_.populations) add_population(population);
  for (const Projection& projection : setup_.projections) {
    CpuPopulation<Real>& target = populations_[projection.target];
    CpuInput<Real>& input = target.inputs[std::size_t(input_place(target.description(), projection.to))];
    if (projection.kind == ProjectionKind::gather) {
      input.index.assign(projection.index.begin(), projection.index.end());
      input.index.resize(padded(target.size), 0);
    } else {
      input.is_summed = true;
      input.value.resize(padded(target.size), Real(0));
    }
  }
  add_fields();
  workers_.resize(std::size_t(threads_));
}

template <class Real>
void CpuNetworkBase<Real>::add_population(PopulationSetup& setup) {
  CpuPopulation<Real> population;
  population.name = setup.name;
  population.model = setup.model;
  population.size = setup.size;
  population.loops = setup.model->cpu<Real>(best_instruction_set());
  population.fast = has_fast_states(setup.model->description);
  population.slow = has_slow_states(setup.model->description);
  const auto& states = setup.model->description.states;
  for (std::size_t i = 0; i < states.size(); ++i) {
    population.first.push_back(y_.size());
    y_.resize(y_.size() + padded(setup.size), Real(setup.initial[i]));
    const auto& own = setup.initial_values[i];
    for (std::size_t k = 0; k < own.size(); ++k) y_[population.first[i] + k] = Real(own[k]);
    for (std::size_t k = own.size(); k < padded(own.size()); ++k) y_[population.first[i] + k] = Real(own.back());
    // With room for the overshoot of a method of fixed order.
    population.elements.highest[i] = states[i].highest > 0 ? Real(states[i].highest) + Real(0.01) : Real(1e30);
  }
  for (std::size_t i = 0; i < states.size(); ++i) population.elements.state[i] = y_.data() + population.first[i];
  for (std::size_t i = 0; i < setup.parameters.size(); ++i) population.elements.shared[i] = Real(setup.parameters[i]);
  population.varied.reserve(setup.varied.size());
  for (Varied& varied : setup.varied) {
    population.varied.push_back(filled<Real>(varied.values));
    population.elements.varied[varied.parameter] = population.varied.back().data();
    population.elements.any_varied = population.size > 0;
    varied.values = {};
  }
  std::copy(setup.options.begin(), setup.options.end(), population.elements.option);
  const bool has_two_clocks = population.fast && population.slow && setup_.slow_every > 1;
  if (has_two_clocks) population.average_sum.assign(padded(setup.size), Real(0));
  if (is_adaptive(setup_.method) && setup_.projections.empty())
    population.step_size.assign(padded(setup.size), Real(setup_.dt));
  add_inputs(setup, population);
  population.spikes = std::move(setup.spikes);
  setup.initial_values.clear();
  populations_.push_back(std::move(population));
}

template <class Real>
void CpuNetworkBase<Real>::add_inputs(PopulationSetup& setup, CpuPopulation<Real>& population) {
  for (InputSetup& input : setup.inputs) {
    CpuInput<Real> own;
    own.common = input.common;
    own.factor = filled<Real>(input.factor);
    own.value = filled<Real>(input.base);
    own.base = std::move(input.base);
    input.factor = {};
    population.inputs.push_back(std::move(own));
  }
}

template <class Real>
void CpuNetworkBase<Real>::add_fields() {
  for (std::size_t p = 0; p < populations_.size(); ++p) {
    CpuPopulation<Real>& population = populations_[p];
    population.first_field = fields_.size();
    int place = 0;
    for (const StateInfo& state : population.description().states) {
      fields_.push_back({population.name, state.name, state.symbol, state.unit, state.meaning, population.size, true});
      places_.push_back({p, place++, -1});
    }
    place = 0;
    for (const PortInfo& input : population.description().inputs) {
      if (population.inputs[std::size_t(place)].is_summed) {
        fields_.push_back(
            {population.name, input.name, input.symbol, input.unit, input.meaning, population.size, false});
        places_.push_back({p, -1, place});
      }
      ++place;
    }
  }
}

template <class Real>
std::span<const Real> CpuNetworkBase<Real>::values_of(std::size_t field) const {
  const Place& place = places_.at(field);
  const CpuPopulation<Real>& population = populations_[place.population];
  if (place.state >= 0) return {shown() + population.first[std::size_t(place.state)], population.size};
  return {population.inputs[std::size_t(place.input)].value.data(), population.size};
}

template <class Real>
void CpuNetworkBase<Real>::read_values(std::size_t field, std::size_t first, std::span<Real> values) const {
  std::copy_n(values_of(field).begin() + std::ptrdiff_t(first), values.size(), values.begin());
}

template <class Real>
void CpuNetworkBase<Real>::gather_values(std::size_t field, std::span<const std::uint64_t> indices,
                                         std::span<Real> values) const {
  const auto all = values_of(field);
  for (std::size_t i = 0; i < indices.size(); ++i) values[i] = all[indices[i]];
}

template <class Real>
void CpuNetworkBase<Real>::write_values(std::size_t field, std::size_t first, std::span<const Real> values) {
  const Place& place = places_.at(field);
  const CpuPopulation<Real>& population = populations_[place.population];
  if (values.empty()) return;
  changed();
  Real* const state = y_.data() + population.first[std::size_t(place.state)];
  std::copy(values.begin(), values.end(), state + first);
  // Copies that fill up the last group must not keep numbers that were replaced because they failed.
  std::fill(state + population.size, state + padded(population.size), state[population.size - 1]);
  written();
}

template <class Real>
double CpuNetworkBase<Real>::mean(std::size_t field) const {
  const auto all = values_of(field);
  return all.empty() ? 0 : std::accumulate(all.begin(), all.end(), 0.0) / double(all.size());
}

template <class Real>
void CpuNetworkBase<Real>::set_common(std::size_t population, std::string_view input, const Signal& common) {
  CpuPopulation<Real>& own = populations_.at(population);
  Signal& current = own.inputs[std::size_t(input_place(own.description(), input))].common;
  if (current == common) return;
  changed();
  current = common;
}

template <class Real>
void CpuNetworkBase<Real>::set_base(std::size_t population, std::string_view input, std::span<const double> base) {
  CpuPopulation<Real>& own = populations_.at(population);
  CpuInput<Real>& current = own.inputs[std::size_t(input_place(own.description(), input))];
  check_base(own.name, input, own.size, base.size(), current.base.size());
  if (std::equal(base.begin(), base.end(), current.base.begin())) return;
  changed();
  current.base.assign(base.begin(), base.end());
  if (!current.is_summed) current.value = filled<Real>(current.base);
}

template <class Real>
void CpuNetworkBase<Real>::set_spikes(std::size_t population, std::shared_ptr<const SpikeSource> spikes) {
  CpuPopulation<Real>& own = populations_.at(population);
  check_spikes(own.name, own.description(), spikes.get(), setup_.dt);
  own.spikes = std::move(spikes);
}

template <class Real>
void CpuNetworkBase<Real>::begin_window() {
  for (Worker& worker : workers_) {
    worker.events.clear();
    worker.fault = {};
    worker.is_stuck = worker.is_full = false;
  }
}

template <class Real>
void CpuNetworkBase<Real>::collect_events() {
  const std::size_t before = events_.size();
  for (Worker& worker : workers_) {
    events_.insert(events_.end(), worker.events.begin(), worker.events.end());
    worker.events.clear();
  }
  sort_events(events_, before);
}

template <class Real>
void CpuNetworkBase<Real>::note_fault(Worker& worker, const Tile<Real>& tile, std::size_t size) {
  if (tile.fault.element < 0 || tile.fault.element >= std::int64_t(size)) return;
  const auto key = [](const Fault& fault) { return std::pair(fault.state, fault.element); };
  if (worker.fault.element >= 0 && key(worker.fault) <= key(tile.fault)) return;
  worker.fault = tile.fault;
  worker.is_stuck = tile.is_stuck;
}

template <class Real>
void CpuNetworkBase<Real>::throw_fault(std::size_t population, double time) const {
  const CpuPopulation<Real>& own = populations_[population];
  const Worker* faulty = nullptr;
  const auto key = [](const Worker& worker) { return std::pair(worker.fault.state, worker.fault.element); };
  for (const Worker& worker : workers_) {
    if (worker.is_full) throw_crowded(own.name, own.description().event, time);
    if (worker.fault.element >= 0 && (faulty == nullptr || key(worker) < key(*faulty))) faulty = &worker;
  }
  if (faulty == nullptr) return;
  const StateInfo& state = own.description().states[std::size_t(faulty->fault.state)];
  const Real value = own.elements.state[faulty->fault.state][faulty->fault.element];
  if (faulty->is_stuck) throw_stuck(own.name, faulty->fault.element, time, state.name, value);
  throw_left_domain(own.name, faulty->fault.element, time, state.name, value);
}

template class CpuNetworkBase<float>;
template class CpuNetworkBase<double>;

template <class Real>
std::unique_ptr<Network> make_cpu_network(NetworkSetup setup) {
  if (setup.projections.empty()) return make_window_network<Real>(std::move(setup));
  if (is_adaptive(setup.method)) return make_adaptive_network<Real>(std::move(setup));
  return make_stage_network<Real>(std::move(setup));
}

template std::unique_ptr<Network> make_cpu_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_cpu_network<double>(NetworkSetup);

}  // namespace tripartite
