#include "tripartite/calcium/li_rinzel_population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/linear_algebra/parallel.hpp"
#include "tripartite/error.hpp"
#include "tripartite/integrate/adaptive.hpp"
#include "tripartite/integrate/dormand_prince.hpp"
#include "tripartite/integrate/rosenbrock.hpp"

namespace tripartite::calcium {

using synapse::Release;
using synapse::Solver;
using synapse::SpikeSource;

namespace {

constexpr std::size_t tile = 64;

/// Nothing acts on the cell between its inputs.
template <class Real>
struct NoInputs {
  typename LiRinzel<Real>::NoInput operator()(Real) const { return {}; }
  typename LiRinzel<Real>::NoInput shifted(Real) const { return {}; }
  bool changes() const { return false; }
  Real slope(Real) const { return 0; }
};

template <class Real>
void fixed_step(Solver solver, const LiRinzel<Real>& model, Real (&y)[3], Real dt) {
  const auto inputs = [](int) { return typename LiRinzel<Real>::NoInput{}; };
  if (solver == Solver::euler)
    integrate::Euler::step(model, y, dt, inputs);
  else if (solver == Solver::rk4)
    integrate::RungeKutta4::step(model, y, dt, inputs);
  else
    integrate::ExponentialEuler::step(model, y, dt, inputs);
}

}  // namespace

template <class Real>
LiRinzelPopulation<Real>::LiRinzelPopulation(const Setup& setup) : setup_(setup) {
  if (!(setup.dt > 0)) throw ConfigError(fmt::format("dt = {}: must be > 0", setup.dt));
  for (int i = 0; i < li_rinzel_parameter_count; ++i) {
    const double value = setup.parameters.*li_rinzel_members<double>[i];
    if (!(li_rinzel_infos[i].is_positive ? value > 0 : value >= 0))
      throw ConfigError(fmt::format("{} = {}: must be {} 0", li_rinzel_infos[i].name, value,
                                    li_rinzel_infos[i].is_positive ? ">" : ">="));
  }
  if (setup.astrocytes > available_host_memory() / (4 * sizeof(Real)))
    throw MemoryError(fmt::format("{} astrocytes need {} bytes each, {} are available", setup.astrocytes,
                                  4 * sizeof(Real), available_host_memory()));
  for (int i = 0; i < 3; ++i) state_[i].assign(setup.astrocytes, Real(setup.initial[i]));
  if (synapse::is_adaptive(setup.solver)) step_size_.assign(setup.astrocytes, Real(setup.dt));
}

template <class Real>
void LiRinzelPopulation<Real>::advance(int steps, const SpikeSource* inputs, double weight) {
  LiRinzel<Real> model;
  for (int i = 0; i < li_rinzel_parameter_count; ++i)
    model.p.*li_rinzel_members<Real>[i] = Real(setup_.parameters.*li_rinzel_members<double>[i]);
  const int threads = setup_.threads > 0 ? setup_.threads : linear_algebra::threads();
  std::vector<std::vector<Release>> crossings(static_cast<std::size_t>(threads));
  std::vector<std::vector<SpikeSource::Arrival>> arrivals(static_cast<std::size_t>(threads));
  linear_algebra::run_parallel(
      static_cast<int>((setup_.astrocytes + tile - 1) / tile),
      [&](int task, int worker) {
        const std::size_t first = static_cast<std::size_t>(task) * tile;
        for (std::size_t a = first; a < std::min(first + tile, setup_.astrocytes); ++a)
          advance_one(model, a, steps, inputs, Real(weight), arrivals[static_cast<std::size_t>(worker)],
                      crossings[static_cast<std::size_t>(worker)]);
      },
      threads);
  steps_ += steps;
  const auto before = static_cast<std::ptrdiff_t>(crossings_.size());
  for (const auto& each : crossings) crossings_.insert(crossings_.end(), each.begin(), each.end());
  std::sort(crossings_.begin() + before, crossings_.end(), [](const Release& a, const Release& b) {
    return a.time != b.time ? a.time < b.time : a.synapse < b.synapse;
  });
  constexpr const char* names[] = {"I", "C", "h"};
  for (int i = 0; i < 3; ++i)
    for (std::size_t a = 0; a < setup_.astrocytes; ++a)
      if (!std::isfinite(state_[i][a]))
        throw NumericsError(fmt::format("astrocyte {} by t = {:.6g} s: {} is not finite", a,
                                        static_cast<double>(steps_) * setup_.dt, names[i]));
}

template <class Real>
template <class Model>
void LiRinzelPopulation<Real>::advance_one(const Model& model, std::size_t astrocyte, int steps,
                                           const SpikeSource* inputs, Real weight,
                                           std::vector<SpikeSource::Arrival>& arrivals,
                                           std::vector<Release>& crossings) {
  arrivals.clear();
  if (inputs != nullptr) inputs->collect(astrocyte, astrocyte + 1, steps_, steps, arrivals);
  Real y[3] = {state_[0][astrocyte], state_[1][astrocyte], state_[2][astrocyte]};
  const Real dt(setup_.dt);
  std::size_t next = 0;
  for (int step = 0; step < steps;) {
    const int until = next < arrivals.size() ? arrivals[next].step + 1 : steps;
    if (synapse::is_adaptive(setup_.solver)) {
      const auto on_crossing = [&](bool, Real t) {
        crossings.push_back({static_cast<double>(steps_ + step) * setup_.dt + static_cast<double>(t), astrocyte});
      };
      const integrate::Tolerance<Real> tolerance{Real(setup_.relative_tolerance), Real(setup_.absolute_tolerance)};
      const Real end = Real(until - step) * dt;
      const bool is_done = setup_.solver == Solver::rosenbrock
                               ? integrate::advance_adaptive<integrate::Rosenbrock>(
                                     model, NoInputs<Real>{}, y, end, step_size_[astrocyte], tolerance, on_crossing)
                               : integrate::advance_adaptive<integrate::DormandPrince>(
                                     model, NoInputs<Real>{}, y, end, step_size_[astrocyte], tolerance, on_crossing);
      if (!is_done)
        throw NumericsError(fmt::format("astrocyte {} near t = {:.6g} s: the error stays above the tolerance",
                                        astrocyte, static_cast<double>(steps_ + step) * setup_.dt));
    } else {
      for (int k = step; k < until; ++k) {
        const Real before = y[Model::watched];
        fixed_step(setup_.solver, model, y, dt);
        if (before <= model.p.C_Theta && y[Model::watched] > model.p.C_Theta)
          crossings.push_back({static_cast<double>(steps_ + k + 1) * setup_.dt, astrocyte});
      }
    }
    step = until;
    for (; next < arrivals.size() && arrivals[next].step + 1 == step; ++next) model.spike(y, true, weight);
  }
  for (int i = 0; i < 3; ++i) state_[i][astrocyte] = y[i];
}

template <class Real>
std::vector<Release> LiRinzelPopulation<Real>::take_crossings() {
  return std::exchange(crossings_, {});
}

template class LiRinzelPopulation<float>;
template class LiRinzelPopulation<double>;

}  // namespace tripartite::calcium
