#pragma once

#include "tripartite/host_device.hpp"
#include "tripartite/memory/equations.hpp"
#include "tripartite/memory/parameters.hpp"

namespace tripartite::memory {

inline constexpr int max_stages = 4;

/// Weights of one variable's stages, time constant included: with the leaks' K_q below,
///   stage m:  y_m = y + sum_q stage[m][q] K_q,   step: y' = y + sum_q weight[q] K_q,   error: sum_q error[q] K_q.
template <class Real>
struct StageWeights {
  Real stage[max_stages][max_stages];
  Real weight[max_stages];
  Real error[max_stages];
};

/// One step of an explicit method for tau dy/dt = F(y) - leak y: K_q = F(y_q) - leak y_q, or, if the method is exact
/// in the leak, K_q = F(y_q) - leak y.
template <class Real>
struct StepScheme {
  int stages;
  bool exact_leak;
  Real tolerance;
  StageWeights<Real> neuron, synapse, process;
};

/// The scheme of `parameters.solver` for a step of length `length` [s].
template <class Real>
StepScheme<Real> step_scheme(const Parameters& parameters, double length);

/// Stages that the solver has.
int stages_of(Solver solver);

/// What the first `known` stages say about a variable: where it is at the next stage (or, with known == stages, after
/// the step).
template <int known, class Value, class Real>
TRIPARTITE_HD Value combined(Value start, const Value* rates, const Real* weights) {
  Value change = rates[0] * weights[0];
  for (int q = 1; q < known; ++q) change += rates[q] * weights[q];
  return start + change;
}

/// A synapse and its process advanced to the stage after `known` ones, with all earlier stages recomputed from the
/// start of the step: that is what keeps every method at two values per synapse. The neurons and the memory kernel at
/// the earlier stages are known. `Arithmetic` has the type Value of numbers and their `tanh`; `start_g` and `start_psi`
/// are g(s) and psi(p), or null: to be computed.
template <class Arithmetic, int known>
struct ElementStep {
  using Value = typename Arithmetic::Value;
  static constexpr int rates = known + (known == 0);  // no array of none
  Value synapse, process;                             // where they are after the known stages
  Value synapse_rate[rates], process_rate[rates];

  template <class Real>
  TRIPARTITE_HD ElementStep(const AssociativeMemory<Real>& model, const StepScheme<Real>& scheme, Value s, Value p,
                            const Value* phi_phi, const Value* memory, Value synapse_bias, Value process_bias,
                            const Value* start_g = nullptr, const Value* start_psi = nullptr)
      : synapse(s), process(p) {
    if constexpr (known > 0) {
      for (int q = 0; q < known; ++q) {
        const bool is_given = q == 0 && start_g != nullptr;
        const Value g = is_given ? *start_g : Arithmetic::tanh(synapse * model.gain_synapse),
                    psi = is_given ? *start_psi : Arithmetic::tanh(process * model.gain_process);
        synapse_rate[q] = model.synapse_drive(phi_phi[q], psi, synapse_bias) -
                          (scheme.exact_leak ? s : synapse) * model.decay_synapse;
        process_rate[q] =
            model.process_drive(memory[q], g, process_bias) - (scheme.exact_leak ? p : process) * model.decay_process;
        if (q + 1 < known) {
          synapse = s, process = p;
          for (int r = 0; r <= q; ++r) {
            synapse += synapse_rate[r] * scheme.synapse.stage[q + 1][r];
            process += process_rate[r] * scheme.process.stage[q + 1][r];
          }
        }
      }
      const bool last = known == scheme.stages;
      synapse =
          combined<known>(s, synapse_rate, last ? scheme.synapse.weight : scheme.synapse.stage[known % max_stages]);
      process =
          combined<known>(p, process_rate, last ? scheme.process.weight : scheme.process.stage[known % max_stages]);
    }
  }
};

}  // namespace tripartite::memory
