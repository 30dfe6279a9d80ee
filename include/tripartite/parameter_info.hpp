#pragma once

namespace tripartite {

/// One parameter of an equation, as its list describes it.
struct ParameterInfo {
  const char* name;
  const char* symbol;
  double standard;
  const char* unit;
  bool is_positive;  // else at least 0
  const char* meaning;
};

constexpr bool positive = true;  // in a list, for the least value: 0 is excluded

}  // namespace tripartite
