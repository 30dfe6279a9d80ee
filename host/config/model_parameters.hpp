#pragma once

#include <string>

#include "host/config/parameter_table.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::config {

/// "gchi, li_rinzel"
std::string names_of_calcium_models();

/// A parameter of a model, bound by `access` to a variable.
template <class Config, class Access>
void add_model_parameter(ParameterTable<Config>& table, const ParameterInfo& info, Access access) {
  table.add({.key = info.name,
             .symbol = info.symbol,
             .unit = info.unit,
             .meaning = info.meaning,
             .range = info.is_positive ? above(0) : at_least(0)},
            access);
}

}  // namespace tripartite::config
