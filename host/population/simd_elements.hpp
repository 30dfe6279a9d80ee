#pragma once

// Compiled once per instruction set: what the loops over packs of elements share.
#include "host/simd/pack.hpp"
#include "tripartite/model/loops.hpp"
#include "tripartite/model/model.hpp"

namespace tripartite::population::TRIPARTITE_ISA {
namespace {

namespace wide = tripartite::simd::TRIPARTITE_ISA;
template <class Real>
using Pack = wide::Pack<Real>;
template <class Real>
using PackMask = wide::PackMask<Real>;
template <class Real>
inline constexpr int lanes = wide::lanes<Real>;

template <class Model, class Real>
TRIPARTITE_INLINE void set_options(Model& model, const Elements<Real>& all) {
  if constexpr (HasOptions<Model>)
    for (int i = 0; i < option_count_of<Model>(); ++i) model.option[i] = all.option[i];
}

/// A model whose parameters are packs: the values of elements [at, at + lanes).
template <class Model, class Real>
TRIPARTITE_INLINE Model varied_model(const Elements<Real>& all, std::int64_t at) {
  Model model;
  each_parameter(
      model, [&](int place, Pack<Real>& parameter) __attribute__((always_inline)) {
        parameter = all.varied[place] != nullptr ? Pack<Real>(wide::load(all.varied[place] + at))
                                                 : Pack<Real>(all.shared[place]);
      });
  set_options(model, all);
  return model;
}

/// A model whose parameters are numbers: those of one element.
template <class Model, class Real>
TRIPARTITE_INLINE Model single_model(const Elements<Real>& all, std::int64_t element) {
  Model model;
  each_parameter(
      model, [&](int place, Real& parameter) __attribute__((always_inline)) {
        parameter = all.varied[place] != nullptr ? all.varied[place][element] : all.shared[place];
      });
  set_options(model, all);
  return model;
}

/// Calls use(model, at) for every pack of the tile. Parameters are made into packs once for the whole tile where none
/// varies.
template <class Family, class Real, class Use>
TRIPARTITE_INLINE void each_pack(const Tile<Real>& tile, const Use& use) {
  using Model = typename Family::template Of<Pack<Real>>;
  Model model = varied_model<Model>(tile.elements, tile.first);
  for (std::int64_t at = tile.first; at < tile.last; at += lanes<Real>) {
    if (tile.elements.any_varied) model = varied_model<Model>(tile.elements, at);
    use(model, at);
  }
}

template <class Real, int count>
TRIPARTITE_INLINE void load_states(const Elements<Real>& all, std::int64_t at, Pack<Real> (&y)[count]) {
  for (int i = 0; i < count; ++i) y[i] = Pack<Real>(wide::load(all.state[i] + at));
}

template <class Real, int count>
TRIPARTITE_INLINE void store_states(const Elements<Real>& all, std::int64_t at, const Pack<Real> (&y)[count]) {
  for (int i = 0; i < count; ++i) wide::store(all.state[i] + at, y[i].value);
}

template <class Real>
TRIPARTITE_INLINE void note_crossings(Tile<Real>& tile, std::int64_t at, PackMask<Real> here, double time) {
  for (int lane = 0; lane < lanes<Real>; ++lane)
    if (here.bits[lane] != 0 && tile.crossings < tile.capacity) tile.crossing[tile.crossings++] = {time, at + lane};
}

constexpr bool always(int) { return true; }

/// Domains of the states that are there, with room for the overshoot of a method of fixed order; NaN is outside of any.
/// y + room and highest + room are compared by their bits, as integers: what is negative or NaN, and what exceeds,
/// leaves a sign bit. A chain of comparisons of numbers would go through one mask register and take longer than a step.
template <class Real, int count, class IsThere = bool (*)(int)>
TRIPARTITE_INLINE void watch(Tile<Real>& tile, std::int64_t at, const Pack<Real> (&y)[count],
                             const IsThere& is_there = always) {
  using Integers = wide::Integers<Real>;
  constexpr Real room = Real(0.01);
  Integers outside{};
#pragma GCC unroll 32
  for (int i = 0; i < count; ++i) {
    if (!is_there(i)) continue;
    const Integers bits = Integers(y[i].value + room);
    outside |= bits | (Integers(wide::broadcast<Real>(tile.elements.highest[i] + room)) - bits);
  }
  if (!any(PackMask<Real>{outside < 0})) return;
  const auto is_inside = [&](int i) __attribute__((always_inline)) {
    return y[i] <= Pack<Real>(tile.elements.highest[i]) && Pack<Real>(-room) <= y[i];
  };
  for (int i = 0; i < count; ++i) {
    if (!is_there(i)) continue;
    const auto each = is_inside(i);
    for (int lane = 0; lane < lanes<Real>; ++lane)
      if (each.bits[lane] == 0 && tile.fault.element < 0) tile.fault = {at + lane, i};
  }
}

/// The arrivals of the elements of one pack, one after the other in each.
template <class Real>
struct LaneArrivals {
  const Arrival* next[lanes<Real>];
  const Arrival* stop[lanes<Real>];

  /// Takes those of elements [at, at + lanes) from `arrival` on.
  TRIPARTITE_HD void take(const Arrival*& arrival, const Arrival* end, std::int64_t at) {
    for (int lane = 0; lane < lanes<Real>; ++lane) {
      next[lane] = arrival;
      while (arrival != end && std::int64_t(arrival->element) == at + lane) ++arrival;
      stop[lane] = arrival;
    }
  }
  /// The first step with an arrival in any lane; `none` if there is none.
  TRIPARTITE_HD int first_step(int none) const {
    int first = none;
    for (int lane = 0; lane < lanes<Real>; ++lane)
      if (next[lane] != stop[lane] && next[lane]->step < first) first = next[lane]->step;
    return first;
  }
  /// Lets one arrival per lane act at the end of `step`; false if there was none.
  template <class Model, int count>
  TRIPARTITE_HD bool act(const Model& model, int step, Pack<Real> (&y)[count]) {
    PackMask<Real> here{};
    Pack<Real> weight(Real(0));
    bool any_here = false;
    for (int lane = 0; lane < lanes<Real>; ++lane)
      if (next[lane] != stop[lane] && next[lane]->step == step) {
        here.bits[lane] = -1;
        if constexpr (HasWeightedSpikes<Model>) weight.value[lane] = Real(next[lane]->weight);
        ++next[lane];
        any_here = true;
      }
    if (any_here) model.spike(y, here, weight);
    return any_here;
  }
};

}  // namespace
}  // namespace tripartite::population::TRIPARTITE_ISA
