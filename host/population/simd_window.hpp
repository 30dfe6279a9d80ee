#pragma once

// Compiled once per instruction set: many steps of a pack of elements, which stays in registers and the nearest cache.
#include "host/population/simd_elements.hpp"
#include "host/population/simd_steps.hpp"
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
template <class Method, class Model, class Way, class Real>
struct OneClock {
  using P = typename Way::Number;
  TRIPARTITE_HD OneClock(const Window<Real>&, std::int64_t) {}
  template <class AnyModel>
  TRIPARTITE_HD bool step(const Window<Real>& window, const AnyModel& model, P (&y)[Model::states],
                          WindowInputs<Model, P, Real>& inputs) {
    for (int part = 0; part < window.substeps; ++part) {
      if constexpr (Way::is_plain && !Method::is_exponential)
        explicit_step<Method>(model, y, window.dt, inputs);
      else
        Method::step(model, y, window.dt, inputs);
      inputs.next_substep();
    }
    return true;
  }
  TRIPARTITE_HD void store(const Window<Real>&, std::int64_t) const {}
};

/// Slow states take one step in the time of several.
template <class Method, class Model, class Way, class Real>
struct TwoClocks {
  using P = typename Way::Number;
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

template <template <class, class, class, class> class ClockOf, class Method, class Way, class Real, class Model>
TRIPARTITE_INLINE void advance_fixed(Tile<Real>& tile, const Window<Real>& window, const Model& model, std::int64_t at,
                                     const Arrival*& arrival) {
  constexpr int n = Model::states;
  using P = typename Way::Number;
  P y[n];
  load_states(tile.elements, at, y);
  WindowInputs<Model, P, Real> inputs(tile.elements, at);
  [[maybe_unused]] LaneArrivals<Real, wide::parts_of<P>> arrivals;
  int first_arrival = window.steps;
  if constexpr (TakesSpikes<Model>) {
    arrivals.take(arrival, tile.arrival + tile.arrivals, at);
    first_arrival = arrivals.first_step(window.steps);
  }
  ClockOf<Method, Model, Way, Real> clock(window, at);
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
                  advance_fixed<TwoClocks, Method, Way<Real, 1, false>>(tile, window, model, at, arrival);
                });
        }
        each_group<Family>(
            tile, [&](const auto& model, std::int64_t at, auto way) __attribute__((always_inline)) {
              advance_fixed<OneClock, Method, decltype(way)>(tile, window, model, at, arrival);
            });
      });
}

// ---- methods that choose their steps, each lane its own

/// The right-hand side as one function that is called: a step needs it seven times, and would be seven times as long.
template <class Model, class Real>
struct CompactModel : Model {
  static constexpr int n = Model::states;
  __attribute__((noinline)) void slopes(const Pack<Real> (&y)[n], const Pack<Real> (&in)[input_count_of<Model>],
                                        Pack<Real> (&slope)[n]) const {
    slopes_of(static_cast<const Model&>(*this), y, in, slope);
  }
};

/// Sinusoidal inputs as functions of time.
template <class Model, class Real>
struct SignalInputs {
  static constexpr int ports = input_count_of<Model>;
  using Value = Inputs<Pack<Real>, ports>;
  const WindowSignal<Real>* signal;
  Pack<Real> factor[ports], held[ports];

  TRIPARTITE_HD SignalInputs(const Elements<Real>& all, const Window<Real>& window, std::int64_t at)
      : signal(window.signal) {
    for (int p = 0; p < ports; ++p) {
      const InputPort<Real>& port = all.input[p];
      factor[p] = port.factor != nullptr ? Pack<Real>(wide::load(port.factor + at)) : Pack<Real>(Real(1));
      held[p] = port.value != nullptr ? Pack<Real>(wide::load(port.value + at)) : Pack<Real>(Real(0));
    }
  }
  /// Element `now` takes the place of the one in `lane`.
  TRIPARTITE_HD void take(const Elements<Real>& all, int lane, std::int64_t now) {
    for (int p = 0; p < ports; ++p) {
      const InputPort<Real>& port = all.input[p];
      if (port.factor != nullptr) factor[p].value[lane] = port.factor[now];
      if (port.value != nullptr) held[p].value[lane] = port.value[now];
    }
  }
  TRIPARTITE_HD bool changes(int p) const { return signal[p].sine != Real(0) || signal[p].cosine != Real(0); }
  TRIPARTITE_HD Pack<Real> common(int p, Pack<Real> t) const {
    if (!changes(p)) return Pack<Real>(signal[p].mean);
    Pack<Real> s, c;
    sine_cosine(signal[p].half_turns * t, s, c);
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
    sine_cosine(signal[p].half_turns * t, s, c);
    return Real(3.14159265358979323846) * signal[p].half_turns * (signal[p].sine * c - signal[p].cosine * s);
  }
};

/// Elements of a tile on their way through a window, one in each lane: a lane that is through takes the next element,
/// so that none waits for the slowest of a pack.
template <class Model, class Real>
struct TravellingElements {
  static constexpr int n = Model::states;
  static constexpr int count = lanes<Real>;
  Tile<Real>& tile;
  const Window<Real>& window;
  Model model;
  SignalInputs<Model, Real> inputs;
  Pack<Real> y[n], t, stop, h;
  std::int64_t element[count];
  int until[count];            // the step whose end is the lane's stop
  const Arrival* next[count];  // of the lane's element
  const Arrival* arrival;      // the first of elements that no lane has taken
  std::int64_t untaken;

  TRIPARTITE_HD TravellingElements(Tile<Real>& of, const Window<Real>& through)
      : tile(of),
        window(through),
        model(varied_model<Model>(of.elements, of.first)),
        inputs(of.elements, through, of.first),
        t(Real(0)),
        arrival(of.arrival),
        untaken(of.first + count) {
    load_states(tile.elements, tile.first, y);
    h = Pack<Real>(wide::load(window.step_size + tile.first));
    for (int lane = 0; lane < count; ++lane) {
      element[lane] = tile.first + lane;
      begin(lane);
    }
  }

  /// Where the lane's element stops first.
  TRIPARTITE_HD void begin(int lane) {
    next[lane] = arrival;
    if constexpr (TakesSpikes<Model>)
      while (arrival != tile.arrival + tile.arrivals && std::int64_t(arrival->element) == element[lane]) ++arrival;
    set_stop(lane);
  }
  TRIPARTITE_HD bool has_arrival(int lane) const {
    return next[lane] != tile.arrival + tile.arrivals && std::int64_t(next[lane]->element) == element[lane];
  }
  TRIPARTITE_HD void set_stop(int lane) {
    until[lane] = window.steps;
    if constexpr (TakesSpikes<Model>)
      if (has_arrival(lane)) until[lane] = next[lane]->step + 1;
    stop.value[lane] = Real(until[lane]) * window.dt;
  }

  /// Lets the arrivals of lanes act that have come to them.
  TRIPARTITE_HD void take_spikes(PackMask<Real> here) {
    for (;;) {
      PackMask<Real> arrives{};
      Pack<Real> weight(Real(0));
      bool any_arrives = false;
      each_lane(
          here, [&](int lane) __attribute__((always_inline)) {
            if (!has_arrival(lane) || next[lane]->step + 1 != until[lane]) return;
            arrives.bits[lane] = -1;
            if constexpr (HasWeightedSpikes<Model>) weight.value[lane] = Real(next[lane]->weight);
            ++next[lane];
            any_arrives = true;
          });
      if (!any_arrives) return;
      model.spike(y, arrives, weight);
    }
  }

  TRIPARTITE_HD void at_stop(PackMask<Real> here) {
    if constexpr (TakesSpikes<Model>) take_spikes(here);
    each_lane(
        here, [&](int lane)
                  __attribute__((always_inline)) { until[lane] < window.steps ? set_stop(lane) : exchange(lane); });
  }

  /// Puts the lane's element back, and takes the next one if there is one.
  TRIPARTITE_HD void exchange(int lane) {
    put_back(lane);
    if (untaken == tile.last) return;
    const std::int64_t now = element[lane] = untaken++;
    for (int i = 0; i < n; ++i) y[i].value[lane] = tile.elements.state[i][now];
    h.value[lane] = window.step_size[now];
    t.value[lane] = Real(0);
    inputs.take(tile.elements, lane, now);
    if (tile.elements.any_varied)
      each_parameter(
          model, [&](int place, Pack<Real>& parameter) __attribute__((always_inline)) {
            if (tile.elements.varied[place] != nullptr) parameter.value[lane] = tile.elements.varied[place][now];
          });
    begin(lane);
  }
  TRIPARTITE_HD void put_back(int lane) const {
    for (int i = 0; i < n; ++i) tile.elements.state[i][element[lane]] = y[i].value[lane];
    window.step_size[element[lane]] = h.value[lane];
  }

  TRIPARTITE_HD void note_crossing(PackMask<Real> here, Pack<Real> time) {
    each_lane(
        here, [&](int lane) __attribute__((always_inline)) {
          note(tile, {double(time.value[lane]), element[lane]});
        });
  }
};

template <template <class, int> class Method, class Family, class Real>
void adaptive_by(Tile<Real>& tile, const Window<Real>& window) {
  using Model = CompactModel<typename Family::template Of<Pack<Real>>, Real>;
  if (tile.first == tile.last) return;
  TravellingElements<Model, Real> all(tile, window);
  const integrate::Tolerance<Real> tolerance{window.relative, window.absolute};
  const PackMask<Real> stuck = integrate::advance_adaptive<Method>(
      all.model, all.inputs, all.y, all.t, all.stop, all.h,
      tolerance, [&](PackMask<Real> here, Pack<Real> t) __attribute__((always_inline)) { all.note_crossing(here, t); },
      [&](PackMask<Real> here) __attribute__((always_inline)) { all.at_stop(here); });
  each_lane(stuck, [&](int lane) {
    tile.is_stuck = true;
    all.h.value[lane] = window.dt;  // one that is too small would be so for good, whatever states are written next
    if (tile.fault.element < 0) tile.fault = {all.element[lane], watched_of<Model>() < 0 ? 0 : watched_of<Model>()};
    all.put_back(lane);
  });
  if (tile.is_stuck) return;
  for (std::int64_t at = tile.first; at < tile.last; at += lanes<Real>) {
    Pack<Real> y[Model::states];
    load_states(tile.elements, at, y);
    watch(tile, at, y);
  }
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
