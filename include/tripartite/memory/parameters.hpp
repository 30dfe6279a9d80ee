#pragma once

namespace tripartite::memory {

/// How the equations are advanced. `adaptive` is the exponential Heun method with the exponential Euler step as its
/// error estimate: exact in the leaks, so that its steps grow without bound towards a fixed point.
enum class Solver { euler, exponential_euler, rk4, adaptive };

/// How a recall begins. cold: synapses and processes at 0, so that only the flow can recall. warm: as in the authors'
/// tutorial, where the synapses already hold one application of the memory kernel to the cue.
enum class Regime { cold, warm };

/// Parameters of the neuron-astrocyte associative memory, docs/models.md, part B. Time [s], activities dimensionless.
struct Parameters {
  double tau_neuron = 1;          // tau_n  [s]
  double tau_synapse = 1;         // tau_s  [s]
  double tau_process = 1;         // tau_p  [s]
  double decay_neuron = 1;        // lambda [1]
  double decay_synapse = 1;       // alpha  [1]
  double decay_process = 1;       // gamma  [1]
  double gain_neuron = 5;         // beta of phi = tanh(beta x) [1]
  double gain_synapse = 5;        // beta of g [1]
  double gain_process = 5;        // beta of psi [1]
  double hebbian_weight = 1;      // w_h    [1] phi_i phi_j onto s_ij
  double process_to_synapse = 2;  // w_p    [1] psi(p_ij) onto s_ij
  double synapse_to_process = 2;  // w_s    [1] g(s_ij) onto p_ij
  double memory_weight = 0;       // kappa  [1] of the astrocyte's coupling T; 0: no memory. See regime_parameters.
  double dt = 0.05;               // [s] step; of `adaptive` the first one
  Solver solver = Solver::euler;
  double tolerance = 1e-3;     // [1] `adaptive`: error of a step against 1 + |state|
  double settled_rate = 1e-5;  // [1] a cue is at its fixed point if tau |dy/dt| < settled_rate (1 + |y|); 0: never
};

/// The parameters of a regime in a network of `neurons`: cold w_h = 1, w_p = w_s = 2, kappa = 3 N; warm all 1.
inline Parameters regime_parameters(Regime regime, int neurons) {
  Parameters parameters;
  parameters.process_to_synapse = parameters.synapse_to_process = regime == Regime::cold ? 2 : 1;
  parameters.memory_weight = regime == Regime::cold ? 3.0 * neurons : 1;
  return parameters;
}

}  // namespace tripartite::memory
