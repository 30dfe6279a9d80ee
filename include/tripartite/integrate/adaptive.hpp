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

/// How much longer the next step may be, from the largest error ratio of this one by a method of this order.
template <int order, class Step, class Real>
TRIPARTITE_HD Real step_factor(Real ratio) {
  const Real wanted = Step(0.9) * inverse_root_estimate<order>(ratio + Step(1e-10));
  // NaN, whose estimate is anything, gives the least factor.
  return select(ratio < Real(Step(1e30)) && wanted > Real(Step(0.2)),
                select(wanted < Real(Step(5)), wanted, Real(Step(5))), Real(Step(0.2)));
}

/// Where in the step, as a fraction of it, `curve` comes to be above the threshold that it is not above at its begin:
/// above there, and to rounding nowhere before if it crosses once.
template <class Step, class Curve, class Real>
TRIPARTITE_HD Real crossing_of(const Curve& curve, const Real& threshold) {
  Real low = threshold * Step(0), width = low + Step(1);
  // Three points at a time, which do not wait for one another.
  for (int cut = 0; cut < (sizeof(Step) == 4 ? 12 : 25); ++cut) {
    width = Step(0.25) * width;
    const Real first = low + width, second = first + width, third = second + width;
    low = select(curve(first) > threshold, low,
                 select(curve(second) > threshold, first, select(curve(third) > threshold, second, third)));
  }
  return low + width;
}

/// Advances each system from `t` to `stop` by steps of its own; `h` is the size of the next one, in and out. Systems
/// that arrive are handed to `at_stop(here)`, which may change their y, t, stop and h: what is still before its stop
/// goes on. An upward crossing of the model's threshold is located on the dense output, where the step ends:
/// `on_crossing(here, t)` tells of it and the model's event acts. Ends at once where a step became smaller than
/// rounding allows, since some error cannot be controlled or is no number, and returns which systems these are.
template <template <class, int> class Method, class Real, class Step, class Model, class Inputs, class OnCrossing,
          class AtStop>
TRIPARTITE_HD auto advance_adaptive(const Model& model, const Inputs& inputs, Real (&y)[Model::states], Real& t,
                                    Real& stop, Real& h, const Tolerance<Step>& tolerance,
                                    const OnCrossing& on_crossing, const AtStop& at_stop) {
  constexpr int n = Model::states;
  constexpr Step epsilon = sizeof(Step) == 4 ? Step(1.2e-7) : Step(2.3e-16);
  Method<Real, n> method;
  Real f[n], next[n], f_next[n], error[n];
  derivatives(model, y, inputs(t), f);
  for (;;) {
    const auto active = t < stop;
    // The last step ends where it should; absorb a negligible remainder into it.
    const Real rest = stop - t;
    const auto is_last = rest < h * Step(1.01);
    const Real step = select(active, select(is_last, rest, h), h);
    // What is left before a stop may be as short as rounding allows: a crossing or a spike was just before it.
    const auto stuck = active && !is_last && step < (stop + Step(1e-6)) * (Step(4) * epsilon);
    if (!any(active) || any(stuck)) return stuck;
    method.attempt(model, inputs, t, step, y, f, next, f_next, error);

    Real norm = step * Step(0), nothing = norm;  // NaN if some ratio is no number, which a comparison would pass over
    for (int i = 0; i < n; ++i) {
      const Real ratio = error_ratio(tolerance, y[i], next[i], error[i]);
      norm = select(norm < ratio, ratio, norm);
      nothing = nothing + ratio * Step(0);
    }
    norm = norm + nothing;
    const auto accepted = active && norm <= Step(1);
    const Real factor = step_factor<Method<Real, n>::order, Step>(norm);

    Real taken = step;
    if constexpr (HasEvent<Model>) {
      const Real threshold = model.template threshold<Real>();
      const auto crossed = accepted && y[Model::watched] <= threshold && next[Model::watched] > threshold;
      if (any(crossed)) {
        const Real high = crossing_of<Step>(method.curve(Model::watched, step, y, f, next, f_next), threshold);
        const auto inside = crossed && high < Step(1);
        for (int i = 0; i < n; ++i) next[i] = select(inside, method.curve(i, step, y, f, next, f_next)(high), next[i]);
        // Rounding must not leave it where it would cross again without end.
        next[Model::watched] = select(crossed && next[Model::watched] <= threshold,
                                      threshold + Step(2) * epsilon * abs(threshold), next[Model::watched]);
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
    t = select(accepted, select(is_last && whole, stop, t + taken), t);
    // A step that was cut short by the end says little about the next one.
    const Real proposed = step * factor;
    const auto keeps = accepted && is_last && proposed < h;
    h = select(active && !keeps, proposed, h);
    const auto arrived = active && !(t < stop);
    if (any(arrived)) {
      at_stop(arrived);
      const auto changed = arrived && t < stop;
      if (any(changed)) {
        derivatives(model, y, inputs(t), error);
        for (int i = 0; i < n; ++i) f[i] = select(changed, error[i], f[i]);
      }
    }
  }
}

}  // namespace tripartite::integrate
