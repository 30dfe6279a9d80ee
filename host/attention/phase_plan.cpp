#include "tripartite/attention/phase_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

using integrate::LinearMethod;
using integrate::LinearScheme;

/// Whole steps of dt in `time`; throws if there is a remainder.
long whole_steps(double time, double dt, const char* what) {
  const double steps = time / dt;
  const double rounded = std::round(steps);
  if (!(std::abs(steps - rounded) <= 1e-6))
    throw ConfigError(
        fmt::format("{} = {} s: must be a multiple of solver.dt = {} s for a stepping solver", what, time, dt));
  return long(rounded);
}

void check_times(double duration, std::span<const double> observe) {
  if (!std::isfinite(duration) || !(duration > 0))
    throw ConfigError(fmt::format("phase duration = {} s: must be finite and positive", duration));
  double earlier = 0;
  for (const double time : observe) {
    if (!(time > earlier && time <= duration))
      throw ConfigError(
          fmt::format("observation time = {} s: must be in ({}, {}], in ascending order", time, earlier, duration));
    earlier = time;
  }
}

void plan_equal_steps(PhasePlan& plan, const Parameters& parameters, std::span<const double> observe) {
  const long steps = whole_steps(plan.duration, parameters.dt, "phase duration");
  plan.lengths.assign(std::size_t(steps), parameters.dt);
  for (const double time : observe)
    plan.observe_after.push_back(int(whole_steps(time, parameters.dt, "observation time")) - 1);
}

/// Panels for Gauss collocation. Transients decay as e^(-t/tau) from the change of input on, so a panel's length h(t)
/// may grow as long as e^(-t/tau) (h/4 tau)^12 / 12! stays below 1e-13; the first panels are shorter than that bound
/// because an exponential feature map sharpens the transient. Calcium has transients of every time constant between its
/// slowest and fastest rate, from the beginning of the phase on, where its drive may have a kink: the bound is that of
/// the worst of them, tau = t / 12, so that one fast synapse among many does not make all panels short.
void plan_graded_panels(PhasePlan& plan, const Parameters& parameters, double since_change,
                        std::span<const double> observe, double slowest_calcium, double fastest_calcium) {
  const auto [shortest, longest] = std::minmax({parameters.tau_input, parameters.tau_hidden, parameters.tau_output});
  const auto calcium_bound = [&](double t) {
    const double tau = std::clamp(t / 12, 1 / fastest_calcium, 1 / slowest_calcium);
    return 2 * tau * std::exp(t / (12 * tau));
  };
  double cap = std::numeric_limits<double>::infinity();
  for (const double rate : {parameters.decay_hebbian, parameters.decay_store})
    if (rate > 0) cap = std::min(cap, 2 / rate);

  std::vector<double> borders(observe.begin(), observe.end());
  // Only what lies within this window of the sample reaches l; a border there lets the propagator skip the rest.
  const double window_begin = plan.duration - 30 * parameters.tau_output;
  if (plan.phase == Phase::read && window_begin > 0) borders.push_back(window_begin);
  borders.push_back(plan.duration);
  std::sort(borders.begin(), borders.end());

  double time = 0;
  std::size_t observed = 0;
  for (const double border : borders) {
    while (border - time > 1e-12 * plan.duration) {
      const double age = (since_change + time) / longest;
      const double wanted =
          std::min({0.5 * std::exp(age / 6) * shortest, 2 * std::exp(age / 12) * shortest, calcium_bound(time), cap});
      const double rest = border - time;
      const double pieces = std::ceil(rest / wanted - 1e-9);
      // The last panels before a border share the rest, so that none is needlessly short.
      const double length = pieces <= 2 ? rest / pieces : wanted;
      plan.lengths.push_back(length);
      time = pieces <= 1 ? border : time + length;
    }
    if (observed < observe.size() && border == observe[observed]) {
      plan.observe_after.push_back(plan.panels() - 1);
      ++observed;
    }
  }
}

}  // namespace

LinearMethod method_of(Solver solver) {
  switch (solver) {
    case Solver::exact: return LinearMethod::collocation;
    case Solver::exponential_euler: return LinearMethod::exponential_euler;
    case Solver::euler: return LinearMethod::euler;
    case Solver::rk4: return LinearMethod::rk4;
  }
  throw ConfigError("unknown solver");
}

std::vector<double> calcium_nodes(double low, double high, double accuracy) {
  if (!(high - low > 1e-9 * high)) return {0.5 * (low + high)};
  // The response, the integral of kappa e^(-kappa t) G, is analytic in ln kappa, and where |Im ln kappa| < pi/2 at most
  // 1 / cos(Im ln kappa) times the largest G, however long t is. Its coefficients thus fall as rho^-k, ln rho =
  // asinh(b / half) for the ellipse that reaches b into the complex plane. In kappa itself they fall as
  // e^(-k^2 / (t (high - low))): many more terms where the rates of a head lie orders of magnitude apart.
  const double center = 0.5 * std::log(low * high), half = 0.5 * std::log(high / low);
  const double reach = 1.5, bound = 1 / std::cos(reach);
  const int count = 2 + int(std::ceil(std::log(2 * bound / accuracy) / std::asinh(reach / half)));
  std::vector<double> nodes(count);
  for (int i = 0; i < count; ++i) nodes[i] = std::exp(center + half * std::cos(M_PI * (i + 0.5) / count));
  return nodes;
}

PhasePlan plan_phase(const Parameters& parameters, Phase phase, double duration, double since_change,
                     std::span<const double> observe, std::span<const double> calcium_kappas) {
  check_times(duration, observe);
  PhasePlan plan;
  plan.phase = phase;
  plan.duration = duration;
  const LinearMethod method = method_of(parameters.solver);
  plan.stages = integrate::stages_of(method);
  plan.calcium_kappa.assign(calcium_kappas.begin(), calcium_kappas.end());
  if (parameters.solver == Solver::exact) {
    const auto [slowest, fastest] = std::minmax_element(calcium_kappas.begin(), calcium_kappas.end());
    plan_graded_panels(plan, parameters, since_change, observe, *slowest, *fastest);
  } else
    plan_equal_steps(plan, parameters, observe);

  std::vector<double> distinct;
  for (const double length : plan.lengths) {
    const auto found = std::find(distinct.begin(), distinct.end(), length);
    plan.kind.push_back(int(found - distinct.begin()));
    if (found == distinct.end()) distinct.push_back(length);
  }

  const auto schemes = [&](double kappa, double gain) {
    std::vector<LinearScheme> list;
    for (const double length : distinct) {
      LinearScheme scheme = integrate::linear_scheme(method, kappa, length);
      for (double& weight : scheme.weight) weight *= gain;
      for (auto& row : scheme.stage_weight)
        for (double& weight : row) weight *= gain;
      list.push_back(scheme);
    }
    return list;
  };
  plan.hidden = schemes(1 / parameters.tau_hidden, 1 / parameters.tau_hidden);
  plan.output = schemes(1 / parameters.tau_output, 1 / parameters.tau_output);
  plan.hebbian = schemes(parameters.decay_hebbian, 1 / parameters.effective_tau_hebbian());
  plan.store = schemes(parameters.decay_store, 1 / parameters.effective_tau_store());
  for (const double kappa : calcium_kappas) plan.calcium.push_back(schemes(kappa, kappa));

  const std::vector<LinearScheme> input = schemes(1 / parameters.tau_input, 1 / parameters.tau_input);
  double rho = 1;
  for (int panel = 0; panel < plan.panels(); ++panel) {
    const LinearScheme& scheme = input[plan.kind[panel]];
    for (int s = 0; s < plan.stages; ++s) plan.rho.push_back(rho * scheme.stage_decay[s]);
    rho *= scheme.decay;
    plan.rho_after.push_back(rho);
  }
  return plan;
}

int first_relevant_panel(const PhasePlan& plan, double tau_output) {
  double after = 0;  // time from the end of the panel to the end of the phase
  for (int panel = plan.panels() - 1; panel >= 0; --panel) {
    if (after >= 30 * tau_output * (1 - 1e-9)) return panel + 1;
    after += plan.lengths[panel];
  }
  return 0;
}

}  // namespace tripartite::attention
