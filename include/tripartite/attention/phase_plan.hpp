#pragma once

#include <span>
#include <vector>

#include "tripartite/attention/engine.hpp"
#include "tripartite/attention/parameters.hpp"
#include "tripartite/integrate/linear_scheme.hpp"

namespace tripartite::attention {

/// Everything about the time axis of one phase that is the same for all heads and synapses: where the steps (panels)
/// lie and the coefficients of every linear state on them. The whole network is a cascade (inputs -> hidden -> store ->
/// calcium
/// -> output), each stage linear in its own state with a drive from upstream, so that one table of coefficients per
/// state is all that a solver is. Stepping solvers: equal panels of dt. `exact`: Gauss collocation on graded panels,
/// short where the fast transients live (just after the token changed) and longer as they die out.
struct PhasePlan {
  Phase phase = Phase::settle;
  double duration = 0;
  int stages = 1;
  std::vector<double> lengths;    // [panels]
  std::vector<int> kind;          // [panels] index into the schemes below: panels of one length share coefficients
  std::vector<double> rho;        // [panels * stages] (x(t) - x_inf) / (x_0 - x_inf) of the input filters at the stages
  std::vector<double> rho_after;  // [panels] the same at the end of each panel
  std::vector<int> observe_after;  // panels after whose end a frame is due, ascending

  // Per kind of panel. Weights carry the gain: hidden, output, calcium 1/tau; hebbian 1/tau_H, store 1/tau_g.
  std::vector<integrate::LinearScheme> hidden, output, hebbian, store;
  // Per node of kappa (outer) and kind (inner). Without heterogeneity one node, kappa = 1/tau_calcium.
  std::vector<double> calcium_kappa;
  std::vector<std::vector<integrate::LinearScheme>> calcium;

  int panels() const { return int(lengths.size()); }
};

/// The one-step method of a solver.
integrate::LinearMethod method_of(Solver solver);

/// Calcium rates kappa = 1/tau_p at which the propagator evaluates the calcium response; synapses in between
/// interpolate by a Chebyshev series in ln kappa (nodes of the first kind on [ln low, ln high], rates in 1/s) to
/// `accuracy`, relative to the largest global calcium. One node if low == high.
std::vector<double> calcium_nodes(double low, double high, double accuracy);

/// `accuracy` above for an engine of this precision: well below its rounding.
template <class Real>
inline constexpr double response_accuracy = sizeof(Real) == sizeof(float) ? 1e-8 : 1e-13;

/// Plan of one phase. `since_change` [s]: how long the same input has already been held in the same role (a write that
/// follows its settle), which lets the exact solver start with longer panels. `observe` ascending in (0, duration].
/// Throws ConfigError if a stepping solver cannot meet `duration` or an observation time with whole steps.
PhasePlan plan_phase(const Parameters& parameters, Phase phase, double duration, double since_change,
                     std::span<const double> observe, std::span<const double> calcium_kappas);

/// First panel of the exact solver whose drive still matters for l at the end: e^(-t/tau_output) < 1e-13 before it.
int first_relevant_panel(const PhasePlan& plan, double tau_output);

}  // namespace tripartite::attention
