#pragma once

// Compiled once per instruction set: what the loops over packs of elements share.
#include "host/simd/packs.hpp"
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
template <class Real, int parts>
using Group = wide::Group<Real, parts>;
template <class Real, int parts>
using GroupMask = wide::GroupMask<Real, parts>;

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

/// A model with no option set, for a loop of its own: what options add stays out of its registers.
template <class Model>
TRIPARTITE_INLINE Model without_options(Model model) {
  if constexpr (HasOptions<Model>)
    for (int i = 0; i < option_count_of<Model>(); ++i) model.option[i] = 0;
  return model;
}
template <class Model, class Real>
TRIPARTITE_INLINE bool has_no_option_set(const Elements<Real>& all) {
  bool result = true;
  for (int i = 0; i < option_count_of<Model>(); ++i) result = result && all.option[i] == 0;
  return result;
}

/// How a loop over many steps takes elements: `parts` registers side by side; with no option set (`is_plain`), the
/// stages of a step are written out one after the other instead of in a loop.
template <class Real, int parts, bool is_plain_>
struct Way {
  using Number = Group<Real, parts>;
  static constexpr bool is_plain = is_plain_;
};

/// Calls use(model, at, way) for the groups of the tile that are full, and takes them off it. A function of its own:
/// inlined beside all the others, the loop of the Li-Rinzel astrocyte took a seventh longer.
template <class Family, class Way, class Real, class Use>
__attribute__((noinline)) void take_groups(Tile<Real>& tile, const Use& use) {
  using Model = typename Family::template Of<Pack<Real>>;
  constexpr int count = wide::parts_of<typename Way::Number> * lanes<Real>;
  Model model = varied_model<Model>(tile.elements, tile.first);
  if constexpr (Way::is_plain) model = without_options(model);
  for (; tile.first + count <= tile.last; tile.first += count) {
    if constexpr (wide::parts_of<typename Way::Number> == 1)
      if (tile.elements.any_varied) {
        model = varied_model<Model>(tile.elements, tile.first);
        if constexpr (Way::is_plain) model = without_options(model);
      }
    use(model, tile.first, Way());
  }
}

/// Calls use(model, at, way) for all elements of a tile, by single registers; the common case, that no option is set,
/// has a loop of its own.
template <class Family, class Real, class Use>
TRIPARTITE_INLINE void each_single(const Tile<Real>& tile, const Use& use) {
  Tile<Real> rest = tile;
  if (has_no_option_set<typename Family::template Of<Pack<Real>>>(tile.elements))
    return take_groups<Family, Way<Real, 1, true>>(rest, use);
  take_groups<Family, Way<Real, 1, false>>(rest, use);
}

/// The same, but of a small model groups of registers go side by side, where no parameter varies.
template <class Family, class Real, class Use>
TRIPARTITE_INLINE void each_group(const Tile<Real>& tile, const Use& use) {
  using Model = typename Family::template Of<Pack<Real>>;
  if constexpr (Model::states > 4) {
    each_single<Family>(tile, use);
  } else {
    Tile<Real> rest = tile;
    if (!tile.elements.any_varied) {
      if (has_no_option_set<Model>(tile.elements))
        take_groups<Family, Way<Real, 4, true>>(rest, use);
      else if constexpr (HasOptions<Model>)
        take_groups<Family, Way<Real, 2, false>>(rest, use);
    }
    if (rest.first < rest.last) take_groups<Family, Way<Real, 1, false>>(rest, use);
  }
}

template <class Real, class P, int count>
TRIPARTITE_INLINE void load_states(const Elements<Real>& all, std::int64_t at, P (&y)[count]) {
  for (int i = 0; i < count; ++i) y[i] = wide::load_group<P>(all.state[i] + at);
}

template <class Real, class P, int count>
TRIPARTITE_INLINE void store_states(const Elements<Real>& all, std::int64_t at, const P (&y)[count]) {
  for (int i = 0; i < count; ++i) wide::store_group(all.state[i] + at, y[i]);
}

template <class Real>
TRIPARTITE_INLINE void note(Tile<Real>& tile, Crossing crossing) {
  if (tile.crossings < tile.capacity) tile.crossing[tile.crossings++] = crossing;
}

template <class Real>
TRIPARTITE_INLINE void note_crossings(Tile<Real>& tile, std::int64_t at, PackMask<Real> here, double time) {
  each_lane(
      here, [&](int lane) __attribute__((always_inline)) {
        note(tile, {time, at + lane});
      });
}

template <class Real, int parts>
TRIPARTITE_INLINE void note_crossings(Tile<Real>& tile, std::int64_t at, wide::PacksMask<Real, parts> here,
                                      double time) {
  for (int k = 0; k < parts; ++k) note_crossings(tile, at + k * lanes<Real>, here.part[k], time);
}

constexpr bool always(int) { return true; }

/// Domains of the states that are there, with room for the overshoot of a method of fixed order; NaN is outside of any.
/// y + room and highest + room are compared by their bits, as integers: what is negative or NaN, and what exceeds,
/// leaves a sign bit. A chain of comparisons of numbers would go through one mask register and take longer than a step.
template <class Real, int count, class IsThere = bool (*)(int)>
TRIPARTITE_INLINE void watch(Tile<Real>& tile, std::int64_t at, const Pack<Real> (&y)[count],
                             const IsThere& is_there = always) {
  using Integers = wide::Integers<Real>;
  using Bits = wide::Bits<Real>;  // whose differences wrap around
  constexpr Real room = Real(0.01);
  Integers outside{};
#pragma GCC unroll 32
  for (int i = 0; i < count; ++i) {
    if (!is_there(i)) continue;
    const Bits bits = Bits(y[i].value + room);
    outside |= Integers(bits | (Bits(wide::broadcast<Real>(tile.elements.highest[i] + room)) - bits));
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

template <class Real, int parts, int count>
TRIPARTITE_INLINE void watch(Tile<Real>& tile, std::int64_t at, const wide::Packs<Real, parts> (&y)[count]) {
  for (int k = 0; k < parts; ++k) {
    Pack<Real> part[count];
    for (int i = 0; i < count; ++i) part[i] = y[i].part[k];
    watch(tile, at + k * lanes<Real>, part);
  }
}

/// The arrivals of the elements of one group, one after the other in each.
template <class Real, int parts = 1>
struct LaneArrivals {
  static constexpr int count = parts * lanes<Real>;
  static constexpr wide::Integer<Real> never = 0x7FFFFFFF;
  alignas(64) wide::Integer<Real> due[count];  // the step of each lane's next arrival
  const Arrival* next[count];
  const Arrival* stop[count];

  /// Takes those of elements [at, at + count) from `arrival` on.
  TRIPARTITE_HD void take(const Arrival*& arrival, const Arrival* end, std::int64_t at) {
    for (int lane = 0; lane < count; ++lane) {
      next[lane] = arrival;
      while (arrival != end && std::int64_t(arrival->element) == at + lane) ++arrival;
      stop[lane] = arrival;
      wait(lane);
    }
  }
  /// The first step with an arrival in any lane; `none` if there is none before.
  TRIPARTITE_HD int first_step(int none) const {
    wide::Integer<Real> first = none;
    for (int lane = 0; lane < count; ++lane) first = due[lane] < first ? due[lane] : first;
    return int(first);
  }
  /// Lets one arrival per lane act at the end of `step`, at which some lane has one.
  template <class Model, int states>
  TRIPARTITE_HD void act(const Model& model, int step, Group<Real, parts> (&y)[states]) {
    GroupMask<Real, parts> here{};
    Group<Real, parts> weight(Real(0));
    for (int k = 0; k < parts; ++k) {
      const auto& dues = *reinterpret_cast<const wide::Integers<Real>*>(due + k * lanes<Real>);
      wide::part_of(here, k) = PackMask<Real>{dues == wide::Integer<Real>(step)};
      each_lane(
          wide::part_of(here, k), [&](int own) __attribute__((always_inline)) {
            const int lane = k * lanes<Real> + own;
            if constexpr (HasWeightedSpikes<Model>) wide::part_of(weight, k).value[own] = Real(next[lane]->weight);
            ++next[lane];
            wait(lane);
          });
    }
    model.spike(y, here, weight);
  }

 private:
  TRIPARTITE_HD void wait(int lane) { due[lane] = next[lane] != stop[lane] ? next[lane]->step : never; }
};

}  // namespace
}  // namespace tripartite::population::TRIPARTITE_ISA
