#pragma once

#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite::synapse {

/// The Jacobian of a tripartite synapse. Only receptors, IP3, calcium and h of the astrocyte depend on one another in a
/// circle; the six other states follow one by one, so that a linear system costs a 4 x 4 elimination.
template <class Real>
struct Linearised {
  // What each state's derivative depends on: entry name = derivative _ by.
  Real gliotransmitter_own, released_own;
  Real presynaptic_released, presynaptic_own;
  Real utilisation_presynaptic, utilisation_own;
  Real resources_presynaptic, resources_utilisation, resources_own;
  Real glutamate_presynaptic, glutamate_utilisation, glutamate_resources, glutamate_own;
  Real astrocytic_glutamate, astrocytic_own, astrocytic_calcium;
  Real ip3_astrocytic;
  tripartite::calcium::GchiJacobian<Real> cell;

  /// product = J v.
  TRIPARTITE_HD void apply(const Real (&v)[state_count], Real (&product)[state_count]) const {
    product[gliotransmitter] = gliotransmitter_own * v[gliotransmitter];
    product[released] = released_own * v[released];
    product[presynaptic] = presynaptic_released * v[released] + presynaptic_own * v[presynaptic];
    product[utilisation] = utilisation_presynaptic * v[presynaptic] + utilisation_own * v[utilisation];
    product[resources] =
        resources_presynaptic * v[presynaptic] + resources_utilisation * v[utilisation] + resources_own * v[resources];
    product[glutamate] = glutamate_presynaptic * v[presynaptic] + glutamate_utilisation * v[utilisation] +
                         glutamate_resources * v[resources] + glutamate_own * v[glutamate];
    product[astrocytic] =
        astrocytic_glutamate * v[glutamate] + astrocytic_own * v[astrocytic] + astrocytic_calcium * v[synapse::calcium];
    product[ip3] = ip3_astrocytic * v[astrocytic] + cell.ip3_ip3 * v[ip3] + cell.ip3_calcium * v[synapse::calcium];
    product[synapse::calcium] =
        cell.calcium_ip3 * v[ip3] + cell.calcium_calcium * v[synapse::calcium] + cell.calcium_open * v[open];
    product[open] = cell.open_ip3 * v[ip3] + cell.open_calcium * v[synapse::calcium] + cell.open_open * v[open];
  }

  /// Prepares `solve` for the matrix shift - J.
  TRIPARTITE_HD void factorise(Real shift) {
    const Real one(1);
    by_gliotransmitter_ = one / (shift - gliotransmitter_own);
    by_released_ = one / (shift - released_own);
    by_presynaptic_ = one / (shift - presynaptic_own);
    by_utilisation_ = one / (shift - utilisation_own);
    by_resources_ = one / (shift - resources_own);
    by_glutamate_ = one / (shift - glutamate_own);
    // Rows receptors, IP3, calcium, h of shift - J, eliminated in this order.
    by_astrocytic_ = one / (shift - astrocytic_own);
    below_astrocytic_ = -ip3_astrocytic * by_astrocytic_;
    by_ip3_ = one / (shift - cell.ip3_ip3);
    ip3_calcium_ = -cell.ip3_calcium + below_astrocytic_ * astrocytic_calcium;
    calcium_below_ip3_ = -cell.calcium_ip3 * by_ip3_;
    open_below_ip3_ = -cell.open_ip3 * by_ip3_;
    by_calcium_ = one / (shift - cell.calcium_calcium - calcium_below_ip3_ * ip3_calcium_);
    open_below_calcium_ = (-cell.open_calcium - open_below_ip3_ * ip3_calcium_) * by_calcium_;
    by_open_ = one / (shift - cell.open_open + open_below_calcium_ * cell.calcium_open);
  }

  /// b <- (shift - J)^-1 b.
  TRIPARTITE_HD void solve(Real (&b)[state_count]) const {
    b[gliotransmitter] = b[gliotransmitter] * by_gliotransmitter_;
    b[released] = b[released] * by_released_;
    b[presynaptic] = (b[presynaptic] + presynaptic_released * b[released]) * by_presynaptic_;
    b[utilisation] = (b[utilisation] + utilisation_presynaptic * b[presynaptic]) * by_utilisation_;
    b[resources] = (b[resources] + resources_presynaptic * b[presynaptic] + resources_utilisation * b[utilisation]) *
                   by_resources_;
    b[glutamate] = (b[glutamate] + glutamate_presynaptic * b[presynaptic] + glutamate_utilisation * b[utilisation] +
                    glutamate_resources * b[resources]) *
                   by_glutamate_;
    Real receptors = b[astrocytic] + astrocytic_glutamate * b[glutamate];
    Real inositol = b[ip3] - below_astrocytic_ * receptors;
    Real ions = b[synapse::calcium] - calcium_below_ip3_ * inositol;
    const Real gate = (b[open] - open_below_ip3_ * inositol - open_below_calcium_ * ions) * by_open_;
    ions = (ions + cell.calcium_open * gate) * by_calcium_;
    inositol = (inositol - ip3_calcium_ * ions) * by_ip3_;
    receptors = (receptors + astrocytic_calcium * ions) * by_astrocytic_;
    b[astrocytic] = receptors;
    b[ip3] = inositol;
    b[synapse::calcium] = ions;
    b[open] = gate;
  }

 private:
  Real by_gliotransmitter_, by_released_, by_presynaptic_, by_utilisation_, by_resources_, by_glutamate_;
  Real by_astrocytic_, by_ip3_, by_calcium_, by_open_;
  Real below_astrocytic_, ip3_calcium_, calcium_below_ip3_, open_below_ip3_, open_below_calcium_;
};

template <class Real, class Value>
TRIPARTITE_HD Linearised<Real> linearise(const TripartiteSynapse<Value>& model, const Real (&y)[state_count],
                                         const Input<Real>& in) {
  const auto& p = model.p;
  const Real resting = (Real(1) - y[presynaptic]) * p.U_0_star + p.alpha * y[presynaptic];
  const Real bound = Real(p.alpha - p.U_0_star);  // dU_0 / dΓ_S
  const Real used = y[utilisation] + resting * (Real(1) - y[utilisation]);
  const Real unused = Real(1) - y[utilisation];
  const Real vesicle = Real(p.rho_c * p.Y_T);
  const Real flow = y[resources] * in.rate;
  Linearised<Real> j;
  j.gliotransmitter_own = Real(-p.Omega_A);
  j.released_own = Real(-p.Omega_e);
  j.presynaptic_released = p.O_G * (Real(1) - y[presynaptic]);
  j.presynaptic_own = -(p.O_G * y[released] + p.Omega_G);
  j.utilisation_presynaptic = bound * unused * in.rate;
  j.utilisation_own = -(p.Omega_f + resting * in.rate);
  j.resources_presynaptic = -(bound * unused * flow);
  j.resources_utilisation = -((Real(1) - resting) * flow);
  j.resources_own = -(p.Omega_d + used * in.rate);
  j.glutamate_presynaptic = vesicle * bound * unused * flow;
  j.glutamate_utilisation = vesicle * (Real(1) - resting) * flow;
  j.glutamate_resources = vesicle * used * in.rate;
  j.glutamate_own = Real(-p.Omega_c);
  const Real kinase = y[synapse::calcium] + p.K_KC;
  j.astrocytic_glutamate = p.O_N * (Real(1) - y[astrocytic]);
  j.astrocytic_own = -(p.O_N * y[glutamate] + p.Omega_N * (Real(1) + p.zeta * y[synapse::calcium] / kinase));
  j.astrocytic_calcium = -(p.Omega_N * p.zeta * p.K_KC / (kinase * kinase)) * y[astrocytic];
  j.ip3_astrocytic = Real(p.O_beta);
  j.cell = tripartite::calcium::gchi_jacobian(p, y[ip3], y[synapse::calcium], y[open]);
  if (model.options.exogenous_ip3)
    j.cell.ip3_ip3 =
        j.cell.ip3_ip3 - p.F_ex * astrocyte::ip3_flux_slope(model.options.flux, y[ip3] - in.bias, p.I_Theta, p.omega_I);
  if (model.options.soma) j.cell.ip3_ip3 = j.cell.ip3_ip3 - p.D_p;
  return j;
}

}  // namespace tripartite::synapse
