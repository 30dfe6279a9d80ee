#pragma once

#include "tripartite/elementary.hpp"
#include "tripartite/integrate/methods.hpp"
#include "tripartite/model/model.hpp"

namespace tripartite::bench {

/// A number that counts what is done with it: sums, products and quotients as one operation each.
struct Counted {
  double value = 0;
  static inline thread_local long operations = 0;

  Counted() = default;
  Counted(double number) : value(number) {}  // NOLINT(google-explicit-constructor): constants of the equations
  friend Counted operator+(Counted a, Counted b) { return made(a.value + b.value); }
  friend Counted operator-(Counted a, Counted b) { return made(a.value - b.value); }
  friend Counted operator*(Counted a, Counted b) { return made(a.value * b.value); }
  friend Counted operator/(Counted a, Counted b) { return made(a.value / b.value); }
  friend Counted operator-(Counted a) { return -a.value; }
  friend bool operator<(Counted a, Counted b) { return a.value < b.value; }
  friend bool operator<=(Counted a, Counted b) { return a.value <= b.value; }
  friend bool operator>(Counted a, Counted b) { return a.value > b.value; }
  friend Counted exp(Counted a) { return made(std::exp(a.value)); }
  friend Counted abs(Counted a) { return std::abs(a.value); }

 private:
  static Counted made(double number) {
    ++operations;
    return number;
  }
};

inline Counted larger(Counted a, Counted b) { return a > b ? a : b; }
inline Counted smaller(Counted a, Counted b) { return a < b ? a : b; }
inline Counted select(bool condition, Counted yes, Counted no) { return condition ? yes : no; }

/// Floating-point operations of one step of a fixed method, without events: what the equations say, whatever a compiler
/// makes of them. Parameters are numbers, so that what depends on them alone does not count.
template <class Model>
double operations_per_step(integrate::Method method) {
  Model model{};
  each_parameter(model, [](int, double& parameter) { parameter = 0.5; });
  if constexpr (HasOptions<Model>)
    for (int& option : model.option) option = 0;
  Counted y[Model::states];
  for (int i = 0; i < Model::states; ++i) y[i] = Model::state_infos[i].initial;
  const auto inputs = [](int) {
    Inputs<Counted, input_count_of<Model>> in;
    for (Counted& value : in.value) value = 1;
    return in;
  };
  Counted::operations = 0;
  integrate::with_fixed_method(method, [&](auto chosen) { decltype(chosen)::step(model, y, 1e-3, inputs); });
  return double(Counted::operations);
}

}  // namespace tripartite::bench
