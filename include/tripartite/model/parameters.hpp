#pragma once

#include "tripartite/host_device.hpp"
#include "tripartite/model/description.hpp"

/// Inside a model `template <class Value> struct M`: members and descriptions of its parameters from one list,
///   #define LIST(X) X(name, "symbol", default, "unit", least, "meaning") ...     least: tripartite::positive or 0
/// Gives M the members `Value name;`, the array `own_parameters` of ParameterInfo and `each_own_parameter(visit)`,
/// which calls visit(place, member) for each.
#define TRIPARTITE_PARAMETERS(LIST)                                                                  \
  LIST(TRIPARTITE_PARAMETER_MEMBER)                                                                  \
  static constexpr ::tripartite::ParameterInfo own_parameters[] = {LIST(TRIPARTITE_PARAMETER_INFO)}; \
  TRIPARTITE_NO_EXECUTION_CHECK                                                                      \
  template <class Visit>                                                                             \
  TRIPARTITE_HD void each_own_parameter(Visit&& visit) {                                             \
    int place = 0;                                                                                   \
    LIST(TRIPARTITE_PARAMETER_VISIT)                                                                 \
  }

#define TRIPARTITE_PARAMETER_MEMBER(name, symbol, standard, unit, least, meaning) Value name;
#define TRIPARTITE_PARAMETER_INFO(name, symbol, standard, unit, least, meaning) \
  {#name, symbol, standard, unit, (least) != 0, meaning},
#define TRIPARTITE_PARAMETER_VISIT(name, symbol, standard, unit, least, meaning) visit(place++, name);
