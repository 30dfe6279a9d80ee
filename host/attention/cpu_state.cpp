#include "host/attention/cpu_state.hpp"

#include <algorithm>

namespace tripartite::attention::cpu {
namespace {

constexpr int lanes = 16;  // of the widest register; a multiple for all

int rounded_up(int count) { return (count + lanes - 1) / lanes * lanes; }

}  // namespace

Shape::Shape(const EngineSetup& setup)
    : heads(setup.heads()),
      width(setup.width),
      hidden(setup.hidden),
      tokens(setup.tokens),
      astrocytes(setup.parameters.astrocytes),
      stride(rounded_up(setup.hidden)),
      width_stride(rounded_up(setup.width)) {}

std::size_t Shape::size(Extent extent) const {
  switch (extent) {
    case Extent::width: return std::size_t(width);
    case Extent::hidden: return std::size_t(hidden);
    case Extent::synapse: return std::size_t(width) * std::size_t(hidden);
  }
  return 0;
}

template <class Real>
Factors<Real>::Factors(const EngineSetup& setup, const Shape& shape) {
  // One array over all synapses, if any head gives values of its own; heads that do not have `otherwise`.
  const auto spread = [&](std::vector<double> SynapseFactors::*member, double otherwise, auto transform) {
    AlignedVector<Real> target;
    for (int head = 0; head < int(setup.factors.size()); ++head) {
      const std::vector<double>& values = setup.factors[std::size_t(head)].*member;
      if (values.empty()) continue;
      if (target.empty()) target.assign(shape.synapses(shape.heads, 0), Real(transform(otherwise)));
      for (int row = 0; row < shape.width; ++row)
        for (int j = 0; j < shape.hidden; ++j)
          target[shape.synapses(head, row) + std::size_t(j)] =
              Real(transform(values[std::size_t(row) * std::size_t(shape.hidden) + std::size_t(j)]));
    }
    return target;
  };
  const auto same = [](double factor) { return factor; };
  hebbian = spread(&SynapseFactors::hebbian, 1, same);
  store = spread(&SynapseFactors::store, 1, same);
  calcium_rate = spread(&SynapseFactors::tau_calcium, setup.parameters.tau_calcium, [](double tau) { return 1 / tau; });

  rate_low = rate_high = 1 / setup.parameters.tau_calcium;
  for (const SynapseFactors& factors : setup.factors)
    for (const double tau : factors.tau_calcium) {
      rate_low = std::min(rate_low, 1 / tau);
      rate_high = std::max(rate_high, 1 / tau);
    }

  column.assign(std::size_t(shape.heads) * shape.astrocytes * std::size_t(shape.stride), Real(0));
  for (int head = 0; head < shape.heads; ++head)
    for (int astrocyte = 0; astrocyte < shape.astrocytes; ++astrocyte)
      for (int j = 0; j < shape.hidden; ++j) {
        double sum = 0;
        int rows = 0;
        for (int row = 0; row < shape.width; ++row) {
          if (shape.astrocyte_of(row) != astrocyte) continue;
          sum += store.empty() ? 1 : double(store[shape.synapses(head, row) + std::size_t(j)]);
          ++rows;
        }
        column[shape.columns(head, astrocyte) + std::size_t(j)] = Real(sum / rows);
      }
}

template <class Real>
State<Real>::State(const Shape& shape, bool own_rates) {
  for (auto* neurons : {&key, &query, &value, &output}) neurons->assign(std::size_t(shape.rows()), Real(0));
  for (auto* neurons : {&rates, &store}) neurons->assign(std::size_t(shape.heads) * std::size_t(shape.stride), Real(0));
  hebbian.assign(shape.synapses(shape.heads, 0), Real(0));
  if (own_rates)
    calcium.assign(shape.synapses(shape.heads, 0), Real(0));
  else
    shared_calcium.assign(std::size_t(shape.heads) * std::size_t(shape.astrocytes), Real(0));
}

template <class Real>
void State<Real>::clear() {
  for (auto* values : {&key, &query, &value, &output, &rates, &hebbian, &store, &shared_calcium, &calcium})
    std::fill(values->begin(), values->end(), Real(0));
}

template struct Factors<float>;
template struct Factors<double>;
template struct State<float>;
template struct State<double>;

}  // namespace tripartite::attention::cpu
