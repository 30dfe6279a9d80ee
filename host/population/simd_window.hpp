#pragma once

// Compiled once per instruction set: many steps of a pack of elements, which stays in registers and the nearest cache.
#include "host/population/simd_elements.hpp"
#include "tripartite/integrate/adaptive.hpp"
#include "tripartite/integrate/dormand_prince.hpp"
#include "tripartite/integrate/methods.hpp"
#include "tripartite/integrate/rosenbrock.hpp"
#include "tripartite/integrate/two_clocks.hpp"

namespace tripartite::population::TRIPARTITE_ISA {
namespace {

/// What enters a group P during a window: per input a course common to all elements, times a factor, plus a held value.
template <class Model, class P, class Real>
struct WindowInputs {
  static constexpr int count = input_count_of<Model>;
  const Real* common[count];
  P factor[count], held[count];

  TRIPARTITE_HD WindowInputs(const Elements<Real>& all, std::int64_t at) {
    for (int p = 0; p < count; ++p) {
      const InputPort<Real>& port = all.input[p];
      common[p] = port.common;
      factor[p] = port.factor != nullptr ? wide::load_group<P>(port.factor + at) : P(Real(1));
      held[p] = port.value != nullptr ? wide::load_group<P>(port.value + at) : P(Real(0));
    }
  }
  TRIPARTITE_HD void next_substep() {
    for (int p = 0; p < count; ++p) common[p] += 2;
  }
  TRIPARTITE_HD Inputs<P, count> operator()(int half) const {
    Inputs<P, count> in;
    for (int p = 0; p < count; ++p) {
      const Pack<Real> course(common[p][half]);
      in.value[p] = ((scaled_inputs<Model> >> p & 1U) != 0 ? factor[p] * course : P(course)) + held[p];
    }
    return in;
  }
};

/// All states take every step.
template <class Method, class Model, class P, class Real>
struct OneClock {
  TRIPARTITE_HD OneClock(const Window<Real>&, std::int64_t) {}
  template <class AnyModel>
  TRIPARTITE_HD bool step(const Window<Real>& window, const AnyModel& model, P (&y)[Model::states],
                          WindowInputs<Model, P, Real>& inputs) {
    for (int part = 0; part < window.substeps; ++part) {
      Method::step(model, y, window.dt, inputs);
      inputs.next_substep();
    }
    return true;
  }
  TRIPARTITE_HD void store(const Window<Real>&, std::int64_t) const {}
};

/// Slow states take one step in the time of several.
template <class Method, class Model, class P, class Real>
struct TwoClocks {
  int phase;
  P sum;
  TRIPARTITE_HD TwoClocks(const Window<Real>& window, std::int64_t at)
      : phase(window.phase), sum(wide::load_group<P>(window.average_sum + at)) {}
  template <class AnyModel>
  TRIPARTITE_HD bool step(const Window<Real>& window, const AnyModel& model, P (&y)[Model::states],
                          WindowInputs<Model, P, Real>& inputs) {
    for (int part = 0; part < window.substeps; ++part) {
      integrate::fast_step<Method>(model, y, window.dt, inputs, sum);
      inputs.next_substep();
    }
    if (++phase < window.slow_every) return false;
    integrate::slow_step(model, y, window.slow_dt, inputs(0), sum * P(Real(1) / Real(phase * window.substeps)));
    phase = 0;
    sum = P(Real(0));
    return true;
  }
  TRIPARTITE_HD void store(const Window<Real>& window, std::int64_t at) const {
    wide::store_group(window.average_sum + at, sum);
  }
};

template <template <class, class, class, class> class ClockOf, class Method, class P, class Real, class Model>
TRIPARTITE_INLINE void advance_fixed(Tile<Real>& tile, const Window<Real>& window, const Model& model, std::int64_t at,
                                     const Arrival*& arrival) {
  constexpr int n = Model::states;
  P y[n];
  load_states(tile.elements, at, y);
  WindowInputs<Model, P, Real> inputs(tile.elements, at);
  [[maybe_unused]] LaneArrivals<Real, wide::parts_of<P>> arrivals;
  int first_arrival = window.steps;
  if constexpr (TakesSpikes<Model>) {
    arrivals.take(arrival, tile.arrival + tile.arrivals, at);
    first_arrival = arrivals.first_step(window.steps);
  }
  ClockOf<Method, Model, P, Real> clock(window, at);
  for (int step = 0; step < window.steps; ++step) {
    P before(Real(0));
    if constexpr (HasEvent<Model>) before = y[Model::watched];
    const bool slow_states_moved = clock.step(window, model, y, inputs);
    if constexpr (TakesSpikes<Model>) {
      while (first_arrival == step) {
        arrivals.act(model, step, y);
        first_arrival = arrivals.first_step(window.steps);
      }
    }
    if constexpr (HasEvent<Model>) {
      if (is_slow<Model>(Model::watched) && !slow_states_moved) continue;
      const P threshold = model.template threshold<P>();
      const auto crossed = before <= threshold && y[Model::watched] > threshold;
      if (any(crossed)) {
        model.crossed(y, crossed);
        note_crossings(tile, at, crossed, double(step + 1));
      }
    }
  }
  watch(tile, at, y);
  store_states(tile.elements, at, y);
  clock.store(window, at);
}

template <class Family, class Real>
void fixed(Tile<Real>& tile, const Window<Real>& window) {
  const Arrival* arrival = tile.arrival;
  integrate::with_fixed_method(
      window.method, [&](auto method) __attribute__((always_inline)) {
        using Method = decltype(method);
        using Model = typename Family::template Of<double>;
        if constexpr (HasTwoClocks<Model>) {
          if (window.slow_every > 1)
            return each_pack<Family>(
                tile, [&](const auto& model, std::int64_t at) __attribute__((always_inline)) {
                  advance_fixed<TwoClocks, Method, Pack<Real>>(tile, window, model, at, arrival);
                });
        }
        each_group<Family, parts_for<Model>>(
            tile, [&](const auto& model, std::int64_t at, auto group) __attribute__((always_inline)) {
              advance_fixed<OneClock, Method, decltype(group)>(tile, window, model, at, arrival);
            });
      });
}

// ---- methods that choose their steps, each lane its own

/// The right-hand side as one function that is called: a step needs it seven times, and would be seven times as long.
template <class Model, class Real>
struct CompactModel : Model {
  static constexpr int n = Model::states;
  __attribute__((noinline)) void rates(const Pack<Real> (&y)[n], const Pack<Real> (&in)[input_count_of<Model>],
                                       Pack<Real> (&gain)[n], Pack<Real> (&loss)[n]) const {
    Model::rates(y, in, gain, loss);
  }
};

/// Sinusoidal inputs as functions of time.
template <class Model, class Real>
struct SignalInputs {
  static constexpr int ports = input_count_of<Model>;
  using Value = Inputs<Pack<Real>, ports>;
  const WindowSignal<Real>* signal;
  Pack<Real> factor[ports], held[ports];
  Real begin = 0;  // of the integration, since the window began

  TRIPARTITE_HD SignalInputs(const Elements<Real>& all, const Window<Real>& window, std::int64_t at)
      : signal(window.signal) {
    for (int p = 0; p < ports; ++p) {
      const InputPort<Real>& port = all.input[p];
      factor[p] = port.factor != nullptr ? Pack<Real>(wide::load(port.factor + at)) : Pack<Real>(Real(1));
      held[p] = port.value != nullptr ? Pack<Real>(wide::load(port.value + at)) : Pack<Real>(Real(0));
    }
  }
  TRIPARTITE_HD bool changes(int p) const { return signal[p].sine != Real(0) || signal[p].cosine != Real(0); }
  TRIPARTITE_HD Pack<Real> common(int p, Pack<Real> t) const {
    if (!changes(p)) return Pack<Real>(signal[p].mean);
    Pack<Real> s, c;
    sine_cosine(signal[p].half_turns * (t + begin), s, c);
    return signal[p].mean + signal[p].sine * s + signal[p].cosine * c;
  }
  TRIPARTITE_HD Value operator()(Pack<Real> t) const {
    Value in;
    for (int p = 0; p < ports; ++p) in.value[p] = factor[p] * common(p, t) + held[p];
    return in;
  }
  TRIPARTITE_HD Value shifted(int port, Pack<Real> t) const {
    Value in;
    for (int p = 0; p < ports; ++p)
      in.value[p] = factor[p] * (p == port ? common(p, t) + Real(1) : common(p, t)) + held[p];
    return in;
  }
  TRIPARTITE_HD Pack<Real> slope(int p, Pack<Real> t) const {
    Pack<Real> s, c;
    sine_cosine(signal[p].half_turns * (t + begin), s, c);
    return Real(3.14159265358979323846) * signal[p].half_turns * (signal[p].sine * c - signal[p].cosine * s);
  }
};

template <template <class, int> class Method, class Real, class Model>
TRIPARTITE_INLINE void advance_adaptively(Tile<Real>& tile, const Window<Real>& window, const Model& model,
                                          std::int64_t at, const Arrival*& arrival) {
  constexpr int n = Model::states;
  Pack<Real> y[n];
  load_states(tile.elements, at, y);
  Pack<Real> h(wide::load(window.step_size + at));
  SignalInputs<Model, Real> inputs(tile.elements, window, at);
  const integrate::Tolerance<Real> tolerance{window.relative, window.absolute};
  [[maybe_unused]] LaneArrivals<Real> arrivals;
  if constexpr (TakesSpikes<Model>) arrivals.take(arrival, tile.arrival + tile.arrivals, at);
  // From one arrival in some element to the next: all lanes of a pack stop there, so that all are at one time.
  int step = 0;
  while (step < window.steps) {
    int until = window.steps;
    if constexpr (TakesSpikes<Model>) {
      const int next = arrivals.first_step(window.steps);
      if (next < window.steps) until = next + 1;
    }
    if (until > step) {
      inputs.begin = Real(step) * window.dt;
      const double began = double(step) * double(window.dt);
      const auto on_crossing = [&](PackMask<Real> here, Pack<Real> t) __attribute__((always_inline)) {
        for (int lane = 0; lane < lanes<Real>; ++lane)
          if (here.bits[lane] != 0 && tile.crossings < tile.capacity)
            tile.crossing[tile.crossings++] = {began + double(t.value[lane]), at + lane};
      };
      if (!integrate::advance_adaptive<Method>(model, inputs, y, Pack<Real>(Real(until - step) * window.dt), h,
                                               tolerance, on_crossing)) {
        tile.is_stuck = true;
        h = Pack<Real>(window.dt);  // one that is too small would be so for good, whatever states are written next
        watch(tile, at, y);
        if (tile.fault.element < 0) tile.fault = {at, watched_of<Model>() < 0 ? 0 : watched_of<Model>()};
        break;
      }
      step = until;
    }
    if constexpr (TakesSpikes<Model>) {
      while (arrivals.act(model, step - 1, y)) {
      }
    }
  }
  watch(tile, at, y);
  store_states(tile.elements, at, y);
  wide::store(window.step_size + at, h.value);
}

template <template <class, int> class Method, class Family, class Real>
void adaptive_by(Tile<Real>& tile, const Window<Real>& window) {
  using Model = CompactModel<typename Family::template Of<Pack<Real>>, Real>;
  const Arrival* arrival = tile.arrival;
  for (std::int64_t at = tile.first; at < tile.last && !tile.is_stuck; at += lanes<Real>)
    advance_adaptively<Method>(tile, window, varied_model<Model>(tile.elements, at), at, arrival);
}

template <class Family, class Real>
void adaptive(Tile<Real>& tile, const Window<Real>& window) {
#define TRIPARTITE_METHOD(enumerator, type)                                  \
  if constexpr (!integrate::needs_jacobian(integrate::Method::enumerator) || \
                HasJacobian<typename Family::template Of<double>>)           \
    if (window.method == integrate::Method::enumerator) return adaptive_by<integrate::type, Family>(tile, window);
  TRIPARTITE_ADAPTIVE_METHODS(TRIPARTITE_METHOD)
#undef TRIPARTITE_METHOD
}

}  // namespace
}  // namespace tripartite::population::TRIPARTITE_ISA
