#pragma once

#include <string_view>
#include <vector>

#include "tripartite/model/model.hpp"

namespace tripartite {

/// The parameters of a model and of its cell, in the order of arrays and files.
template <class M>
std::vector<ParameterInfo> parameters_of() {
  std::vector<ParameterInfo> all(std::begin(M::own_parameters), std::end(M::own_parameters));
  if constexpr (HasCell<M>)
    all.insert(all.end(), std::begin(M::Cell::own_parameters), std::end(M::Cell::own_parameters));
  return all;
}

/// A model of numbers with the documented defaults and the first choice of every option.
template <class M>
M standard_model() {
  M model{};
  const auto infos = parameters_of<M>();
  each_parameter(model, [&](int place, auto& value) { value = infos[std::size_t(place)].standard; });
  return model;
}

}  // namespace tripartite
