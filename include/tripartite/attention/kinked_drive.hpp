#pragma once

#include <cmath>

#include "tripartite/host_device.hpp"
#include "tripartite/integrate/linear_scheme.hpp"

/// Drives of hidden neurons with a kink inside a panel of the exact solver (docs/models.md, "The exact solver of part
/// A"). relu and elu1 have a kink in time where the argument z changes sign, and slots where another slot gets the
/// largest logit. Collocation interpolates drives by polynomials, and errs in second order of the panel there. The
/// drive is therefore replaced by its projection, the polynomial that has the same moments up to the order of the
/// collocation: what the panel adds to every state downstream is an integral of the drive with a smooth weight, and the
/// projection leaves those integrals unchanged.
namespace tripartite::attention {

/// The Gauss nodes of a panel, and Legendre polynomials on it.
template <class Real>
struct PanelMoments {
  static constexpr int count = integrate::max_stages;
  Real place[count];            // of the stages, in (0, 1)
  Real weight[count];           // they sum to 1
  Real rise[count];             // P_k(y) = rise[k] y P_k-1(y) - fall[k] P_k-2(y), k >= 2
  Real fall[count];             //
  Real at_stage[count][count];  // [k][stage] (2 k + 1) P_k, which makes a moment its share of the projection
};

template <class Real>
PanelMoments<Real> panel_moments();

/// Adds the moments of a function on [from, from + width] of the panel [0, 1], and 0 elsewhere. `Value` is Real, or a
/// SIMD pack of it.
template <class Value, class Real, class Function>
TRIPARTITE_HD void add_moments(const PanelMoments<Real>& rule, Value from, Value width, Function&& function,
                               Value (&moment)[PanelMoments<Real>::count]) {
  constexpr int count = PanelMoments<Real>::count;
#ifdef __CUDA_ARCH__
#pragma unroll 1
#endif
  for (int q = 0; q < count; ++q) {
    const Value place = from + width * rule.place[q];
    const Value y = place * Real(2) - Real(1);
    Value before = function(place) * (width * rule.weight[q]);
    Value now = y * before;
    moment[0] += before;
    moment[1] += now;
#ifdef __CUDA_ARCH__
#pragma unroll
#endif
    for (int k = 2; k < count; ++k) {
      const Value next = y * now * rule.rise[k] - before * rule.fall[k];
      before = now;
      now = next;
      moment[k] += now;
    }
  }
}

/// The projection with these moments, at a stage.
template <class Value, class Real>
TRIPARTITE_HD Value projected_at(const PanelMoments<Real>& rule, const Value (&moment)[PanelMoments<Real>::count],
                                 int stage) {
  Value value = moment[0] * rule.at_stage[0][stage];
#ifdef __CUDA_ARCH__
#pragma unroll
#endif
  for (int k = 1; k < PanelMoments<Real>::count; ++k) value += moment[k] * rule.at_stage[k][stage];
  return value;
}

/// The logit of one slot while rho falls: level + rho change.
template <class Real>
struct Logit {
  Real level, change;
};

/// Another slot gets the largest logit where rho has fallen to `rho`.
template <class Real>
struct Overtaking {
  Real rho;
  Logit<Real> by;
};

/// The largest logit of slots over a panel in which rho falls from `begin` to `end` by e^-span; `first` is the largest
/// at its begin. `next(logit)` is the next Overtaking of a logit; its rho is at most `end` if there is none in the
/// panel. If there is one, writes to `largest` [stages] what the largest logit has to be at the stages for e^-largest
/// to be its projection. Returns whether it has written: there is nothing to do without a kink, and no polynomial to be
/// had where one kink is too sharp for it to be positive.
template <class Real, class Next>
TRIPARTITE_HD bool project_largest(const PanelMoments<Real>& rule, Logit<Real> first, Real begin, Real end, Real span,
                                   Next&& next, const Real* rho, Real (&largest)[PanelMoments<Real>::count]) {
  Overtaking<Real> then = next(first);
  if (!(then.rho > end)) return false;
  Real moment[PanelMoments<Real>::count] = {};
  Logit<Real> now = first;
  Real from = 0;
  for (bool ends = false; !ends;) {
    ends = !(then.rho > end);
    Real until = ends ? Real(1) : std::log(begin / then.rho) / span;
    until = until > from ? until : from;
    until = until < Real(1) ? until : Real(1);
    // Relative to e^-first, which is smooth and left to the stages.
    add_moments(
        rule, from, until - from,
        [&](Real place) {
          const Real at = begin * std::exp(-place * span);
          return std::exp((first.level - now.level) + at * (first.change - now.change));
        },
        moment);
    from = until;
    now = then.by;
    if (!ends) then = next(now);
  }
  bool is_positive = true;
#ifdef __CUDA_ARCH__
#pragma unroll
#endif
  for (int s = 0; s < PanelMoments<Real>::count; ++s) {
    const Real part = projected_at(rule, moment, s);
    is_positive = is_positive && part > Real(0);
    largest[s] = first.level + rho[s] * first.change - std::log(part);
  }
  return is_positive;
}

}  // namespace tripartite::attention
