#pragma once

#include <string_view>

#include "tripartite/integrate/exponential_midpoint.hpp"
#include "tripartite/integrate/fixed_steps.hpp"

/// The methods that can be chosen, once: X(enumerator, type). Loops, names and help follow from these lines.
#define TRIPARTITE_FIXED_METHODS(X)            \
  X(exponential_euler, ExponentialEuler)       \
  X(exponential_midpoint, ExponentialMidpoint) \
  X(euler, Euler)                              \
  X(rk4, RungeKutta4)
/// Templates over the number type and the number of states.
#define TRIPARTITE_ADAPTIVE_METHODS(X) \
  X(dormand_prince, DormandPrince)     \
  X(rosenbrock, Rosenbrock)

namespace tripartite::integrate {

/// How equations are integrated. Fixed methods take steps of dt, at whose ends events act; the others choose their
/// steps and locate events.
enum class Method {
#define TRIPARTITE_METHOD(enumerator, type) enumerator,
  TRIPARTITE_FIXED_METHODS(TRIPARTITE_METHOD) TRIPARTITE_ADAPTIVE_METHODS(TRIPARTITE_METHOD)
#undef TRIPARTITE_METHOD
};

#define TRIPARTITE_METHOD(enumerator, type) Method::enumerator,
inline constexpr Method methods[] = {TRIPARTITE_FIXED_METHODS(TRIPARTITE_METHOD)
                                         TRIPARTITE_ADAPTIVE_METHODS(TRIPARTITE_METHOD)};
inline constexpr Method fixed_methods[] = {TRIPARTITE_FIXED_METHODS(TRIPARTITE_METHOD)};
#undef TRIPARTITE_METHOD

constexpr bool is_adaptive(Method method) {
  for (const Method fixed : fixed_methods)
    if (method == fixed) return false;
  return true;
}

/// Methods that need the Jacobian of a model.
constexpr bool needs_jacobian(Method method) { return method == Method::rosenbrock; }

constexpr std::string_view to_string(Method method) {
  switch (method) {
#define TRIPARTITE_METHOD(enumerator, type) \
  case Method::enumerator: return #enumerator;
    TRIPARTITE_FIXED_METHODS(TRIPARTITE_METHOD)
    TRIPARTITE_ADAPTIVE_METHODS(TRIPARTITE_METHOD)
#undef TRIPARTITE_METHOD
  }
  return "unknown";
}

/// Calls use(method) with the fixed method as an object of its type; nothing if `method` is adaptive.
template <class Use>
constexpr void with_fixed_method(Method method, const Use& use) {
#define TRIPARTITE_METHOD(enumerator, type) \
  if (method == Method::enumerator) return use(type());
  TRIPARTITE_FIXED_METHODS(TRIPARTITE_METHOD)
#undef TRIPARTITE_METHOD
}

/// One stage of a fixed method in a network, whose parts see each other between stages.
template <class Real>
struct Stage {
  bool is_exponential = false;
  bool is_first = true, is_last = true;
  // sum += weight k; at = y + ahead k; in the last y += final sum. Exponential: at is an estimate for the time `ahead`
  // after y; in the last y takes an exponential step of dt.
  Real weight = 1, ahead = 0, final = 0;
  int half = 0;  // time of the stage, in half steps
};

}  // namespace tripartite::integrate
