#pragma once

#include "tripartite/integrate/fixed_steps.hpp"
#include "tripartite/model/model.hpp"

namespace tripartite::integrate {

/// The error of a step is held below absolute + relative |y| in every state.
template <class Step>
struct Tolerance {
  Step relative;
  Step absolute;
};

/// The size of a state's error in a step from y to next, in units of what is tolerated.
template <class Real, class Step>
TRIPARTITE_HD Real error_ratio(const Tolerance<Step>& tolerance, Real y, Real next, Real error) {
  const Real here = abs(y), there = abs(next);
  return abs(error) / (tolerance.absolute + tolerance.relative * select(here < there, there, here));
}

/// The larger of two; NaN propagates.
template <class Real>
TRIPARTITE_HD Real larger(Real a, Real b) {
  return select(a < b, b, select(b <= a, a, a + b));
}

/// How much longer the next step may be, from the largest error ratio of this one by a method of this order.
template <class Step, class Real>
TRIPARTITE_HD Real step_factor(Real ratio, int order) {
  const Real wanted = Step(0.9) * pow(ratio + Step(1e-10), Step(-1) / Step(order));
  // NaN gives the least factor.
  return select(wanted > Real(Step(0.2)), select(wanted < Real(Step(5)), wanted, Real(Step(5))), Real(Step(0.2)));
}

/// Advances each system from time 0 to `end` by steps of its own; `h` is the size of the next one, in and out. An
/// upward crossing of the model's threshold is located on the dense output, where the step ends: `on_crossing(here, t)`
/// tells of it and the model's event acts. Returns false if a step became smaller than rounding allows: some error
/// cannot be controlled, or is no number.
template <template <class, int> class Method, class Real, class Step, class Model, class Inputs, class OnCrossing>
TRIPARTITE_HD bool advance_adaptive(const Model& model, const Inputs& inputs, Real (&y)[Model::states], Real end,
                                    Real& h, const Tolerance<Step>& tolerance, const OnCrossing& on_crossing) {
  constexpr int n = Model::states;
  constexpr Step epsilon = sizeof(Step) == 4 ? Step(1.2e-7) : Step(2.3e-16);
  Method<Real, n> method;
  Real f[n], next[n], f_next[n], error[n];
  Real t = end * Step(0);
  derivatives(model, y, inputs(t), f);
  for (;;) {
    const auto active = t < end;
    if (!any(active)) return true;
    // The last step ends where it should; absorb a negligible remainder into it.
    const Real rest = end - t;
    const auto is_last = rest < h * Step(1.01);
    const Real step = select(active, select(is_last, rest, h), h);
    if (any(active && step < (end + Step(1e-6)) * (Step(4) * epsilon))) return false;
    method.attempt(model, inputs, t, step, y, f, next, f_next, error);

    Real norm = step * Step(0);
    for (int i = 0; i < n; ++i) norm = larger(norm, error_ratio(tolerance, y[i], next[i], error[i]));
    const auto accepted = active && norm <= Step(1);
    const Real factor = step_factor<Step>(norm, Method<Real, n>::order);

    Real taken = step;
    if constexpr (HasEvent<Model>) {
      const Real threshold = model.template threshold<Real>();
      const auto crossed = accepted && y[Model::watched] <= threshold && next[Model::watched] > threshold;
      if (any(crossed)) {
        Real low = step * Step(0), high = low + Step(1);
        for (int halving = 0; halving < (sizeof(Step) == 4 ? 24 : 50); ++halving) {
          const Real middle = Step(0.5) * (low + high);
          const auto above = method.dense(Model::watched, middle, step, y, f, next, f_next) > threshold;
          high = select(above, middle, high);
          low = select(above, low, middle);
        }
        const auto inside = crossed && high < Step(1);
        for (int i = 0; i < n; ++i)  // next itself is read by the dense output of the states that follow
          error[i] = select(inside, method.dense(i, high, step, y, f, next, f_next), next[i]);
        for (int i = 0; i < n; ++i) next[i] = error[i];
        taken = select(inside, high * step, step);
        on_crossing(crossed, t + taken);
        model.crossed(next, crossed);
        derivatives(model, next, inputs(t + taken), error);
        for (int i = 0; i < n; ++i) f_next[i] = select(crossed, error[i], f_next[i]);
      }
    }
    const auto whole = !(taken < step);
    for (int i = 0; i < n; ++i) {
      y[i] = select(accepted, next[i], y[i]);
      f[i] = select(accepted, f_next[i], f[i]);
    }
    t = select(accepted, select(is_last && whole, end, t + taken), t);
    // A step that was cut short by the end says little about the next one.
    const Real proposed = step * factor;
    const auto keeps = accepted && is_last && proposed < h;
    h = select(active && !keeps, proposed, h);
  }
}

}  // namespace tripartite::integrate
