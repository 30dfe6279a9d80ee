#include "tripartite/memory/step_scheme.hpp"

#include <cmath>

#include "tripartite/error.hpp"

namespace tripartite::memory {
namespace {

/// phi_1(z) = (e^z - 1) / z.
double phi_1(double z) { return std::abs(z) < 1e-8 ? 1 + z / 2 : std::expm1(z) / z; }

/// phi_2(z) = (e^z - 1 - z) / z^2; the series where the difference would cancel.
double phi_2(double z) {
  if (std::abs(z) > 0.5) return (std::expm1(z) - z) / (z * z);
  double sum = 0, term = 0.5;
  for (int k = 0; k < 16; ++k) {
    sum += term;
    term *= z / (k + 3);
  }
  return sum;
}

template <class Real>
StageWeights<Real> stage_weights(Solver solver, double decay, double tau, double length) {
  StageWeights<Real> w{};
  const double h = length / tau, z = -decay * h;
  switch (solver) {
    case Solver::euler: w.weight[0] = Real(h); break;
    case Solver::exponential_euler: w.weight[0] = Real(h * phi_1(z)); break;
    case Solver::rk4:
      w.stage[1][0] = w.stage[2][1] = Real(h / 2);
      w.stage[3][2] = Real(h);
      w.weight[0] = w.weight[3] = Real(h / 6);
      w.weight[1] = w.weight[2] = Real(h / 3);
      break;
    case Solver::adaptive:
      w.stage[1][0] = Real(h * phi_1(z));
      w.weight[0] = Real(h * (phi_1(z) - phi_2(z)));
      w.weight[1] = Real(h * phi_2(z));
      w.error[0] = -w.weight[1];
      w.error[1] = w.weight[1];
      break;
  }
  return w;
}

}  // namespace

int stages_of(Solver solver) {
  switch (solver) {
    case Solver::euler:
    case Solver::exponential_euler: return 1;
    case Solver::adaptive: return 2;
    case Solver::rk4: return 4;
  }
  throw ConfigError("unknown solver of the associative memory");
}

template <class Real>
StepScheme<Real> step_scheme(const Parameters& p, double length) {
  return {stages_of(p.solver),
          p.solver == Solver::adaptive,
          Real(p.tolerance),
          stage_weights<Real>(p.solver, p.decay_neuron, p.tau_neuron, length),
          stage_weights<Real>(p.solver, p.decay_synapse, p.tau_synapse, length),
          stage_weights<Real>(p.solver, p.decay_process, p.tau_process, length)};
}

template StepScheme<float> step_scheme<float>(const Parameters&, double);
template StepScheme<double> step_scheme<double>(const Parameters&, double);

}  // namespace tripartite::memory
