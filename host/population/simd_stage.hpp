#pragma once

// Compiled once per instruction set: one stage of one step of a population in a network.
#include "host/population/simd_elements.hpp"
#include "host/population/simd_steps.hpp"
#include "tripartite/integrate/methods.hpp"

namespace tripartite::population::TRIPARTITE_ISA {
namespace {

/// As a list: lanes written one by one compile to a masked move each on AVX-512.
template <class Real, int... lane>
TRIPARTITE_INLINE Pack<Real> gathered(const Real* values, const std::uint32_t* index, wide::Lanes<lane...>) {
  return wide::Wide<Real>{values[index[lane]]...};
}
template <class Real>
TRIPARTITE_INLINE Pack<Real> gathered(const Real* values, const std::uint32_t* index) {
  return gathered(values, index, typename wide::UpTo<lanes<Real>>::List{});
}

/// Whether a state takes part in a stage of this clock.
template <class Model, StageClock clock>
struct TakesPart {
  TRIPARTITE_HD constexpr bool operator()(int state) const {
    return clock == StageClock::one || is_slow<Model>(state) == (clock == StageClock::slow);
  }
};

template <StageClock clock, class Model, class Real>
TRIPARTITE_INLINE void gather_inputs(const Elements<Real>& all, std::int64_t at,
                                     Pack<Real> (&in)[input_count_of<Model>]) {
#pragma GCC unroll 8
  for (int p = 0; p < input_count_of<Model>; ++p) {
    in[p] = Pack<Real>(Real(0));
    const bool of_slow = (slow_inputs<Model> >> p & 1U) != 0;
    if (clock != StageClock::one && of_slow != (clock == StageClock::slow)) continue;
    const InputPort<Real>& port = all.input[p];
    if (port.common != nullptr)
      in[p] = port.factor != nullptr ? Pack<Real>(wide::load(port.factor + at)) * Pack<Real>(*port.common)
                                     : Pack<Real>(*port.common);
    if (port.value == nullptr) continue;
    const Pack<Real> value =
        port.index != nullptr ? gathered(port.value, port.index + at) : Pack<Real>(wide::load(port.value + at));
    in[p] = port.common != nullptr ? in[p] + value : value;
  }
}

/// Where the watched state crossed its threshold at the end of a step. States that take no part in the stage are in
/// memory.
template <class Real, class Model, class IsThere, int n>
TRIPARTITE_INLINE void cross(Tile<Real>& tile, const StageWindow<Real>& run, const Model& model, std::int64_t at,
                             const Pack<Real>& before, Pack<Real> (&next)[n], const IsThere& is_there) {
  const Pack<Real> threshold = model.template threshold<Pack<Real>>();
  const auto crossed = before <= threshold && next[Model::watched] > threshold;
  if (!any(crossed)) return;
  for (int i = 0; i < n; ++i)
    if (!is_there(i)) next[i] = Pack<Real>(wide::load(tile.elements.state[i] + at));
  model.crossed(next, crossed);
  note_crossings(tile, at, crossed, 0);
  for (int i = 0; i < n; ++i) {
    if (is_there(i)) continue;
    wide::store(tile.elements.state[i] + at, next[i].value);
    wide::store(run.at[i] + at, next[i].value);
  }
}

template <StageClock clock, bool is_exponential, class Real, class Model>
TRIPARTITE_INLINE void advance_stage(Tile<Real>& tile, const StageWindow<Real>& run, const Model& model,
                                     std::int64_t at) {
  constexpr int n = Model::states;
  constexpr TakesPart<Model, clock> takes_part;
  const auto& stage = run.stage;
  Pack<Real> now[n], gain[n], loss[n], next[n], in[input_count_of<Model>];
  for (int i = 0; i < n; ++i) now[i] = Pack<Real>(wide::load(run.at[i] + at));
  gather_inputs<clock, Model>(tile.elements, at, in);
  if constexpr (clock != StageClock::slow && HasOutputs<Model>) {
    Pack<Real> out[output_count_of<Model>()];
    model.outputs(now, in, out);
    for (int k = 0; k < output_count_of<Model>(); ++k)
      if (run.output[k] != nullptr) wide::store(run.output[k] + at, out[k].value);
  }
  if constexpr (clock == StageClock::one) model.rates(now, in, gain, loss);
  if constexpr (clock == StageClock::fast) model.fast_rates(now, in, gain, loss);
  if constexpr (clock == StageClock::slow) {
    now[Model::averaged] = Pack<Real>(wide::load(run.average_sum + at)) * run.average_weight;
    model.slow_rates(now, in, gain, loss);
  }
#pragma GCC unroll 32
  for (int i = 0; i < n; ++i) {
    if (!takes_part(i)) continue;
    if constexpr (is_exponential) {
      const Pack<Real> from = stage.is_first ? now[i] : Pack<Real>(wide::load(tile.elements.state[i] + at));
      next[i] = stage.is_last ? integrate::exponential_step(from, gain[i], loss[i], run.dt)
                              : integrate::estimated_step(from, gain[i], loss[i], stage.ahead);
      continue;
    }
    const Pack<Real> slope = gain[i] - loss[i] * now[i];
    const Pack<Real> y(wide::load(tile.elements.state[i] + at));
    const Pack<Real> sum =
        stage.is_first ? stage.weight * slope : Pack<Real>(wide::load(run.sum[i] + at)) + stage.weight * slope;
    if (stage.is_last) {
      next[i] = y + stage.final * sum;
    } else {
      wide::store(run.sum[i] + at, sum.value);
      next[i] = y + stage.ahead * slope;
    }
  }
  if (stage.is_last) {
    if constexpr (clock == StageClock::fast) {
      const Pack<Real> passed =
          Real(0.5) * (Pack<Real>(wide::load(tile.elements.state[Model::averaged] + at)) + next[Model::averaged]);
      wide::store(run.average_sum + at, (Pack<Real>(wide::load(run.average_sum + at)) + passed).value);
    }
    if constexpr (clock == StageClock::slow) wide::store(run.average_sum + at, Pack<Real>(Real(0)).value);
    if constexpr (HasEvent<Model>) {
      if (takes_part(Model::watched) && run.is_step_end) {
        const Pack<Real> before =
            run.watched_before == nullptr ? now[Model::watched] : Pack<Real>(wide::load(run.watched_before + at));
        cross(tile, run, model, at, before, next, takes_part);
      }
    }
    watch(tile, at, next, takes_part);
    for (int i = 0; i < n; ++i)
      if (takes_part(i)) wide::store(tile.elements.state[i] + at, next[i].value);
    if (run.at[0] == tile.elements.state[0]) return;
  }
  for (int i = 0; i < n; ++i)
    if (takes_part(i)) wide::store(run.at[i] + at, next[i].value);
}

/// What enters a pack through a step in which projections are held; what is common to all elements may change.
template <class Model, class Real>
struct HeldInputs {
  static constexpr int count = input_count_of<Model>;
  const Elements<Real>& all;
  std::int64_t at;
  Pack<Real> held[count];

  TRIPARTITE_HD HeldInputs(const Elements<Real>& elements, std::int64_t place) : all(elements), at(place) {
    for (int p = 0; p < count; ++p) {
      const InputPort<Real>& port = all.input[p];
      held[p] = port.value == nullptr   ? Pack<Real>(Real(0))
                : port.index != nullptr ? gathered(port.value, port.index + at)
                                        : Pack<Real>(wide::load(port.value + at));
    }
  }
  TRIPARTITE_HD Inputs<Pack<Real>, count> operator()(int half) const {
    Inputs<Pack<Real>, count> in;
    for (int p = 0; p < count; ++p) {
      const InputPort<Real>& port = all.input[p];
      in.value[p] = held[p];
      if (port.common == nullptr) continue;
      const Pack<Real> common(port.common[half]);
      in.value[p] = (port.factor != nullptr ? Pack<Real>(wide::load(port.factor + at)) * common : common) + in.value[p];
    }
    return in;
  }
};

/// A step of a method whose stages all see the same of other populations.
template <class Method, class Way, class Real, class Model>
TRIPARTITE_INLINE void advance_whole(Tile<Real>& tile, const StageWindow<Real>& run, const Model& model,
                                     std::int64_t at) {
  constexpr int n = Model::states;
  Pack<Real> y[n];
  load_states(tile.elements, at, y);
  const HeldInputs<Model, Real> inputs(tile.elements, at);
  if constexpr (HasOutputs<Model>) {
    Pack<Real> out[output_count_of<Model>()];
    model.outputs(y, inputs(0).value, out);
    for (int k = 0; k < output_count_of<Model>(); ++k)
      if (run.output[k] != nullptr) wide::store(run.output[k] + at, out[k].value);
  }
  [[maybe_unused]] Pack<Real> before(Real(0));
  if constexpr (HasEvent<Model>)
    before = run.watched_before == nullptr ? y[Model::watched] : Pack<Real>(wide::load(run.watched_before + at));
  if constexpr (Way::is_plain && !Method::is_exponential)
    explicit_step<Method>(model, y, run.dt, inputs);
  else
    Method::step(model, y, run.dt, inputs);
  if constexpr (HasEvent<Model>)
    if (run.is_step_end) cross(tile, run, model, at, before, y, always);
  watch(tile, at, y);
  store_states(tile.elements, at, y);
}

template <class Family, StageClock clock, bool is_exponential, class Real>
TRIPARTITE_INLINE void stage_by(Tile<Real>& tile, const StageWindow<Real>& run) {
  each_pack<Family>(
      tile, [&](const auto& model, std::int64_t at)
                __attribute__((always_inline)) { advance_stage<clock, is_exponential>(tile, run, model, at); });
}

template <class Family, class Real>
void whole_step(Tile<Real>& tile, const StageWindow<Real>& run) {
  integrate::with_fixed_method(
      run.method, [&](auto method) __attribute__((always_inline)) {
        each_single<Family>(
            tile, [&](const auto& model, std::int64_t at, auto way) __attribute__((always_inline)) {
              advance_whole<decltype(method), decltype(way)>(tile, run, model, at);
            });
      });
}

template <class Family, class Real>
void stage(Tile<Real>& tile, const StageWindow<Real>& run) {
  if (run.is_whole) return whole_step<Family>(tile, run);
  if constexpr (HasTwoClocks<typename Family::template Of<double>>) {
    if (run.clock == StageClock::slow) return stage_by<Family, StageClock::slow, false>(tile, run);  // RK4
    if (run.clock == StageClock::fast)
      return run.stage.is_exponential ? stage_by<Family, StageClock::fast, true>(tile, run)
                                      : stage_by<Family, StageClock::fast, false>(tile, run);
  }
  // All states of a model of one clock advance together, whichever clock that is.
  if (run.stage.is_exponential) return stage_by<Family, StageClock::one, true>(tile, run);
  stage_by<Family, StageClock::one, false>(tile, run);
}

template <class Family, class Real>
void exchange(const Elements<Real>& all, const PairRun<Real>& run) {
  const auto model = single_model<typename Family::template Of<Real>>(all, 0);
  for (std::int64_t i = run.first; i < run.last; ++i) {
    Real sum = 0;
    for (std::size_t k = run.begin[i]; k < run.begin[i + 1]; ++k)
      sum += model.exchange(run.here[i], run.here[run.neighbour[k]]);
    run.sum[i] = sum;
  }
}

template <class Family, class Real>
void crossed(const Elements<Real>& all, std::int64_t place) {
  using Model = typename Family::template Of<Real>;
  Real y[Model::states];
  for (int i = 0; i < Model::states; ++i) y[i] = all.state[i][place];
  single_model<Model>(all, place).crossed(y, true);
  for (int i = 0; i < Model::states; ++i) all.state[i][place] = y[i];
}

template <class Family, class Real>
Real threshold(const Elements<Real>& all, std::int64_t place) {
  return single_model<typename Family::template Of<Real>>(all, place).template threshold<Real>();
}

}  // namespace
}  // namespace tripartite::population::TRIPARTITE_ISA
