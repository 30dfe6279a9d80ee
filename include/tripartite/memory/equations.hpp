#pragma once

#include "tripartite/host_device.hpp"
#include "tripartite/memory/parameters.hpp"

namespace tripartite::memory {

/// The right-hand sides tau dy/dt and the energy of docs/models.md, part B, and docs/memory.md. `Value` is a number or
/// a register of numbers. Couplings (sums over a row, the memory kernel) are the backend's and come as arguments.
template <class Real>
struct AssociativeMemory {
  Real decay_neuron, decay_synapse, decay_process;              // lambda, alpha, gamma
  Real gain_neuron, gain_synapse, gain_process;                 // betas of phi, g, psi
  Real hebbian_weight, process_to_synapse, synapse_to_process;  // w_h, w_p, w_s
  Real memory_scale;                                            // kappa / N^3
  Real process_share;                                           // w_p / w_s in the energy

  AssociativeMemory() = default;
  AssociativeMemory(const Parameters& p, int neurons)
      : decay_neuron(Real(p.decay_neuron)),
        decay_synapse(Real(p.decay_synapse)),
        decay_process(Real(p.decay_process)),
        gain_neuron(Real(p.gain_neuron)),
        gain_synapse(Real(p.gain_synapse)),
        gain_process(Real(p.gain_process)),
        hebbian_weight(Real(p.hebbian_weight)),
        process_to_synapse(Real(p.process_to_synapse)),
        synapse_to_process(Real(p.synapse_to_process)),
        memory_scale(Real(p.memory_weight / neurons / neurons / neurons)),
        process_share(
            Real(p.process_to_synapse == p.synapse_to_process ? 1 : p.process_to_synapse / p.synapse_to_process)) {}

  /// What drives s_ij against its leak; `phi_phi` = phi(x_i) phi(x_j).
  template <class Value>
  TRIPARTITE_HD Value synapse_drive(Value phi_phi, Value psi, Value bias) const {
    return phi_phi * hebbian_weight + psi * process_to_synapse + bias;
  }
  /// What drives p_ij; `memory` = kappa sum_kl T_ijkl psi(p_kl).
  template <class Value>
  TRIPARTITE_HD Value process_drive(Value memory, Value g, Value bias) const {
    return memory + g * synapse_to_process + bias;
  }

  /// z f(z) - integral of f from 0 to z, for f = tanh(gain z), from t = exp(-2 gain |z|). In [0, ln 2 / gain].
  template <class Value>
  static TRIPARTITE_HD Value relaxation(Value magnitude, Value t, Value log1p_t, Real gain) {
    const Real ln2 = Real(0.69314718055994530942);
    return (ln2 - log1p_t) / gain - magnitude * t * Real(2) / (t + Real(1));
  }
  /// Energy of one synapse and its process without the Hebbian and the memory term.
  template <class Value>
  TRIPARTITE_HD Value element_energy(Value relaxation_s, Value relaxation_p, Value g, Value psi, Value synapse_bias,
                                     Value process_bias) const {
    return ((relaxation_s * decay_synapse - g * synapse_bias) +
            (relaxation_p * decay_process - psi * process_bias) * process_share - g * psi * process_to_synapse) *
           Real(0.5);
  }
  /// Energy of one neuron with the Hebbian term; `current` = sum_j g(s_ij) phi(x_j).
  TRIPARTITE_HD Real neuron_energy(Real relaxation_x, Real phi, Real current, Real bias) const {
    return hebbian_weight * (relaxation_x * decay_neuron - phi * bias - Real(0.5) * phi * current);
  }
  /// Energy of one stored pattern; `projection` = xi^T psi xi.
  TRIPARTITE_HD Real pattern_energy(Real projection) const {
    return Real(-0.25) * process_share * memory_scale * projection * projection;
  }
};

}  // namespace tripartite::memory
